"""What makes generated rows as untidy as those that people type and other programs import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.data import columns

Row = dict[str, Any]

DESCRIPTIONS = (
    "First line\nsecond line\r\nthird line\twith a tab",
    "<b>bold</b> & <script>alert('no')</script> &amp; \"quotes\"",
    "Ring after 17:00 🚀 👩🏽\u200d💻 only",
    "مرحبا، تحدث معنا غداً",
    "Semicolons; commas, pipes || and back\\slashes",
)


def _names(table: str) -> tuple[str, ...]:
    return ("firstname", "lastname") if table in ("contact", "lead") else ("name",)


def _blank(table: str, row: Row) -> None:
    for name in _names(table):
        row[name] = f"  {row[name]} "


def _wide_blank(table: str, row: Row) -> None:
    """Adds blanks that a plain strip of the eight-bit ones leaves: no-break, zero-width, ideographic."""
    for name in _names(table):
        row[name] = f"\u00a0{row[name]}\u200b\u3000"


def _markup(table: str, row: Row) -> None:
    for name in _names(table):
        row[name] = f"{row[name]} <i>&"


def _emoji(table: str, row: Row) -> None:
    for name in _names(table):
        row[name] = f"{row[name]} 🎉"


def _shouting(table: str, row: Row) -> None:
    for name in _names(table):
        row[name] = row[name].upper()


def _bare(table: str, row: Row) -> None:
    """Leaves of the texts only those that Dynamics asks for, and the address."""
    for name in columns.LENGTHS[table]:
        if name not in ("name", "lastname", "subject", "emailaddress1"):
            row.pop(name, None)


def _overlong(table: str, row: Row) -> None:
    """Fills every text to its limit. Some are beyond the 255 characters that ActiveCampaign takes."""
    for name, length in columns.LENGTHS[table].items():
        if name != "emailaddress1":
            row[name] = f"{row.get(name, name)} ".ljust(length, "ö")[:length]


TROUBLES: tuple[tuple[int, int, Callable[[str, Row], None]], ...] = (
    (23, 3, _blank),
    (71, 5, _wide_blank),
    (37, 6, _markup),
    (31, 8, _emoji),
    (41, 10, _shouting),
    (43, 12, _bare),
    (53, 16, _overlong),
)
"""Every so many rows, counted from which one, what happens to it."""


def stir(table: str, index: int, row: Row) -> None:
    """Spoils the row where its number says so. Texts stay within the limits of their columns."""
    if index % 3 == 0:
        row["description"] = DESCRIPTIONS[index // 3 % len(DESCRIPTIONS)]
    for period, first, spoil in TROUBLES:
        if index % period == first:
            spoil(table, row)
