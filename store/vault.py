"""Encrypts credentials at rest (promise G11)."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from store.errors import WrongKey

SALT = b"ac365 vault"
COST = 2**14
"""About 50 ms per secret and process, so that a short secret can't be tried out by the million."""


class Vault:
    """Encrypts with the first key and decrypts with any of them, so that keys can be rotated without a pause."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: arbitrary secret texts, the current one first. Raises ValueError when there is none."""
        if not keys or not all(key.strip() for key in keys):
            raise ValueError("AC365_SECRET_KEY is empty")
        self._fernet = MultiFernet([Fernet(_derive(key.strip())) for key in keys])

    def encrypt(self, secrets: dict[str, Any]) -> bytes:
        """Seals a dict of JSON values."""
        return self._fernet.encrypt(json.dumps(secrets).encode())

    def decrypt(self, sealed: bytes) -> dict[str, Any]:
        """Opens what `encrypt` sealed. Raises WrongKey when none of the keys fits."""
        try:
            return dict(json.loads(self._fernet.decrypt(bytes(sealed))))
        except InvalidToken:
            raise WrongKey("the stored credentials were encrypted with another key") from None

    def rotate(self, sealed: bytes) -> bytes:
        """The same secrets, sealed with the first key. Raises WrongKey when none of the keys fits."""
        try:
            return self._fernet.rotate(bytes(sealed))
        except InvalidToken:
            raise WrongKey("the stored credentials were encrypted with another key") from None


# A process that opens several connections pays once.
@lru_cache(maxsize=8)
def _derive(key: str) -> bytes:
    return base64.urlsafe_b64encode(Scrypt(SALT, length=32, n=COST, r=8, p=1).derive(key.encode()))
