"""A simulated service that listens in this process, can go away for a while, and tells whoever wants of every call."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, request

from simulators.common.faults import Fault, Faults
from simulators.common.server import Server

State = TypeVar("State")
Hook = Callable[[str], None]


class Service(Generic[State]):
    """`hooks` hear `METHOD path` of a program's call that was carried out and not yet answered, `ended` that any call
    ends."""

    def __init__(self, state: State, app: Flask, tls: ssl.SSLContext) -> None:
        self.state, self.app = state, app
        self.hooks: list[Hook] = []
        self.ended: list[Callable[[], None]] = []
        self._tls = tls
        self._server: Server | None = None
        self._changing = threading.Lock()
        self._people = threading.local()
        self._spare(state.faults)  # type: ignore[attr-defined]
        app.after_request(self._tell)
        self.url = self._listen(0)
        state.url = self.url  # type: ignore[attr-defined]

    def _listen(self, port: int) -> str:
        self._server = Server(self.app, port=port, tls=self._tls).start()
        return self._server.url

    def _tell(self, response: Response) -> Response:
        for end in list(self.ended):
            end()
        if not getattr(self._people, "act", False):
            for hook in list(self.hooks):
                hook(f"{request.method} {request.full_path.rstrip('?')}")
        return response

    def _spare(self, faults: Faults) -> None:
        """Faults are for the pipeline; people go without."""
        pick = faults.pick

        def for_programs(method: str, path: str, name: str = "") -> Fault | None:
            return None if getattr(self._people, "act", False) else pick(method, path, name)

        faults.pick = for_programs  # type: ignore[method-assign]

    @contextmanager
    def people(self) -> Iterator[None]:
        """Calls of this thread inside are those of people."""
        self._people.act = True
        try:
            yield
        finally:
            self._people.act = False

    def call(self, method: str, path: str, **how: Any) -> Any:
        """A call of a person, past the wire: they work in the service itself. Answers with the JSON."""
        with self.people():
            answer = self.app.test_client().open(path, method=method, base_url=self.url, **how)
        assert answer.status_code < 300, (method, path, how, answer.get_data(as_text=True))
        return answer.get_json(silent=True)

    def away(self) -> None:
        """Cuts all connections and refuses new ones, as a machine that is off."""
        with self._changing:
            if self._server:
                self._server.stop()
                self._server = None

    def back(self) -> None:
        """Listens again, at the same address."""
        with self._changing:
            if self._server is None:
                self._listen(urlsplit(self.url).port or 0)

    def cut(self) -> None:
        """Cuts what clients keep open."""
        with self._changing:
            if self._server:
                self._server.cut()
