"""`$batch`: reads too long for a URL, many small reads at once, and many writes of which each stands for itself.

Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api (a URL
takes 32,768 characters, inside a batch 65,536; up to 1,000 requests, answered in their order; line ends are CRLF; with
continue-on-error each part has a status of its own). That errors of the batch itself come as plain JSON, and that some
environments want Content-Length in the parts of writes, is seen in public clients.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from clients.answer import Answer, Json, encode

LONGEST_URL = 30_000
MOST_PARTS = 1_000
LINE = "\r\n"
CONTINUE = "odata.continue-on-error"
BOUNDARY = re.compile(r'boundary="?([^";,\s]+)', re.IGNORECASE)
STATUS = re.compile(r"HTTP/1\.\d (\d{3})[^\n]*")


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch. `url` is absolute; a body makes it a write."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = None


def wrap(parts: Sequence[Part]) -> tuple[str, bytes]:
    """Content type and body of a batch of these requests."""
    boundary = f"batch_{uuid4().hex}"
    texts = [LINE.join(_lines(boundary, part)) for part in parts]
    return f'multipart/mixed; boundary="{boundary}"', LINE.join([*texts, f"--{boundary}--", ""]).encode()


def _lines(boundary: str, part: Part) -> list[str]:
    content = encode(part.body) if part.body is not None else b""
    own = {"Content-Type": "application/json", "Content-Length": str(len(content))} if content else {}
    return [
        f"--{boundary}",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        f"{part.method} {part.url} HTTP/1.1",
        *(f"{name}: {value}" for name, value in {**part.headers, **own}.items()),
        "",
        content.decode(),
    ]


def unwrap(answer: Answer, expected: int) -> list[Answer]:
    """The parts of a batch's answer, in order, as if each had come alone; without continue-on-error the first failed
    part is the last one. An answer that is none, or lacks parts without saying why, becomes one failed part."""
    parts = parts_of(answer)
    if parts is None:
        return [answer]
    complete = len(parts) == expected or any(not part.ok for part in parts)
    return parts if complete else [Answer(502, None, "", answer.headers, answer.request_id)]


def parts_of(answer: Answer) -> list[Answer] | None:
    """The parts that came, in order; None when the answer is about the batch as a whole."""
    kind = answer.headers.get("Content-Type", "")
    found = BOUNDARY.search(kind)
    if "multipart/mixed" not in kind.lower() or not found:
        return None
    line = re.compile(rf"^--{re.escape(found[1])}(?:--)?[ \t]*$", re.MULTILINE)
    # What stands after the last boundary is no part: an answer that is cut short ends in half of one.
    pieces = line.split(answer.text.replace(LINE, "\n"))[1:-1]
    return [part for piece in pieces if (part := _alone(piece, answer))]


def _alone(piece: str, whole: Answer) -> Answer | None:
    """One part: its own headers, a status line with the headers of the answer, and perhaps a body."""
    _, _, inner = piece.strip("\n").partition("\n\n")
    head, _, body = inner.lstrip("\n").partition("\n\n")
    first, _, rest = head.partition("\n")
    status = STATUS.fullmatch(first.strip())
    if not status:
        return None
    headers = dict(line.split(": ", 1) for line in rest.split("\n") if ": " in line)
    return Answer(int(status[1]), _json(body.strip()), body.strip(), headers, whole.request_id)


def _json(body: str) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        return None
