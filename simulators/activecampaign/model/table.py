"""Rows that are few enough to be dictionaries, and the identifiers of those that are many."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]


class Table:
    """Rows by ascending id, which is never used again. Iterates over the rows in order of id.

    `changed` hears of every row that is created or deleted.
    """

    def __init__(self, changed: Callable[[str], None] | None = None) -> None:
        self._changed = changed or (lambda _: None)
        self.rows: dict[int, Row] = {}
        self.last = 0

    def add(self, **values: Any) -> Row:
        self.last += 1
        row = {"id": self.last, **values}
        self.rows[self.last] = row
        self._changed("created")
        return row

    def get(self, number: object) -> Row | None:
        """The row with this id, given as number or as digits."""
        found = as_id(number)
        return self.rows.get(found) if found else None

    def remove(self, number: int) -> None:
        if self.rows.pop(number, None) is not None:
            self._changed("deleted")

    def first(self, **values: Any) -> Row | None:
        return next((row for row in self if all(row[key] == value for key, value in values.items())), None)

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self.rows.values()))

    def __len__(self) -> int:
        return len(self.rows)


class Owners:
    """Ascending ids of which each remembers in eight bytes to whom it belongs."""

    def __init__(self) -> None:
        self._owners = array("q", [0])

    def new(self, owner: int) -> int:
        self._owners.append(owner)
        return len(self._owners) - 1

    def of(self, number: int) -> int:
        """The owner, or 0 where the id is unknown or gone."""
        return self._owners[number] if 0 < number < len(self._owners) else 0

    def forget(self, number: int) -> None:
        self._owners[number] = 0

    def __len__(self) -> int:
        return len(self._owners) - 1


def as_id(value: object) -> int:
    """A positive integer given as such or as digits; 0 for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(value, 0)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else 0
