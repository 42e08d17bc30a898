"""A mail server on a real socket that minds RFC 5321, 3207 and 4954, and a receiver of webhooks."""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from flask import Flask, Response, request

from simulators.common.server import Server

LONGEST_LINE = 1000


@dataclass
class Office:
    """How the server behaves, and the mails that it took."""

    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    user: tuple[str, str] | None = None
    refused: set[str] = field(default_factory=set)
    away: bool = False
    port: int = 0
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """What was written, the oldest first."""
        return [mail.get_content() for _, mail in self.taken]

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for _, mail in self.taken]


class _Talk(socketserver.StreamRequestHandler):
    """One client. What is out of order or malformed is refused."""

    def handle(self) -> None:
        self.office: Office = self.server.office  # type: ignore[attr-defined]
        self.secure, self.greeted, self.known = False, False, False
        self.sender, self.recipients = "", []
        if self.office.tls and self.office.from_the_start:
            self._encrypt()
        self._say("421 away" if self.office.away else "220 office ready")
        while not self.office.away and (line := self._line()) is not None:
            word, _, rest = line.partition(" ")
            self._say(getattr(self, f"on_{word.lower()}", self._unknown)(rest))
            if word.upper() == "QUIT":
                return
            if word.upper() == "STARTTLS" and self.office.tls and not self.secure:
                self._encrypt()
                self.greeted = False

    def _line(self) -> str | None:
        raw = self.rfile.readline(LONGEST_LINE + 1)
        if not raw:
            return None
        return raw[:-2].decode("ascii") if raw.endswith(b"\r\n") else "BARE"

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _encrypt(self) -> None:
        assert self.office.tls
        self.connection = self.office.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.secure = True

    def _unknown(self, _: str) -> str:
        return "500 what?"

    def on_ehlo(self, _: str) -> str:
        self.greeted = True
        offers = ["office"]
        offers += ["STARTTLS"] if self.office.tls and not self.secure else []
        offers += ["AUTH PLAIN"] if self.office.user and self.secure else []
        return "\r\n".join([*(f"250-{one}" for one in offers), "250 HELP"])

    def on_starttls(self, _: str) -> str:
        return "220 go ahead" if self.office.tls and not self.secure else "502 no"

    def on_auth(self, rest: str) -> str:
        given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        self.known = self.secure and self.office.user == tuple(given[1:])
        return "235 welcome" if self.known else "535 wrong password for somebody@contoso.example"

    def on_mail(self, rest: str) -> str:
        if not self.greeted or (self.office.tls and not self.secure) or (self.office.user and not self.known):
            return "530 not like this"
        self.sender, self.recipients = rest, []
        return "250 ok"

    def on_rcpt(self, rest: str) -> str:
        address = rest.partition("<")[2].partition(">")[0]
        if address in self.office.refused:
            return f"550 no {address} here"
        self.recipients.append(address)
        return "250 ok"

    def on_data(self, _: str) -> str:
        if not self.sender or not self.recipients:
            return "503 nobody to send to"
        self._say("354 go on")
        lines = []
        while (raw := self.rfile.readline(LONGEST_LINE + 1)) != b".\r\n":
            if not raw.endswith(b"\r\n") or not raw.isascii():
                return "550 malformed"
            lines.append((raw[1:] if raw.startswith(b".") else raw)[:-2] + b"\n")
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.office.taken.append((list(self.recipients), mail))
        return "250 taken"

    def on_rset(self, _: str) -> str:
        self.sender, self.recipients = "", []
        return "250 ok"

    def on_quit(self, _: str) -> str:
        return "221 bye"


class _Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that trusts nobody hangs up in the middle."""


@contextmanager
def opened(office: Office) -> Iterator[Office]:
    """The office, listening on a port of this machine."""
    with _Threads(("127.0.0.1", 0), _Talk) as server:
        server.office = office  # type: ignore[attr-defined]
        office.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield office
        server.shutdown()


@dataclass
class Box:
    """A receiver of webhooks: what was posted, with the header that signs it; pings by GET. status: what it answers."""

    url: str = ""
    status: int = 200
    posted: list[tuple[str, bytes]] = field(default_factory=list)
    pings: int = 0

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.posted]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Which rule was told of in which way, the oldest first."""
        return [(one["rule"], one["kind"]) for document in self.documents for one in document["alerts"]]

    def take(self) -> Response:
        if request.method == "GET":
            self.pings += 1
        elif self.status < 300:
            self.posted.append((request.headers.get("AC365-Signature", ""), request.get_data()))
        return Response("", self.status, {"Location": f"{self.url}elsewhere"})


@contextmanager
def box() -> Iterator[Box]:
    """A box on a port of this machine."""
    made = Box()
    app = Flask("box")
    app.add_url_rule("/<path:where>", view_func=lambda where: made.take(), methods=["GET", "POST"], endpoint="any")
    with Server(app) as server:
        made.url = f"{server.url}/in"
        yield made
