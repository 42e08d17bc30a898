"""$batch: many requests in one, with change sets that stand or fall together.

Rules: Microsoft Learn, "Execute batch operations using the Web API".
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from simulators.dynamics.call import Call, Reply
from simulators.dynamics.errors import ApiError
from simulators.dynamics.odata.multipart import (
    Inner,
    Part,
    boundary_of,
    http_part,
    inner_request,
    join,
    malformed,
    split,
)
from simulators.dynamics.store.storage import Session

MOST_REQUESTS = 1_000
REFERENCE = re.compile(r"\$(\w+)")
Run = Callable[[Call, Inner, Session | None], Reply]


class Batch:
    """One batch in progress. `run` answers a request inside it."""

    def __init__(self, call: Call, run: Run) -> None:
        self._call = call
        self._run = run
        self._made: dict[str, str] = {}
        self._seen: set[str] = set()
        self.cost_s = 0.02

    def answer(self) -> Reply:
        """The whole answer. Without continue-on-error the first failure ends it and gives its status to the whole."""
        parts = self._parts()
        answers: list[bytes] = []
        status = 200
        for part in parts:
            text, failed = self._part(part)
            answers.append(text)
            if failed and not self._call.prefer.go_on:
                status = failed
                break
        boundary = f"batchresponse_{uuid.uuid4()}"
        return Reply(status, join(answers, boundary), {}, f"multipart/mixed; boundary={boundary}", self.cost_s)

    def _parts(self) -> list[Part]:
        boundary = boundary_of(self._call.header("Content-Type") or "")
        parts = split(self._call.content.decode("utf-8", "replace"), boundary)
        inner = [len(self._inner(part)) if self._is_set(part) else 1 for part in parts]
        if not parts:
            raise malformed("The batch request is empty.")
        if sum(inner) > MOST_REQUESTS:
            raise ApiError(
                400, "0x80060888", f"The number of requests in the batch exceeds the maximum of {MOST_REQUESTS}."
            )
        return parts

    def _is_set(self, part: Part) -> bool:
        return part.headers.get("content-type", "").lower().startswith("multipart/mixed")

    def _inner(self, part: Part) -> list[Part]:
        return split(part.text, boundary_of(part.headers["content-type"]))

    def _part(self, part: Part) -> tuple[bytes, int]:
        """The answer to a part and its status when it failed, else 0."""
        if self._is_set(part):
            return self._change_set(part)
        content_id = part.headers.get("content-id")
        reply = self._reply(part, None)
        return _shown(reply, content_id), reply.status if reply.status >= 400 else 0

    def _reply(self, part: Part, session: Session | None) -> Reply:
        try:
            return self._answered(part, session)
        except ApiError as error:
            if session is not None:
                raise
            return error_reply(error)

    def _answered(self, part: Part, session: Session | None) -> Reply:
        self._claim(part)
        request = self._resolved(inner_request(part))
        if request.url.partition("?")[0].endswith("$batch"):
            raise malformed("A batch request cannot contain another batch request.")
        reply = self._run(self._call, request, session)
        self.cost_s += reply.cost_s
        content_id = part.headers.get("content-id")
        if content_id and "OData-EntityId" in reply.headers:
            self._made[content_id] = reply.headers["OData-EntityId"]
        return reply

    def _claim(self, part: Part) -> None:
        """Raises ApiError (400) for a Content-ID that the batch has used before, inside a change set or outside."""
        content_id = part.headers.get("content-id")
        if content_id in self._seen:
            raise malformed(f"The content ID '{content_id}' was found more than once in the same batch.")
        if content_id:
            self._seen.add(content_id)

    def _resolved(self, request: Inner) -> Inner:
        """The request with $<id> replaced by the address that an earlier part made."""
        body = re.sub(r'"\$(\w+)"', lambda f: f'"{self._made[f[1]]}"' if f[1] in self._made else f[0], request.body)
        found = REFERENCE.search(request.url)
        if found and found[1] in self._made:
            tail = request.url[found.end() :]
            return replace(request, url=self._made[found[1]] + tail, body=body)
        return replace(request, body=body)

    def _change_set(self, part: Part) -> tuple[bytes, int]:
        boundary = f"changesetresponse_{uuid.uuid4()}"
        try:
            answers = self._all_or_nothing(self._inner(part))
        except ApiError as error:
            return _shown(error_reply(error), None), error.status
        head = f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode()
        return head + join(answers, boundary), 0

    def _all_or_nothing(self, parts: list[Part]) -> list[bytes]:
        kept = dict(self._made)
        try:
            with self._call.writing() as session:
                return [self._in_set(part, session) for part in parts]
        except ApiError:
            self._made = kept
            raise

    def _in_set(self, part: Part, session: Session) -> bytes:
        content_id = part.headers.get("content-id")
        if not content_id:
            raise malformed("Content-ID header not present")
        if inner_request(part).method == "GET":
            raise malformed("A GET request is not allowed in a change set.")
        return _shown(self._reply(part, session), content_id)


def error_reply(error: ApiError) -> Reply:
    """An error in the shape of the Web API."""
    text = json_error(error.code, error.message)
    return Reply(error.status, text.encode(), dict(error.headers))


def json_error(code: str, message: str) -> str:
    """The body of an error."""
    return json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False)


def _shown(reply: Reply, content_id: str | None) -> bytes:
    headers = {"OData-Version": "4.0", **reply.headers}
    if reply.body:
        headers["Content-Type"] = reply.content_type
    return http_part(reply.status, HTTPStatus(reply.status).phrase, headers, reply.body, content_id)
