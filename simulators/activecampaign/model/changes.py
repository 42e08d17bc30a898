"""Contacts in the order of their last change, so that a short delta of a large account is found at once."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class ChangeLog:
    """Pairs of second and contact id, ascending by second. Older entries of a contact stay until `rebuild`."""

    def __init__(self) -> None:
        self._seconds = array("q")
        self._ids = array("q")

    def add(self, second: int, number: int) -> None:
        if not self._seconds or second >= self._seconds[-1]:
            self._seconds.append(second)
            self._ids.append(number)
            return
        place = bisect_right(self._seconds, second)
        self._seconds.insert(place, second)
        self._ids.insert(place, number)

    def rebuild(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Replaces the log by one entry per contact."""
        ordered = sorted(pairs)
        self._seconds = array("q", [second for second, _ in ordered])
        self._ids = array("q", [number for _, number in ordered])

    def count_since(self, second: float) -> int:
        """An upper bound of the contacts changed at `second` or later."""
        return len(self._seconds) - bisect_left(self._seconds, second)

    def since(self, second: float) -> set[int]:
        """Ids with an entry at `second` or later. Removed contacts may be among them."""
        return set(self._ids[bisect_left(self._seconds, second) :])

    def __len__(self) -> int:
        return len(self._seconds)
