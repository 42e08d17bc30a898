"""Serves a Flask application over HTTP or HTTPS, in a thread for tests or in the foreground for a demonstration."""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

BODILESS = frozenset({204, 304})
POLL_S = 0.02


class Handler(WSGIRequestHandler):
    """Keeps connections alive, which Werkzeug's own handler does not, and writes no access log.

    The log would hold addresses of people. A body is read to its end before the application sees the request, so
    nothing of it is left on the connection when the next request comes.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def send_header(self, keyword: str, value: str) -> None:
        """Both services keep connections alive. Werkzeug closes them, in case an application leaves a body unread;
        `simulators.common.app` reads every body before anything else."""
        if (keyword, value) != ("Connection", "close"):
            super().send_header(keyword, value)

    server: Listener

    def setup(self) -> None:
        """Remembers the connection, so that a server that stops can cut it."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Forgets the connection."""
        self.server.connections.discard(self.connection)
        with suppress(OSError, ValueError):
            super().finish()

    def run_wsgi(self) -> None:
        """Answers one request."""
        environ = self.make_environ()
        source = environ["wsgi.input"]
        chunked = bool(environ.get("wsgi.input_terminated"))
        environ["wsgi.input"] = io.BytesIO(source.read() if chunked else source.read(_length(environ)))
        answer: list[tuple[str, list[tuple[str, str]]]] = []
        body = self._answered(environ, answer)
        self._send(answer[-1], body)

    def _answered(self, environ: dict[str, Any], answer: list[tuple[str, list[tuple[str, str]]]]) -> bytes:
        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
            answer.append((status, headers))
            return refused

        pieces = self.server.app(environ, start_response)
        try:
            return b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()

    def _send(self, answer: tuple[str, list[tuple[str, str]]], body: bytes) -> None:
        code, _, reason = answer[0].partition(" ")
        self.send_response(int(code), reason)
        for name, value in answer[1]:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        if int(code) not in BODILESS:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and int(code) not in BODILESS:
            self.wfile.write(body)

    def log_request(self, *args: object) -> None:
        """Says nothing: /_sim/stats counts the requests."""

    def log(self, *args: object) -> None:
        """Says nothing, see above."""


def refused(_: bytes) -> object:
    """The old way of writing that WSGI still offers and that Flask does not use."""
    raise RuntimeError("This server takes an answer as a whole.")


def _length(environ: dict[str, Any]) -> int:
    return int(environ.get("CONTENT_LENGTH") or 0)


class Listener(ThreadedWSGIServer):
    """Werkzeug's threaded server that knows its open connections."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections: set[socket.socket] = set()

    def cut(self) -> None:
        """Closes what clients keep open, as a machine that goes away would."""
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Server:
    """A simulator that listens. `port` 0 takes a free one; `url` tells which."""

    def __init__(self, app: Flask, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._server = Listener(host, port, app, Handler, ssl_context=tls)
        self.url = f"{'https' if tls else 'http'}://{'localhost' if tls else host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_S,), daemon=True)

    def start(self) -> Server:
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serves until interrupted."""
        self._server.serve_forever()

    def cut(self) -> None:
        """Cuts the connections that clients keep open, and goes on listening."""
        self._server.cut()

    def stop(self) -> None:
        """Stops listening and cuts the connections that clients keep open."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.cut()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
