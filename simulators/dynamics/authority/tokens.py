"""Signed texts: what the authority hands out and later recognises. Shaped like JSON Web Tokens, signed with HMAC."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes behind base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Signer:
    """Makes and reads tokens. The key lives as long as the process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def sign(self, claims: dict[str, Any]) -> str:
        head = encode(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
        body = encode(json.dumps(claims).encode())
        return f"{head}.{body}.{self._seal(f'{head}.{body}')}"

    def read(self, token: str) -> dict[str, Any] | None:
        """The claims, None for a token that is not ours."""
        head, _, seal = token.rpartition(".")
        if not head or not hmac.compare_digest(seal.encode(), self._seal(head).encode()):
            return None
        claims: dict[str, Any] = json.loads(decode(head.partition(".")[2]))
        return claims

    def _seal(self, text: str) -> str:
        return encode(hmac.new(self._key, text.encode(), hashlib.sha256).digest())
