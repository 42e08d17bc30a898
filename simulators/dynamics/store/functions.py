"""Functions that SQLite lacks: comparison without case beyond ASCII, and patterns with character classes."""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache


def register(connection: sqlite3.Connection) -> None:
    """Makes `folded(text)` and `crm_like(pattern, text)` known to SQL."""
    connection.create_function("folded", 1, folded, deterministic=True)
    connection.create_function("crm_like", 2, crm_like, deterministic=True)


def folded(text: str | None) -> str | None:
    """Text without case, beyond ASCII."""
    return None if text is None else text.casefold()


def crm_like(pattern: str, text: str | None) -> bool | None:
    """LIKE as SQL Server understands it: `%`, `_` and `[...]`, without regard to case."""
    return None if text is None else bool(_compiled(pattern).fullmatch(text))


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = re.findall(r"\[[^\]]+\]|.", pattern, re.DOTALL)
    return re.compile("".join(_piece(piece) for piece in pieces), re.IGNORECASE | re.DOTALL)


def _piece(piece: str) -> str:
    if piece == "%":
        return ".*"
    if piece == "_":
        return "."
    if len(piece) > 2:
        inner = piece[1:-1]
        negated = "^" if inner.startswith("^") and len(inner) > 1 else ""
        return f"[{negated}{re.escape(inner[len(negated) :]).replace(chr(92) + '-', '-')}]"
    return re.escape(piece)
