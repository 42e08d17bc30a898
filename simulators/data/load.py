"""Rows for a simulated Dynamics 365 from a folder of CSV files.

The kinds of file are those of the public "CRM Sales Opportunities" data set (accounts, sales_pipeline, sales_teams,
products) and of the public sample people (people-us, people-uk). They are read as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulators.data import sales, sample_people
from simulators.data.table import KINDS, read

Row = dict[str, Any]


def records(folder: Path | str) -> Iterator[tuple[str, Row]]:
    """Yields `(table, row)` in the form of `simulators.data.generate`: users, accounts, contacts, leads, opportunities.

    Ids derive from the names in the files, so loading again gives the same records. A missing file is an empty one; a
    folder with none of them raises FileNotFoundError.
    """
    folder = Path(folder)
    if not any((folder / kind).is_file() for kind in KINDS):
        raise FileNotFoundError(f"{folder} holds none of {', '.join(KINDS)}")
    yield from (("systemuser", row) for row in sales.users(read(folder / "sales_teams.csv")))
    accounts = list(sales.accounts(read(folder / "accounts.csv")))
    yield from (("account", row) for row in accounts)
    account_ids = [row["accountid"] for row in accounts]
    contacts = list(sample_people.contacts(read(folder / "people-us.csv"), account_ids))
    yield from (("contact", row) for row in contacts)
    yield from (("lead", row) for row in sample_people.leads(read(folder / "people-uk.csv"), account_ids))
    pipeline = sales.Pipeline(accounts, contacts, read(folder / "products.csv"))
    yield from (("opportunity", pipeline.opportunity(row)) for row in read(folder / "sales_pipeline.csv"))
