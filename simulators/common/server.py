"""Serves a Flask application over HTTP or HTTPS, in a thread for tests or in the foreground for a demonstration."""

from __future__ import annotations

import ssl
import threading

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """Keeps connections alive and writes no access log: the log would hold addresses of people."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *args: object) -> None:
        """Says nothing: /_sim/stats counts the requests."""

    def log(self, *args: object) -> None:
        """Says nothing, see above."""


class Server:
    """A simulator that listens. `port` 0 takes a free one; `url` tells which."""

    def __init__(self, app: Flask, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._server = make_server(host, port, app, threaded=True, ssl_context=tls, request_handler=QuietHandler)
        self.url = f"{'https' if tls else 'http'}://{'localhost' if tls else host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> Server:
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serves until interrupted."""
        self._server.serve_forever()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
