"""One GET inside a `$batch`: the way for a query too long for a URL.

Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api (a URL
takes 32,768 characters, inside a batch 65,536); that errors of the batch itself come as plain JSON is seen in
repository microsoft/PowerPlatform-DataverseClient-Python.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from uuid import uuid4

from clients.answer import Answer, Json

LONGEST_URL = 30_000
LINE = "\r\n"


def wrap(url: str, headers: Mapping[str, str]) -> tuple[str, bytes]:
    """Content type and body of a batch with this one GET."""
    boundary = f"batch_{uuid4().hex}"
    lines = [
        f"--{boundary}",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        f"GET {url} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
        "",
        "",
        f"--{boundary}--",
        "",
    ]
    return f'multipart/mixed; boundary="{boundary}"', LINE.join(lines).encode("utf-8")


def unwrap(answer: Answer) -> Answer:
    """The one part of a batch's answer, as if it had come alone."""
    if "multipart/mixed" not in answer.headers.get("Content-Type", ""):
        return answer
    text = answer.text.replace(LINE, "\n")
    found = re.search(r"HTTP/1\.1 (\d{3})[^\n]*\n(.*?)\n\n(.*?)\n?--batchresponse", text, re.DOTALL)
    if not found:
        return Answer(502, None, "", answer.headers, answer.request_id)
    status, head, body = int(found[1]), found[2], found[3].strip()
    headers = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
    return Answer(status, _json(body), body, headers, answer.request_id)


def _json(body: str) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        return None
