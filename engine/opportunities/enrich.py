"""What an opportunity's own row doesn't say: the stage of its process, the primary contact of its account, and its
stakeholders.

Facts: learn.microsoft.com, business process flows keep their instances in a table of their own, here
opportunitysalesprocess, whose activestageid names the stage; the formatted value of a lookup is the name behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clients import tables
from clients.dynamics_pages import FORMATTED
from clients.dynamics_records import IDS_PER_REQUEST, one_of, portions
from engine.context import Context
from engine.opportunities import stakeholders
from engine.opportunities.changes import account_of
from engine.opportunities.stakeholders import WITHHELD
from engine.row_keys import ACCOUNT_CONTACT, DELETED, STAKEHOLDERS
from mapping.derived import PROCESS_STAGE
from sync.model import Entity, Lane

Row = dict[str, Any]

_KEY: Final = tables.FACTS[Entity.OPPORTUNITY].key
_PROCESS_COLUMNS: Final = ("_opportunityid_value", "_activestageid_value", "modifiedon")


def enriched(context: Context, rows: Sequence[Row], lane: Lane) -> list[Row]:
    """The rows of a page of opportunities with all of it in them, in one request per hundred. Deleted ones stay as
    they are."""
    living = [row for row in rows if DELETED not in row]
    ids = [row[_KEY] for row in living]
    stages = _stages(context, ids, lane)
    contacts = _primary_contacts(context, living, lane)
    people = stakeholders.known(context, ids, lane)
    return [
        row if DELETED in row else {**row, **_further(row, stages, contacts), **_people(row, people)} for row in rows
    ]


def _further(row: Row, stages: Mapping[str, str], contacts: Mapping[str, str]) -> Row:
    stage, contact = stages.get(row[_KEY]), contacts.get(account_of(row) or "")
    told = {PROCESS_STAGE: stage, ACCOUNT_CONTACT: contact}
    return {key: value for key, value in told.items() if value}


def _people(row: Row, people: Mapping[str, list[str]] | None) -> Row:
    found = None if people is None else people.get(row[_KEY].lower())
    return {STAKEHOLDERS: found} if found or people is None else {}


def _stages(context: Context, ids: Sequence[str], lane: Lane) -> dict[str, str]:
    """The names of the active stages by opportunity; of several processes the one that moved last counts."""
    rows: list[Row] = []
    for some in portions(ids, IDS_PER_REQUEST):
        try:
            where = one_of("opportunityid", some)
            rows += context.dynamics.rows_where(*tables.PROCESSES, _PROCESS_COLUMNS, where, annotations=True, lane=lane)
        except WITHHELD:
            # Without the process, or the right to read it, the pipeline phase tells the stage.
            return {}
    return dict(_named(rows))


def _named(rows: Iterable[Row]) -> Iterable[tuple[str, str]]:
    for row in sorted(rows, key=lambda one: one.get("modifiedon") or ""):
        name = row.get(f"_activestageid_value@{FORMATTED}")
        if name and row.get("_opportunityid_value"):
            yield row["_opportunityid_value"], name


def _primary_contacts(context: Context, rows: Sequence[Row], lane: Lane) -> dict[str, str]:
    """The primary contacts of the accounts by account, where that relation counts."""
    if "account" not in context.rules[Entity.OPPORTUNITY].settings["contacts"]:
        return {}
    facts = tables.FACTS[Entity.ACCOUNT]
    ids = sorted({account for row in rows if (account := account_of(row))})
    contact = "_primarycontactid_value"
    found = context.dynamics.rows_by_id(facts.entity_set, facts.key, (facts.key, contact), ids, lane=lane)
    return {row[facts.key].lower(): row[contact] for row in found if row.get(contact)}
