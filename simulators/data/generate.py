"""Generates a Dynamics 365 full of plausible and untidy records, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from simulators.data.rows import Make


def records(
    seed: int, accounts: int = 0, contacts: int = 0, leads: int = 0, opportunities: int = 0
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields `(table, row)`: accounts first, then contacts, leads, opportunities, none of them kept in memory.

    A row has the column names and JSON values of the Web API, columns without a value are absent or None. A lookup is
    `_parentaccountid_value`; where it can point at several tables, `parentcustomerid_type` beside
    `_parentcustomerid_value` names the table. Owner, currency and version are left to who loads the row. Addresses
    lie in *.example domains, no text exceeds its column, no moment lies in the future.
    """
    make = Make(seed, accounts, contacts)
    tables = (
        ("account", accounts, make.account),
        ("contact", contacts, make.contact),
        ("lead", leads, make.lead),
        ("opportunity", opportunities, make.opportunity),
    )
    for table, count, row in tables:
        draw = Random(f"{seed}/{table}")
        for index in range(count):
            yield table, row(draw, index)
