"""People compared: one ActiveCampaign contact per address, for which one record of Dynamics speaks.

Contacts are read by the hundred, and their records anew with them: both sides as of the same moment. Whoever was not
found by address is looked for by the link in the end: then the address itself is what differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from clients import contact_rows, tables
from engine import browse, verify_gone
from engine.changes import to_change
from engine.inbound import rows
from engine.patience import patiently
from engine.verify_judge import judged
from engine.verify_pair import MOVED, Pair
from engine.verify_run import Found, Run
from store import links, verifications
from store.db import Tx
from sync.model import PEOPLE, Change, Direction, Entity, Link

AT_ONCE: Final = 100

Row = dict[str, Any]
Speaker = Mapping[str, Any]
"""Who speaks for a contact: {entity, record_id, version, opted_out}."""


def contacts(run: Run) -> None:
    """One page of contacts: those that a record speaks for are compared, the others asked what they are."""
    after = (run.cursor or {"after": 0})["after"]
    page = patiently(partial(run.context.activecampaign.contacts_page, after_id=after, lane=run.lane))
    run.clock = run.clock or (f"{page.served_at:%Y-%m-%dT%H:%M:%S}" if page.served_at else "")
    living = [row for row in map(_trimmed, page.rows) if not rows.is_gone(row)]
    addresses = [address for row in living if (address := rows.address_of(row))]
    with run.context.db.transaction() as tx:
        speakers = verifications.speakers(tx, run.id, addresses)
    mine = [(speakers[rows.address_of(row) or ""], row) for row in living if rows.address_of(row) in speakers]
    read = _read_anew(run, [speaker for speaker, _ in mine])
    run.counts["contacts"] += len(living)
    with run.advance({"after": page.last_id} if page.more else None) as tx:
        run.add(tx, _compared(tx, run, mine, read))
        strangers = [row for row in living if rows.address_of(row) not in speakers]
        run.add(tx, verify_gone.strangers(tx, run, strangers))
    run.progress("ActiveCampaign contacts", run.counts["contacts"])


def missing(run: Run) -> None:
    """The next people that no contact has the address of: found by their link, or missing."""
    here = run.cursor or {"entity": next(entity for entity in PEOPLE if entity in run.tallies), "after": None}
    entity = Entity(here["entity"])
    with run.context.db.transaction() as tx:
        awaited = verifications.missing(tx, run.id, entity, here["after"], AT_ONCE)
        linked = links.of_records(tx, run.context.id, entity, [row["record_id"] for row in awaited])
    there = _by_id(run, linked.values())
    known = {record_id: there[link.ac_id] for record_id, link in linked.items() if link.ac_id in there}
    mine = [({**row, "entity": entity}, known[row["record_id"]]) for row in awaited if row["record_id"] in known]
    read = _read_anew(run, [speaker for speaker, _ in mine])
    gone = [row["record_id"] for row in awaited if row["record_id"] not in known]
    with run.advance(_further(run, entity, awaited)) as tx:
        run.add(tx, _compared(tx, run, mine, read))
        run.add(tx, verify_gone.missing(tx, run, entity, gone))


def _further(run: Run, entity: Entity, awaited: Sequence[Row]) -> dict[str, Any] | None:
    if len(awaited) == AT_ONCE:
        return {"entity": entity.value, "after": awaited[-1]["record_id"]}
    later = [one for one in PEOPLE if one in run.tallies and PEOPLE.index(one) > PEOPLE.index(entity)]
    return {"entity": later[0].value, "after": None} if later else None


def _by_id(run: Run, linked: Any) -> dict[int, Row]:
    ids = [link.ac_id for link in linked if link.ac_id]
    if not ids:
        return {}
    found = patiently(partial(run.context.activecampaign.contacts_by_ids, ids, lane=run.lane))
    living = (row for row in map(_trimmed, found) if not rows.is_gone(row))
    return {int(row["id"]): row for row in living}


def _trimmed(row: Row) -> Row:
    return contact_rows.whole(contact_rows.trimmed(row))


def _read_anew(run: Run, speakers: Sequence[Speaker]) -> dict[tuple[Entity, str], Row]:
    """Rows of Dynamics as they are now, by entity and id."""
    found: dict[tuple[Entity, str], Row] = {}
    for entity in PEOPLE:
        ids = [str(one["record_id"]) for one in speakers if one["entity"] == entity]
        for row in by_ids(run, entity, ids) if ids else []:
            found[entity, str(row[tables.FACTS[entity].key])] = row
    return found


def by_ids(run: Run, entity: Entity, ids: Sequence[str]) -> list[Row]:
    """Rows of Dynamics by their ids."""
    table, mapping = tables.FACTS[entity], run.context.rules[entity].mapping
    ask = partial(run.context.dynamics.rows_by_id, table.entity_set, table.key, mapping.select, ids)
    return patiently(lambda: ask(annotations=mapping.needs_annotations, lane=run.lane))


def _compared(
    tx: Tx, run: Run, mine: Sequence[tuple[Speaker, Row]], read: Mapping[tuple[Entity, str], Row]
) -> list[Found]:
    """Judges contacts with their records, and notes that they were found."""
    found: list[Found] = []
    for entity in PEOPLE:
        some = [(speaker, row) for speaker, row in mine if speaker["entity"] == entity]
        if some:
            verifications.found(tx, run.id, entity, [str(speaker["record_id"]) for speaker, _ in some])
            found += judged(tx, run, entity, list(_pairs(tx, run, entity, some, read)))
    return found


def _pairs(
    tx: Tx, run: Run, entity: Entity, some: Sequence[tuple[Speaker, Row]], read: Mapping[tuple[Entity, str], Row]
) -> Iterator[Pair]:
    linked = links.of_records(tx, run.context.id, entity, [str(speaker["record_id"]) for speaker, _ in some])
    numbers = [int(row["id"]) for _, row in some]
    belongs = verifications.belongs(tx, run.id, numbers, read=Entity.ACCOUNT in run.tallies)
    raws = {record_id: raw for (one, record_id), raw in read.items() if one is entity}
    changes = {record_id: to_change(run.context, entity, raw) for record_id, raw in raws.items()}
    known = verifications.known(tx, run.id, {c.account_id for c in changes.values() if c.account_id})
    from_now = run.began_from_now(tx, entity, Direction.OUTBOUND)
    for speaker, row in some:
        record_id = str(speaker["record_id"])
        change = changes.get(record_id)
        if change is None or change.fault or browse.hindrance(change, person=True):
            run.tallies[entity].not_expected[MOVED] += 1
            continue
        pair = _pair(run, change, raws[record_id], row, linked.get(record_id))
        yield replace(
            pair,
            change=replace(change, opted_out=change.opted_out or speaker["opted_out"]),
            moved=change.version != speaker["version"] or _later(pair.there.changed_at, run.clock),
            from_now=from_now,
            account_here=change.account_id if change.account_id in known else None,
            account_there=belongs.get(int(row["id"])),
        )


def _pair(run: Run, change: Change, raw: Row, row: Row, link: Link | None) -> Pair:
    rules = run.context.rules[change.entity]
    there = rows.person(run.context, change.entity, row, {})
    there = rows.aligned(run.context, there, link.agreed if link else change.values)
    theirs = rules.mapping.read_contact(row, row["field_values"])
    return Pair(rules, run.context.consent, change, raw, theirs, there, link)


def _later(changed_at: str, clock: str) -> bool:
    return bool(clock) and changed_at[:19] > clock
