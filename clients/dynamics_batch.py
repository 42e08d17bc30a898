"""GETs inside a `$batch`: for a query too long for a URL, and for many small questions at once.

Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api (a URL
takes 32,768 characters, inside a batch 65,536; up to 1,000 requests, answered in their order); that errors of the batch
itself come as plain JSON is seen in repository microsoft/PowerPlatform-DataverseClient-Python.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

from clients.answer import Answer, Json

LONGEST_URL = 30_000
LINE = "\r\n"
PART = re.compile(r"HTTP/1\.1 (\d{3})[^\n]*\n(.*?)\n\n(.*?)\n?(?=--batchresponse)", re.DOTALL)


def wrap(urls: Sequence[str], headers: Mapping[str, str]) -> tuple[str, bytes]:
    """Content type and body of a batch with these GETs."""
    boundary = f"batch_{uuid4().hex}"
    parts = [LINE.join(_part(boundary, url, headers)) for url in urls]
    return f'multipart/mixed; boundary="{boundary}"', LINE.join([*parts, f"--{boundary}--", ""]).encode()


def _part(boundary: str, url: str, headers: Mapping[str, str]) -> list[str]:
    return [
        f"--{boundary}",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        f"GET {url} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
        "",
        "",
    ]


def unwrap(answer: Answer, expected: int) -> list[Answer]:
    """The parts of a batch's answer, in order, as if each had come alone; without continue-on-error the first failed
    part is the last one. An answer that is none, or lacks parts without saying why, becomes one failed part."""
    if "multipart/mixed" not in answer.headers.get("Content-Type", ""):
        return [answer]
    parts = [_alone(found, answer) for found in PART.finditer(answer.text.replace(LINE, "\n"))]
    complete = len(parts) == expected or any(not part.ok for part in parts)
    return parts if complete else [Answer(502, None, "", answer.headers, answer.request_id)]


def _alone(found: re.Match[str], answer: Answer) -> Answer:
    status, head, body = int(found[1]), found[2], found[3].strip()
    headers = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
    return Answer(status, _json(body), body, headers, answer.request_id)


def _json(body: str) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        return None
