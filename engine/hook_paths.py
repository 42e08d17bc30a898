"""Paths of webhooks. Whoever knows one may ask in ActiveCampaign's name, so each is signed and can be made worthless.

ActiveCampaign signs nothing it delivers; what it knows is the address alone. So the secret is part of the path.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from engine.asked import Purpose
from store.vault import COST

PREFIX = "/hooks"
LABEL = b"ac365 webhooks"
DIGITS = 9
"""Of a generation, at most: it is an integer of the database."""


class Signer:
    """Signs with the first key and recognises what any of them signed, so that keys can be rotated without a pause."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        """secret_keys: AC365_SECRET_KEY taken apart, the current one first. Raises ValueError when there is none."""
        if not secret_keys:
            raise ValueError("AC365_SECRET_KEY is empty")
        self._keys = [_derived(secret) for secret in secret_keys]

    def paths(self, connection: Mapping[str, Any]) -> dict[Purpose, str]:
        """The valid paths of a connection: a row with `id` and `webhook_generation`."""
        number, generation = connection["id"], connection["webhook_generation"]
        return {
            purpose: f"{PREFIX}/{number}/{purpose}/{_signature(self._keys[0], number, purpose, generation)}"
            for purpose in Purpose
        }

    def generation(self, connection_id: int, purpose: Purpose, signature: str) -> int | None:
        """The generation for which the signature was made, None when it was not made here.

        So a forged path is refused without a question to the database. Takes as long whichever character is wrong.
        """
        said = signature.partition(".")[0]
        if not (said.isascii() and said.isdecimal() and len(said) <= DIGITS):
            return None
        given = signature.encode(errors="replace")
        good = [
            hmac.compare_digest(given, _signature(key, connection_id, purpose, int(said)).encode())
            for key in self._keys
        ]
        return int(said) if any(good) else None


def _signature(key: bytes, connection_id: int, purpose: Purpose, generation: int) -> str:
    """`<generation>.<HMAC-SHA256 in 43 characters>`; all 256 bits."""
    told = f"{connection_id}/{purpose}/{generation}".encode()
    code = base64.urlsafe_b64encode(hmac.digest(key, told, hashlib.sha256)).rstrip(b"=")
    return f"{generation}.{code.decode()}"


def _derived(secret: str) -> bytes:
    """A key for this purpose alone. Who sees an address can try out secrets; each try costs as much as at the vault."""
    slow = Scrypt(salt=LABEL, length=32, n=COST, r=8, p=1).derive(secret.strip().encode())
    return HKDF(SHA256(), length=32, salt=None, info=LABEL).derive(slow)
