"""A request to the Web API and its answer, free of the web framework, so that $batch can make them too."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from werkzeug.datastructures import Headers

from simulators.dynamics.access import Caller
from simulators.dynamics.errors import bad_payload
from simulators.dynamics.odata.address import Segment
from simulators.dynamics.odata.options import Options, Prefer
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.sql.filters import FilterSql
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.storage import Session

JSON = "application/json; odata.metadata=minimal"


@dataclass
class Reply:
    """An answer. `cost_s` is the simulated execution time that the limits count."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON
    cost_s: float = 0.02


@dataclass
class Call:
    """One request. `path` holds the segments below the service root, `raw_path` their text as it was sent.

    `root` ends with a slash. `session` is set inside a change set, whose writes stand or fall together.
    """

    state: Dynamics
    caller: Caller
    method: str
    root: str
    raw_path: str
    path: list[Segment]
    options: Options
    prefer: Prefer
    headers: Headers
    content: bytes = b""
    session: Session | None = None

    def reading(self) -> AbstractContextManager[Session]:
        return nullcontext(self.session) if self.session else self.state.storage.read()

    def writing(self) -> AbstractContextManager[Session]:
        return nullcontext(self.session) if self.session else self.state.storage.write(self.caller.user, self.tag)

    @property
    def tag(self) -> str:
        """The tag of the request, which handlers of its events see: Microsoft Learn, "Optional parameters"."""
        return parse_qs(self.options.raw).get("tag", [""])[0]

    def body(self, entity_set: str = "") -> dict[str, Any]:
        """The JSON object that was sent. Raises ApiError (400)."""
        try:
            sent = json.loads(self.content, parse_constant=_refuse_constant)
        except ValueError as error:
            raise bad_payload(entity_set, f"Invalid JSON. {error}") from None
        if not isinstance(sent, dict):
            raise bad_payload(entity_set, "An unexpected 'StartArray' node was found. A 'StartObject' was expected.")
        return sent

    def filters(self) -> FilterSql:
        return FilterSql(self.state.catalog, self.state.switches, self.state.clock, self.caller)

    def header(self, name: str) -> str | None:
        return self.headers.get(name)

    def fault(self, name: str) -> bool:
        """Whether a custom fault of this name strikes now."""
        return self.state.faults.pick(self.method, f"/{self.raw_path}", name) is not None

    def address(self, table: Table, row_id: str) -> str:
        return f"{self.root}{table.set}({row_id})"


def _refuse_constant(name: str) -> None:
    """NaN and Infinity, which Python reads and JSON has not."""
    raise ValueError(f"'{name}' is no JSON value.")


def answer(call: Call, body: dict[str, Any], status: int = 200, cost_s: float = 0.02) -> Reply:
    """A JSON answer that echoes the preferences it honoured."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    reply = Reply(status, text.encode(), cost_s=cost_s)
    if call.prefer.honoured:
        reply.headers["Preference-Applied"] = ", ".join(call.prefer.honoured)
    return reply
