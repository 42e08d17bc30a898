"""Sends one HTTP request to an address that a client gave, and tells how it was answered."""

from __future__ import annotations

import base64
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_S = 10.0


def send(url: str, body: bytes | None, headers: dict[str, str], timeout_s: float = TIMEOUT_S) -> int:
    """The HTTP status of the answer; 0 when there was none. A body makes it a POST."""
    try:
        request = _request(url, body, headers)
        with urllib.request.urlopen(request, timeout=timeout_s, context=_trust()) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (OSError, ValueError):
        return 0


def _request(url: str, body: bytes | None, headers: dict[str, str]) -> urllib.request.Request:
    """Name and password in the address become a header, as a browser would have it."""
    parts = urllib.parse.urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    if user:
        headers = {
            **headers,
            "Authorization": f"Basic {base64.b64encode(urllib.parse.unquote(user).encode()).decode()}",
        }
    return urllib.request.Request(parts._replace(netloc=host).geturl(), body, headers)  # noqa: S310 - from a client


def _trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE") or None)
