"""Tells somebody else's server something: a signed webhook, and the sign of life of a dead man's switch.

The signature is over the moment and the body, so that nobody can send an old one again: HMAC with SHA-256 as in RFC
2104, in the form that receivers know from other services, `t=SECONDS,v1=HEX`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from requests import Response, Session
from requests.exceptions import RequestException

SIGNATURE: Final = "AC365-Signature"
TIMEOUT_S: Final = (5.0, 10.0)


class NotTaken(Exception):
    """Nobody took it; the message says why and may be shown: it names neither an address nor a secret."""


def post(url: str, key: str, document: Mapping[str, Any], now: datetime) -> None:
    """Posts a JSON document, signed with `key`. Raises NotTaken unless the answer is 2xx; redirects aren't followed."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", SIGNATURE: signature(key, body, now)}
    _taken("POST", url, data=body, headers=headers)


def ping(url: str) -> None:
    """Asks for an address, which is all a dead man's switch waits for. Raises NotTaken unless the answer is 2xx."""
    _taken("GET", url)


def signature(key: str, body: bytes, now: datetime) -> str:
    """The value of the header `AC365-Signature`: HMAC-SHA256 of `SECONDS.BODY`."""
    moment = str(int(now.timestamp()))
    signed = hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


def _taken(method: str, url: str, **what: Any) -> None:
    try:
        with Session() as session:
            # Credentials of ~/.netrc are for somebody else.
            session.auth = _leave_alone
            # The body of the answer is of no interest, and may be of any length.
            with session.request(method, url, timeout=TIMEOUT_S, allow_redirects=False, stream=True, **what) as answer:
                _judge(answer)
    except RequestException as error:
        raise NotTaken(f"no answer ({type(error).__name__})") from None


def _judge(answer: Response) -> None:
    if not 200 <= answer.status_code < 300:
        raise NotTaken(f"answered with status {answer.status_code}")


def _leave_alone(request: Any) -> Any:
    return request
