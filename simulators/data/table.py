"""Reads CSV files whose columns are spelt differently from file to file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

KINDS = ("accounts.csv", "people-us.csv", "people-uk.csv", "sales_pipeline.csv", "sales_teams.csv", "products.csv")


def read(path: Path) -> Iterator[dict[str, str]]:
    """Yields the rows with plain column names (`First Name` and `first_name` are both `firstname`), values untouched.

    A file that is not there has no rows; a cell that is not there is empty.
    """
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source, restval=""):
            yield {plain(name): value for name, value in row.items() if name is not None}


def plain(name: str) -> str:
    """Only the letters and digits, in lower case."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def iso(us_date: str) -> str | None:
    """M/D/YYYY as YYYY-MM-DD; nothing for an empty cell. Raises ValueError for anything else."""
    return datetime.strptime(us_date, "%m/%d/%Y").date().isoformat() if us_date else None


def number(text: str) -> float | None:
    """A decimal number, nothing for an empty cell."""
    return float(text) if text else None
