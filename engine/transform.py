"""Transform: a filed page becomes decisions. What needs no write is settled at once, the rest goes to the outbox."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine import caution, filing, holders
from engine.associations import Targets, targets_of, within_reach
from engine.changes import to_change
from engine.context import Context
from engine.inbound import companies, people
from engine.opportunities import followers
from engine.opportunities import transform as opportunities
from engine.parking import park
from engine.retries import look_again, read_again
from engine.wake import Stage, Wake
from store import links, pages, records, streams
from store.db import Tx
from sync import decide
from sync.errors import Again, Stop
from sync.model import PEOPLE, Change, CycleKind, Decision, Direction, Entity, Lane, Link, Outcome, RecordState
from sync.survivors import RecordKey

LEASE_S = 30
AGAIN_S = 10.0
"""After so long a service that could not be reached is asked again."""
BATCH = 250
PASSED_BY = "changed before ac365 was switched on; an initial sync brings it"


def transform(context: Context, page_id: int) -> list[Wake]:
    """Claims one filed page and turns it into outcomes and outbox rows, all in one transaction with the page's end."""
    with context.db.transaction() as tx:
        page = pages.claim(tx, page_id, context.worker, LEASE_S)
    if page is None:
        return []
    entity = Entity(page["entity"])
    if page["direction"] == Direction.INBOUND:
        return _inbound(context, page, entity)
    changes = [to_change(context, entity, row) for row in page["rows"]]
    with context.db.transaction() as tx:
        left, wakes = _file(tx, context, page, entity, changes)
        if not pages.done(tx, page_id, context.worker):
            raise RuntimeError("the page's lease ran out and another worker took it over; nothing was kept")
    return [*wakes, *_wakes(context, page, entity, left)]


def _inbound(context: Context, page: dict[str, Any], entity: Entity) -> list[Wake]:
    """Strangers are looked for on both sides, so this asks the services. One that can't be reached is waited for; what
    needs a person goes to the failure list with the advice."""
    try:
        return companies.transform(context, page) if entity is Entity.ACCOUNT else people.transform(context, page)
    except Again as error:
        with context.db.transaction() as tx:
            pages.postpone(tx, page["id"], context.worker, getattr(error, "after_s", None) or AGAIN_S)
        return []
    except Stop as error:
        with context.db.transaction() as tx:
            if pages.done(tx, page["id"], context.worker):
                park(tx, page, error)
        return [Wake(Stage.CYCLE, (context.id, page["cycle_id"]), Lane(page["lane"]))]


def _file(
    tx: Tx, context: Context, page: dict[str, Any], entity: Entity, changes: Sequence[Change]
) -> tuple[int, Sequence[Wake]]:
    """Decides every change of the page; answers with how many rows went to the outbox, and what else is to be done."""
    if entity is Entity.OPPORTUNITY:
        return _file_opportunities(tx, context, page, changes)
    changes = _linked(tx, context, page, entity, changes)
    found = holders.people(tx, context, entity, changes) if entity in PEOPLE else holders.accounts(tx, context, changes)
    wakes = [*found.wakes, *_returning(tx, context, entity, changes, found)]
    changes = _with_consent(tx, context, changes)
    targets = targets_of(tx, context, changes)
    passed = _passed_by(tx, context, page, entity, changes)
    decided = [
        filing.Decided(
            change,
            _decide(context, page, found, change, targets, passed),
            _state(change, found.link_of(change)),
            None if change.account_id in targets else change.account_id,
        )
        for change in changes
    ]
    held = caution.holds(page["kind"])
    left = filing.keep(tx, context, page, decided, held=held)
    wakes += _spoken_for(tx, context, found, changes)
    links.allow(tx, context.id, [link.id for change in changes if (link := _allows_again(change, found))])
    if entity is Entity.ACCOUNT:
        wakes += followers.of_accounts(tx, context, changes)
    if any(filing.urgent(one.decision) for one in decided):
        wakes.append(Wake(Stage.UPSERT, (context.id, entity, Lane.LIVE), Lane.LIVE))
    return left if not held else 0, wakes


def _file_opportunities(
    tx: Tx, context: Context, page: dict[str, Any], changes: Sequence[Change]
) -> tuple[int, Sequence[Wake]]:
    passed = _passed_by(tx, context, page, Entity.OPPORTUNITY, changes)
    if page["kind"] == CycleKind.BASELINE:
        passed = {change.record_id: change.version for change in changes}
    decided = opportunities.decided(tx, context, changes, passed, PASSED_BY)
    held = opportunities.holds(tx, context, page["kind"])
    left = filing.keep(tx, context, page, decided, held=held)
    return left if not held else 0, []


def _linked(
    tx: Tx, context: Context, page: dict[str, Any], entity: Entity, changes: Sequence[Change]
) -> Sequence[Change]:
    """Of an entity that travels inbound only, those that were delivered: their opt-outs are heard, their ends too.

    The others are counted and not kept: nobody of them may speak for a contact unless ActiveCampaign asks for it.
    """
    if context.rules[entity].terms.direction != Direction.INBOUND or entity not in PEOPLE:
        return changes
    own = links.of_records(tx, context.id, entity, [change.record_id for change in changes])
    leads = links.of_records(tx, context.id, Entity.LEAD, [change.lead_id for change in changes if change.lead_id])
    standing = [(change, own.get(change.record_id) or leads.get(change.lead_id or "")) for change in changes]
    kept = [change for change, link in standing if link and link.delivered]
    streams.count(tx, page["stream_id"], {Outcome.SKIPPED.value: len(changes) - len(kept)})
    return kept


def _with_consent(tx: Tx, context: Context, changes: Sequence[Change]) -> Sequence[Change]:
    """An opt-out counts for everybody who shares the address: in ActiveCampaign they are one person (guarantee G7)."""
    addresses = [change.address for change in changes if change.address]
    known = records.opted_out(tx, context.id, addresses) if addresses else {}
    return [_consenting(change, known.get(change.address or "", set())) for change in changes] if known else changes


def _consenting(change: Change, opted_out: set[tuple[Entity, str]]) -> Change:
    others = opted_out - {(change.entity, change.record_id)}
    return replace(change, opted_out=True) if others and not change.opted_out else change


def _allows_again(change: Change, found: holders.Found) -> Link | None:
    """The link of a person whose opt-out was agreed on and is gone in Dynamics."""
    link = found.link_of(change)
    again = link is not None and link.opted_out and not link.allowed_again
    return link if again and not change.opted_out and not change.deleted else None


def _spoken_for(tx: Tx, context: Context, found: holders.Found, changes: Sequence[Change]) -> list[Wake]:
    """Who opted out and doesn't hold the contact of the address: the record that does is read again, ahead of the
    queue."""
    again: dict[Entity, list[str]] = {}
    heard = [change for change in changes if change.do_not_bulk or change.do_not_email]
    beside = _beside(tx, context, found, heard)
    for change in heard:
        speaker = found.holder_of(change) or beside.get(change.address or "")
        if speaker and speaker != (change.entity, change.record_id):
            again.setdefault(speaker[0], []).append(speaker[1])
    return read_again(tx, context.id, again, "opt-out of a record with the same address", Lane.LIVE) if again else []


def _beside(tx: Tx, context: Context, found: holders.Found, heard: Sequence[Change]) -> dict[str, RecordKey]:
    """Who holds the contact of an address, for those who can't have it themselves: inactive ones, or out of scope."""
    addresses = sorted({change.address for change in heard if change.address and not found.holder_of(change)})
    rows = links.at_addresses(tx, context.id, addresses) if addresses else []
    return {row.link.address: (row.link.entity, row.link.record_id) for row in rows if row.link.address}


def _returning(tx: Tx, context: Context, entity: Entity, changes: Sequence[Change], found: holders.Found) -> list[Wake]:
    """Records that are in scope again: what happened to them in ActiveCampaign meanwhile is looked at (decision
    Q10)."""
    if context.rules[entity].terms.direction == Direction.OUTBOUND:
        return []
    there = {c.record_id: found.link_of(c) for c in changes if c.active and c.in_scope and not c.deleted}
    ids = {record_id: link.ac_id for record_id, link in there.items() if link and link.delivered and link.ac_id}
    states = records.states(tx, context.id, entity, list(ids)) if ids else {}
    back = [number for record_id, number in ids.items() if states.get(record_id) == RecordState.OUT_OF_SCOPE]
    return look_again(tx, context.id, entity, back, "in scope again") if back else []


def _passed_by(
    tx: Tx, context: Context, page: dict[str, Any], entity: Entity, changes: Sequence[Change]
) -> dict[str, int]:
    """Versions of records that were there before the sync began and that nobody asked for: they come when they change.

    They turn up again whenever everything is read, because a token expired or a mapping changed.
    """
    if page["kind"] not in (CycleKind.SCHEDULED, CycleKind.MANUAL):
        return {}
    return records.versions(tx, context.id, entity, [change.record_id for change in changes], PASSED_BY)


def _decide(
    context: Context,
    page: dict[str, Any],
    found: holders.Found,
    change: Change,
    targets: Targets,
    passed: Mapping[str, int],
) -> Decision:
    link = found.link_of(change)
    known = change.version <= passed.get(change.record_id, -1)
    if page["kind"] == CycleKind.BASELINE or (known and not (link and link.delivered)):
        return Decision(Outcome.SKIPPED, PASSED_BY)
    rules = context.rules[change.entity]
    return decide.decide(
        within_reach(change, targets),
        link,
        holder=found.holder_of(change),
        terms=rules.terms,
    )


def _state(change: Change, link: Link | None) -> RecordState:
    # What was merged into another record never comes back, so it is as good as deleted.
    if change.deleted or change.successor_id:
        return RecordState.DELETED
    if change.entity in PEOPLE and not change.address:
        return RecordState.NO_ADDRESS
    if not (change.active and change.in_scope):
        return RecordState.OUT_OF_SCOPE
    return RecordState.LINKED if link or change.entity is Entity.ACCOUNT else RecordState.SHADOWED


def _wakes(context: Context, page: dict[str, Any], entity: Entity, left: int) -> list[Wake]:
    lane = Lane(page["lane"])
    upsert = Wake(Stage.UPSERT, (context.id, entity, lane), lane)
    if entity is Entity.OPPORTUNITY:
        # The cycle learns at once, and not behind its own backfill, that the next one may begin.
        told = Wake(Stage.CYCLE, (context.id, page["cycle_id"]), Lane.SYNC)
        return [told, upsert] if left else [told]
    if left:
        return [upsert] * math.ceil(left / BATCH)
    # Even a page without work may be the last one, and then a batch that was too small so far is ready.
    return [Wake(Stage.CYCLE, (context.id, page["cycle_id"]), lane), upsert]
