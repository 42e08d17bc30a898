"""What is wrong with something a person wrote: where, and in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake. path: dotted, list items by index (`fields.0.dynamics`); line: 1-based, where a text was read."""

    path: str
    message: str
    line: int | None = None


class MappingFaults(Exception):
    """A mapping can't be compiled; `faults` lists everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in self.faults))


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """A question with the nearest known word, with a leading blank, or "" when nothing is near."""
    by_folded = {str(candidate).casefold(): str(candidate) for candidate in known}
    near = get_close_matches(str(word).casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean {by_folded[near[0]]!r}?" if near else ""
