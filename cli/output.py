"""How things are printed: tables, times, numbers and JSON, the same in every command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

NARROWEST = 160
"""Without a terminal, for example in a pipe or a log, a table isn't squeezed below this width."""


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr as they are now."""
    screen = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not screen.is_terminal:
        screen.width = max(screen.width, NARROWEST)
    return screen


def on_terminal() -> bool:
    """Whether a person can be asked: both input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def say(text: str = "") -> None:
    """A line for the person."""
    typer.echo(text)


def note(text: str) -> None:
    """A remark that is not the result: it goes to stderr, so that it never spoils JSON."""
    typer.echo(text, err=True)


def print_json(value: Any) -> None:
    """One JSON value, readable, non-ASCII characters as they are."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def instant(moment: datetime | None) -> str | None:
    """A time for JSON: UTC ISO with seconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def when(moment: datetime | None, now: datetime) -> str:
    """A time for a person, relative to now: `3 min ago`, `in 2 h`, `never`."""
    if moment is None:
        return "never"
    seconds = (moment - now).total_seconds()
    told = duration(abs(seconds))
    return f"in {told}" if seconds > 0 else f"{told} ago"


def duration(seconds: float) -> str:
    """A span of time in its one or two largest units."""
    whole = round(seconds)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if whole >= size:
            return f"{whole // size} {unit}"
    return f"{whole} s"


def number(value: int | None) -> str:
    """A number with thousands apart; nothing for zero, so that what matters stands out."""
    return f"{value:,}" if value else "·"


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: int = 0, whole: str = ""
) -> Table:
    """A table; the last `numbers` columns are aligned to the right, the column `whole` is never folded."""
    made = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(columns):
        right = index >= len(columns) - numbers
        made.add_column(name, justify="right" if right else "left", no_wrap=right or name == whole, overflow="fold")
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


def show(*tables: Table) -> None:
    """Prints tables on stdout."""
    screen = console()
    for made in tables:
        screen.print(made)
