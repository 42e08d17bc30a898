"""Python values as JSON for Postgres, and nothing that jsonb refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def jsonb(value: Any) -> Jsonb:
    """A parameter for a statement: dicts, lists, text, numbers, dates and UUIDs, nested as they like."""
    return Jsonb(value, dumps=dumps)


def dumps(value: Any) -> bytes:
    """JSON in UTF-8, without the characters that jsonb can't hold: NUL is dropped, half a surrogate pair is U+FFFD.

    The PostgreSQL documentation, "JSON Types", names them. One such character in a name must not stop a page of 1,000.
    What is no number is null. Raises TypeError for what has no form in JSON.
    """
    try:
        encoded = orjson.dumps(value, default=_plain, option=OPTIONS)
    except orjson.JSONEncodeError:
        # orjson refuses half a pair, and integers of more than 64 bits.
        encoded = json.dumps(_clean(value), ensure_ascii=False, allow_nan=False, default=_plain).encode()
    return dumps(_clean(value)) if _has_nul(encoded) else encoded


def _has_nul(encoded: bytes) -> bool:
    """Whether an escaped NUL stands there, and not merely a backslash before `u0000`."""
    return b"\\u0000" in encoded and b"\\u0000" in encoded.replace(b"\\\\", b"")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} can't be kept as JSON")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
