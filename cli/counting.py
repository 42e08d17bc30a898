"""What is being read, and how much of it so far: one line on a terminal, which goes at the end; nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn

from cli.output import console


@contextmanager
def counting() -> Iterator[Callable[[str, int], None]]:
    """A function to tell what is read and how many there were."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield lambda _what, _number: None
        return
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=screen, transient=True) as progress:
        task = progress.add_task("Reading")
        yield lambda what, number: progress.update(task, description=f"{what}: {number:,}")
