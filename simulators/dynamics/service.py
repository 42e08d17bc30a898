"""The Web API as one function: from the text of a request to its answer."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from werkzeug.datastructures import Headers

from simulators.dynamics.access import Caller
from simulators.dynamics.batch import Batch, error_reply
from simulators.dynamics.call import Call, Reply
from simulators.dynamics.dispatch import dispatch
from simulators.dynamics.errors import ApiError
from simulators.dynamics.identity import caller_of
from simulators.dynamics.odata.address import segments
from simulators.dynamics.odata.multipart import Inner
from simulators.dynamics.odata.options import read_options, read_prefer
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.storage import Session

LONGEST_URL = 32_768
LONGEST_URL_IN_BATCH = 65_536


@dataclass
class Request:
    """A request as it came over the wire. `target` is the raw path and query, percent-encoded."""

    method: str
    base: str
    target: str
    headers: Headers
    content: bytes

    @property
    def host(self) -> str:
        return self.base.partition("://")[2]


def serve(state: Dynamics, request: Request) -> Reply:
    """Answers a request: who asks, are the limits kept, and then what they ask for."""
    try:
        caller = caller_of(state, request.headers, request.host)
        state.limits.enter(caller.account)
    except ApiError as error:
        return error_reply(error) if error.code else Reply(error.status, headers=error.headers)
    reply = Reply(500)
    try:
        reply = answer_to(state, caller, request)
    finally:
        headers = state.limits.leave(caller.account, reply.cost_s * state.switches["cost_scale"])
    reply.headers.update(headers)
    return reply


def answer_to(state: Dynamics, caller: Caller, request: Request) -> Reply:
    """The answer, errors included."""
    try:
        if len(request.base) + len(request.target) > LONGEST_URL:
            return Reply(414, b"<h2>URI Too Long</h2>", content_type="text/html")
        call = make_call(state, caller, request)
        if call.path and call.path[0].name == "$batch" and call.method == "POST":
            return Batch(call, run_inside).answer()
        return dispatch(call)
    except ApiError as error:
        return error_reply(error)


def make_call(state: Dynamics, caller: Caller, request: Request) -> Call:
    """Takes a request apart. Raises ApiError (400, 404)."""
    path, _, query = request.target.partition("?")
    root, below = split_root(path)
    prefer = read_prefer(request.headers.get("Prefer") or "")
    return Call(
        state, caller, request.method, f"{request.base}{root}", below, segments(below), read_options(query), prefer,
        request.headers, request.content,
    )  # fmt: skip


def split_root(path: str) -> tuple[str, str]:
    """`/api/data/v9.2/` and what follows."""
    parts = path.split("/", 4)
    if parts[1:3] != ["api", "data"] or len(parts) < 4:
        raise ApiError(404, "0x80060888", f"Resource not found for the segment '{unquote(path)}'.")
    return f"/api/data/{parts[3]}/", parts[4] if len(parts) > 4 else ""


def run_inside(outer: Call, inner: Inner, session: Session | None) -> Reply:
    """Answers one request of a batch. Raises ApiError."""
    base = outer.root.partition("/api/data/")[0]
    url = inner.url
    if "://" in url:
        url = "/" + url.partition("://")[2].partition("/")[2]
    elif not url.startswith("/"):
        url = f"{outer.root.removeprefix(base)}{url}"
    if len(base) + len(url) > LONGEST_URL_IN_BATCH:
        raise ApiError(414, "0x80060888", "The request URI is too long.")
    kept = {name: value for name, value in outer.headers.items() if name.lower() in INHERITED}
    headers = Headers({**kept, **inner.headers})
    call = make_call(outer.state, outer.caller, Request(inner.method, base, url, headers, inner.body.encode()))
    call.session = session
    return dispatch(call)


INHERITED = frozenset({"mscrm.solutionuniquename"})
