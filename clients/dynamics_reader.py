"""Sends reads to Dataverse: headers, long queries, several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clients.answer import Answer, Json
from clients.dynamics_batch import LONGEST_URL, Part, unwrap, wrap
from clients.http import Door
from clients.table import Call
from clients.urls import absolute, bare, query
from sync.model import Lane

API = "/api/data/v9.2"

# `If-None-Match: null` keeps proxies from answering out of their memory.
# Source: learn.microsoft.com, page webapi/compose-http-requests-handle-errors.
ODATA = {"OData-MaxVersion": "4.0", "OData-Version": "4.0"}
HEADERS = {**ODATA, "If-None-Match": "null"}
# Without continue-on-error the whole batch takes the status of the part that failed.
BATCH_FAILED = (400, 403, 404, 405, 410, 412)


class Reader:
    """GET against one environment."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def get(
        self, path: str, params: Mapping[str, object] | None = None, *, prefer: str = "", lane: Lane, parse: bool = True
    ) -> Answer:
        """`path` is relative to the API, or a link that the service gave. Raises what the table of errors says."""
        url = path if path.startswith("http") else f"{API}/{path}"
        headers = {**HEADERS, "Prefer": prefer} if prefer else HEADERS
        asked = query(params or {})
        url = f"{url}?{asked}" if asked else url
        if len(url) > LONGEST_URL:
            return self._in_batch([url], headers, lane)[0]
        return self.door.send("GET", url, lane=lane, headers=headers, parse=parse)

    def who_am_i(self, *, lane: Lane = Lane.SYNC) -> dict[str, str]:
        """`UserId`, `BusinessUnitId` and `OrganizationId` of the application user."""
        data: dict[str, str] = self.json("WhoAmI", lane=lane)
        return data

    def own_user_id(self, *, lane: Lane = Lane.SYNC) -> str:
        """Who our writes are by: the application user's id, as it stands in `_modifiedby_value`."""
        return self.who_am_i(lane=lane)["UserId"]

    def json(self, path: str, params: Mapping[str, object] | None = None, *, prefer: str = "", lane: Lane) -> Json:
        """The parsed body of `get`."""
        return self.get(path, params, prefer=prefer, lane=lane).data

    def many(self, wishes: Sequence[tuple[str, Mapping[str, object]]], *, lane: Lane) -> list[Json]:
        """The parsed bodies of several small reads, in one request. Raises what the first failed one says."""
        urls = [f"{API}/{path}?{query(params)}" for path, params in wishes]
        return [answer.data for answer in self._in_batch(urls, HEADERS, lane)]

    def _in_batch(self, urls: Sequence[str], headers: Mapping[str, str], lane: Lane) -> list[Answer]:
        own = {**headers, "Accept": "application/json"}
        content = wrap([Part("GET", absolute(self.door.base_url, url), own) for url in urls])
        sent = self.door.send(
            "POST", f"{API}/$batch", lane=lane, content=content, headers=HEADERS, parse=False, accept=BATCH_FAILED
        )
        answers = unwrap(sent, len(urls))
        for url, answer in zip(urls, answers, strict=False):
            if not answer.ok:
                raise self.door.refused(answer, Call("GET", bare(url)))
        return answers
