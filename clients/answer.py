"""What came back from a service, and how JSON goes there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from requests import Response

Json = Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `data` is its parsed JSON, None when there was no body or it was not asked to be parsed."""

    status: int
    data: Json
    text: str
    headers: Mapping[str, str]
    request_id: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def served_at(self) -> datetime | None:
        """The service's own clock, UTC with whole seconds, from the header `Date`; None without a usable one."""
        try:
            moment = parsedate_to_datetime(self.headers.get("Date", ""))
        except ValueError:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Unparsable(ValueError):
    """A 2xx answer whose body is not the JSON that was promised."""


def encode(body: Json) -> bytes:
    """JSON as it travels: compact UTF-8, so that what is counted beforehand is what is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def read(response: Response, id_headers: tuple[str, ...], *, parse: bool) -> Answer:
    """Raises Unparsable for a success without the promised JSON; errors may have any body."""
    request_id = next((response.headers[name] for name in id_headers if name in response.headers), "")
    text = response.content.decode("utf-8-sig", errors="replace")
    data = _data(response, text) if parse or response.status_code >= 400 else None
    return Answer(response.status_code, data, text, response.headers, request_id)


def loads(text: str) -> Json:
    """JSON that a service sent; half a surrogate pair and the like are taken as they are. Raises ValueError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _data(response: Response, text: str) -> Json:
    if response.status_code in (204, 304):
        return None
    try:
        return loads(text)
    except ValueError as error:
        if response.status_code < 300:
            raise Unparsable(str(error)) from error
        return None
