"""Record ids that need no memory: the same thing has the same id in every run."""

from __future__ import annotations

import hashlib
import uuid

NAMESPACE = uuid.UUID("6f0b6a3e-6f5c-5d0e-9b67-0f4a1a365ac3")


def digest(seed: int, table: str, index: int) -> bytes:
    """32 bytes that belong to row `index` of `table`. The first 16 are its id, the rest is free to draw from."""
    return hashlib.blake2b(f"{seed}/{table}/{index}".encode(), digest_size=32).digest()


def guid(source: bytes) -> str:
    """The first 16 bytes as a random-looking (version 4) GUID in the form Dataverse writes it."""
    text = source[:16].hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def numbered(seed: int, table: str, index: int) -> str:
    """The id of a generated row. Whoever points at a row computes its id, so nothing is remembered."""
    return guid(digest(seed, table, index))


def named(table: str, key: str) -> str:
    """The id of a row that comes from a file, from what names it there: loading the file again gives it again."""
    return str(uuid.uuid5(NAMESPACE, f"{table}:{key}"))


def pick(choices: list[str], record_id: str) -> str:
    """One of the choices for the record of that id: the same one, as long as there are as many."""
    return choices[uuid.UUID(record_id).int % len(choices)]
