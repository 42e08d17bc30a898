"""Who speaks for which ActiveCampaign contact or account: the survivor rule, carried out on the links of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.context import Context
from engine.retries import look_again, read_again
from engine.wake import Wake
from store import links, records
from store.db import Tx
from sync.model import Change, Entity, Link
from sync.survivors import Assignment, Candidate, Holder, assign

RecordKey = tuple[Entity, str]


@dataclass(frozen=True, slots=True)
class Found:
    """The links of a page after the assignment, and who speaks for the records that have none."""

    links: Mapping[str, Link]
    speakers: Mapping[RecordKey, RecordKey]
    wakes: tuple[Wake, ...] = ()

    def link_of(self, change: Change) -> Link | None:
        """The link this record holds."""
        return self.links.get(change.record_id)

    def holder_of(self, change: Change) -> RecordKey | None:
        """Who speaks for the contact of this record's address, where that is known."""
        return self.speakers.get((change.entity, change.record_id))


def accounts(tx: Tx, context: Context, changes: Sequence[Change]) -> Found:
    """Every account speaks for itself: one link each, made when it is first in scope."""
    followers = _succeed(tx, context, changes)
    wanted = [c for c in changes if c.active and c.in_scope and not c.deleted]
    held = links.of_records(tx, context.id, Entity.ACCOUNT, [c.record_id for c in changes])
    fresh = {c.record_id: c for c in wanted if c.record_id not in held}
    new = [Candidate(Entity.ACCOUNT, c.record_id, None, modified_on=c.modified_on) for c in fresh.values()]
    if new:
        links.hold(tx, context.id, new=new, moved={}, freed=())
        held = links.of_records(tx, context.id, Entity.ACCOUNT, [c.record_id for c in changes])
    wakes = read_again(tx, context.id, {Entity.ACCOUNT: followers}, "merged") if followers else []
    return Found(held, {}, tuple(wakes))


def people(tx: Tx, context: Context, entity: Entity, changes: Sequence[Change]) -> Found:
    """Assigns the contacts of ActiveCampaign to the records of this page and to those they shadow or set free.

    Only one transform at a time may do this for a connection: the lock is taken here and ends with the transaction.
    """
    links.lock_people(tx, context.id)
    followers = _succeed(tx, context, changes)
    ids = [change.record_id for change in changes]
    held = links.of_records(tx, context.id, entity, ids)
    addresses = {c.address for c in changes if c.address} | {link.address for link in held.values() if link.address}
    rivals = links.at_addresses(tx, context.id, sorted(addresses))
    shadowed = records.shadowed(tx, context.id, sorted(addresses))
    mine = [_candidate(change) for change in changes]
    others = [_shadowed(row) for row in shadowed]
    known = {row.link.id: _holder(row.link, row.competes) for row in rivals}
    known |= {link.id: _holder(link, True) for link in held.values() if link.id not in known}
    result = assign([*others, *mine], {str(link_id): holder for link_id, holder in known.items()})
    links.hold(tx, context.id, new=result.new, moved={**result.moved, **result.refreshed}, freed=result.freed)
    records.shadow(tx, context.id, result.dethroned)
    raised = _raised(result, {c.key for c in mine}, known)
    for follower in followers:
        raised.setdefault(entity, []).append(follower)
    wakes = read_again(tx, context.id, raised, "survivor rule") if raised else []
    wakes += _introduce(tx, context, result, known)
    return Found(links.of_records(tx, context.id, entity, ids), result.holder, tuple(wakes))


def _introduce(tx: Tx, context: Context, result: Assignment, known: Mapping[int, Holder]) -> list[Wake]:
    """Contacts that another record speaks for from now on: what they say about mail has to reach that one."""
    taken = [i for i, winner in result.moved.items() if winner.key != known[i].key]
    found = links.by_ids(tx, context.id, taken) if taken else []
    back = [one for one in found if one.ac_id is not None and context.rules[one.entity].terms.direction != "outbound"]
    ids = [one.ac_id for one in back if one.ac_id is not None]
    return look_again(tx, context.id, back[0].entity, ids, "another record speaks for it") if ids else []


def _succeed(tx: Tx, context: Context, changes: Sequence[Change]) -> list[str]:
    """Hands links on: of a lead to the contact it became, of a merged record to the survivor; answers with survivors.

    Where the follower has a link of its own, both keep theirs: the survivor rule, or the end of the loser's, decides.
    Source: learn.microsoft.com, pages on QualifyLead and Merge; decisions Q5 and Q6.
    """
    became = [(Entity.LEAD, c.lead_id, c.entity, c.record_id) for c in changes if c.lead_id and _lives(c)]
    merged = [(c.entity, c.record_id, c.entity, c.successor_id) for c in changes if c.successor_id]
    names = ("from_entity", "from_id", "entity", "record_id")
    links.succeed(tx, context.id, [dict(zip(names, row, strict=True)) for row in became])
    handed = links.succeed(tx, context.id, [dict(zip(names, row, strict=True)) for row in merged])
    return [str(row[3]) for row in merged] if handed else []


def _lives(change: Change) -> bool:
    return change.active and change.in_scope and not change.deleted and bool(change.address)


def _raised(result: Assignment, mine: set[RecordKey], known: Mapping[int, Holder]) -> dict[Entity, list[str]]:
    """Records outside this page that speak for a contact from now on: they are read anew, their values aren't here."""
    winners = [*result.new, *(w for i, w in result.moved.items() if w.key != known[i].key)]
    found: dict[Entity, list[str]] = {}
    for winner in winners:
        if winner.key not in mine:
            found.setdefault(winner.entity, []).append(winner.record_id)
    return found


def _candidate(change: Change) -> Candidate:
    active = change.active and not change.deleted
    return Candidate(change.entity, change.record_id, change.address, active, change.in_scope, change.modified_on)


def _shadowed(row: dict[str, str]) -> Candidate:
    return Candidate(Entity(row["entity"]), row["record_id"], row["address"], modified_on=row["modified_on"])


def _holder(link: Link, competes: bool) -> Holder:
    return Holder(link.id, link.entity, link.record_id, link.address, link.modified_on, competes)
