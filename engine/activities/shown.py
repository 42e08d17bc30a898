"""The latest marketing activities of one lead or contact, as its rows in Dynamics say, and what is on its way there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine.context import Context
from mapping import activity_rows, companion
from mapping.companion import Kind
from store import activities, links
from store.statements import Row
from sync.errors import SyncError
from sync.model import Entity, Lane

MOST: Final = 50
TEXTS: Final = ("source", "subject", "detail")
COLUMNS: Final = ("kind", "occurredon", "source", "subject", "detail", "machine", "eventid")
SELECT: Final = tuple(f"ac365_{name}" for name in COLUMNS)
WHOSE: Final = {Entity.LEAD: "_ac365_leadid_value", Entity.CONTACT: "_ac365_contactid_value"}
WORDS: Final = {kind.value: kind.word for kind in Kind}


@dataclass(frozen=True, slots=True)
class Happened:
    """One activity. kind: a word of the configuration, title: for people; there: it is in Dynamics already."""

    at: datetime
    kind: str
    title: str
    source: str
    subject: str
    detail: str
    machine: bool
    there: bool


def of_record(context: Context, entity: Entity, record_id: str) -> tuple[list[Happened], str]:
    """The latest activities, the newest first, and what could not be read, "" for nothing.

    While Dynamics is away it is what the database remembers: of what is written there already, time and kind only.
    """
    where = f"{WHOSE[entity]} eq {record_id}"
    try:
        rows = context.dynamics.latest(companion.ACTIVITIES, SELECT, where, "ac365_occurredon", MOST, lane=Lane.LIVE)
    except SyncError as error:
        return _newest([_kept(row) for row in _remembered(context, entity, record_id)]), error.message
    known = {row["ac365_eventid"].partition(":")[2] for row in rows if row["ac365_eventid"]}
    waiting = [
        row
        for row in _remembered(context, entity, record_id)
        if row["state"] in ("ready", "unlinked") and row["event_id"] not in known
    ]
    return _newest([*map(_shown, rows), *map(_kept, waiting)]), ""


def _remembered(context: Context, entity: Entity, record_id: str) -> list[Row]:
    with context.db.transaction() as tx:
        link = links.of_records(tx, context.id, entity, [record_id]).get(record_id)
        if link is None or link.ac_id is None:
            return []
        rows = activities.of_contact(tx, context.id, link.ac_id, MOST)
    return [row for row in rows if row["state"] != "dropped" and str(row["record_id"] or record_id) == record_id]


def _newest(found: list[Happened]) -> list[Happened]:
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _shown(row: Mapping[str, Any]) -> Happened:
    word = WORDS.get(row["ac365_kind"], Kind.OTHER.word)
    at = datetime.fromisoformat(row["ac365_occurredon"])
    source, subject, detail = (row[f"ac365_{name}"] or "" for name in TEXTS)
    return Happened(at, word, _title(word), source, subject, detail, bool(row["ac365_machine"]), there=True)


def _kept(row: Row) -> Happened:
    told = row["told"] or {}
    source, subject, detail = (told.get(name) or "" for name in TEXTS)
    machine, there = bool(told.get("machine")), row["state"] == "written"
    return Happened(row["at"], row["kind"], _title(row["kind"]), source, subject, detail, machine, there)


def _title(word: str) -> str:
    return activity_rows.TITLES[activity_rows.BY_WORD[word]]
