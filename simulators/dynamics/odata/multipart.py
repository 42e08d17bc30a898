"""multipart/mixed, both ways, for $batch. Line ends may be CRLF or LF."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from simulators.dynamics.errors import ApiError

BOUNDARY = re.compile(r'boundary="?([^";,\s]+)"?', re.IGNORECASE)
LINE = re.compile(r"(\w+) (\S.*?) HTTP/1\.[01]$")


@dataclass
class Part:
    """One part: its own headers, and the text inside."""

    headers: dict[str, str]
    text: str


@dataclass
class Inner:
    """The request inside a part."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def malformed(message: str) -> ApiError:
    """A batch that cannot be read."""
    return ApiError(400, "0x80060888", message)


def boundary_of(content_type: str) -> str:
    """The boundary that a Content-Type names. Raises ApiError (400)."""
    found = BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/mixed") or not found:
        raise malformed("The batch request must have a Content-Type of multipart/mixed with a boundary.")
    return found[1]


def split(text: str, boundary: str) -> list[Part]:
    """The parts between the boundaries. Raises ApiError (400) when the last one is missing."""
    pieces = re.split(rf"(?m)^--{re.escape(boundary)}(--)?[ \t]*$\n?", text.replace("\r\n", "\n"))
    if "--" not in pieces[1::2]:
        raise malformed("The batch request is not terminated by its boundary.")
    bodies = [piece for piece, end in zip(pieces[2::2], pieces[1::2], strict=True) if end is None]
    return [Part(*_headers(body)) for body in bodies]


def _headers(text: str) -> tuple[dict[str, str], str]:
    head, _, body = text.lstrip("\n").partition("\n\n")
    lines = [line.partition(":") for line in head.split("\n") if ":" in line]
    return {name.strip().lower(): value.strip() for name, _, value in lines}, body


def inner_request(part: Part) -> Inner:
    """The request that a part of type application/http holds. Raises ApiError (400)."""
    line, _, rest = part.text.lstrip("\n").partition("\n")
    found = LINE.fullmatch(line.strip())
    if not found:
        raise malformed(f"The request line '{line[:80]}' of a batch part is not valid.")
    if rest.startswith("\n"):
        return Inner(found[1], found[2], {}, rest.lstrip("\n").rstrip("\n"))
    headers, body = _headers(rest)
    return Inner(found[1], found[2], headers, body.rstrip("\n"))


def http_part(status: int, reason: str, headers: dict[str, str], body: bytes, content_id: str | None) -> bytes:
    """An answer as one part."""
    own = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    own += [f"Content-ID: {content_id}"] if content_id else []
    lines = [*own, "", f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body + b"\r\n"


def join(parts: list[bytes], boundary: str) -> bytes:
    """Parts between boundaries, the last one closed."""
    opened = [f"--{boundary}\r\n".encode() + part for part in parts]
    return b"".join(opened) + f"--{boundary}--\r\n".encode()
