"""When the credential of Dynamics ends, as far as anybody can tell from here.

A certificate says so itself. The end of a client secret is known to the app registration only, which ac365 has no right
to read: whoever makes one is shown the day, and may note it in AC365_CREDENTIAL_EXPIRES.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from cryptography import x509

from engine.configure import FIRST
from store.errors import StoreError
from store.vault import Vault

BLOCK: Final = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def ends(row: Mapping[str, Any], vault: Vault, noted: str) -> datetime | None:
    """The end of the credential of a connection, None where nobody knows. noted: the day of the first connection's."""
    try:
        pem = str(vault.decrypt(row["secrets"]).get("dynamics_client_certificate") or "")
    except (StoreError, ValueError):
        return None
    if pem:
        return _of_certificate(pem)
    return datetime.combine(date.fromisoformat(noted), time(), UTC) if noted and row["name"] == FIRST else None


def _of_certificate(pem: str) -> datetime | None:
    found = BLOCK.search(pem)
    try:
        return x509.load_pem_x509_certificate(found[0].encode()).not_valid_after_utc if found else None
    except ValueError:
        return None
