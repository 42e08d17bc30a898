"""The stakeholders of opportunities: contacts that Dynamics keeps in rows of the table of connections (decision Q11).

Facts, all of learn.microsoft.com: the form's list of stakeholders holds connections whose role has the category
Stakeholder; "Use connections to link records to each other": each is two rows, one per direction, so those that start
at the opportunity are enough; table references of connection (1: active; types 2 contact, 3 opportunity) and of
connectionrole (category 1000: Stakeholder).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clients import probe, tables
from clients.dynamics_records import IDS_PER_REQUEST, one_of, portions
from engine.context import Context
from sync.errors import BadRecord, Missing, MissingPermission, NotAvailable
from sync.model import Entity, Lane

Row = dict[str, Any]

WORD: Final = "stakeholder"
"""The relation's name in `entities.opportunity.contacts`."""
WITHHELD: Final = (Missing, MissingPermission, NotAvailable, BadRecord)
"""What Dynamics answers about a table that is not there or may not be read: then its part is passed by."""
NOT_TOLD: Final = f"Dynamics shows no stakeholders to ac365's user. {probe.STAKEHOLDERS}"


def wanted(settings: Mapping[str, Any]) -> bool:
    """Whether the relation counts."""
    return WORD in settings["contacts"]


def known(context: Context, ids: Sequence[str], lane: Lane) -> dict[str, list[str]] | None:
    """Stakeholders by opportunity, who was connected first comes first; None where Dynamics withholds them.

    One request per hundred opportunities, none where the relation doesn't count.
    """
    rows: list[Row] = []
    for some in portions(ids, IDS_PER_REQUEST) if wanted(context.rules[Entity.OPPORTUNITY].settings) else ():
        where = f"{one_of('record1id', some)} and {tables.OF_STAKEHOLDERS} and statecode eq 0"
        try:
            rows += context.dynamics.rows_where(*tables.CONNECTIONS, tables.ENDS, where, lane=lane)
        except WITHHELD:
            return None
    return _in_order(rows)


def _in_order(rows: Iterable[Row]) -> dict[str, list[str]]:
    """By the date of the connection, and of the same second by its id: an order that no later edit changes."""
    found: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda one: (one.get("createdon") or "", one["connectionid"])):
        if row.get("_record1id_value") and row.get("_record2id_value"):
            found.setdefault(row["_record1id_value"].lower(), []).append(row["_record2id_value"].lower())
    return found
