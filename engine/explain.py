"""Why a record is or is not where it should be: both sides asked now, next to everything that ac365 remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine import (
    explain_consent,
    explain_fields,
    explain_inbound,
    explain_opportunity,
    explain_scope,
    explain_stranger,
    explain_there,
)
from engine.associations import targets_of
from engine.context import Context
from engine.explain_consent import ConsentState
from engine.explain_fields import FieldState, Seen
from engine.explain_opportunity import Belonging
from engine.explain_scope import Around, Check, RecordKey
from engine.explain_sides import Sides
from engine.explain_stored import Stored, load
from engine.explain_stranger import Stranger
from engine.explain_there import There
from engine.explain_words import with_article
from engine.opportunities.explain import no_table
from engine.row_keys import DELETED
from store import links
from sync import tags
from sync.inbound import Inbound
from sync.model import ORDER, PEOPLE, Change, Decision, Entity, Link


@dataclass(frozen=True, slots=True)
class Explained:
    """One record. change, decision: None when Dynamics could not be asked; holder: it speaks for its address.

    inbound: what would happen in Dynamics, None when nobody can tell; decision: in ActiveCampaign, after that;
    in_scope: None when nobody can tell; account, consent: of a person; belonging: of an opportunity; travels: something
    of it is written to Dynamics.
    """

    entity: Entity
    record_id: str
    address: str | None
    holder: bool
    change: Change | None
    checks: list[Check]
    inbound: Inbound | None
    decision: Decision | None
    there: There
    fields: list[FieldState]
    account: FieldState | None
    consent: ConsentState | None
    stored: Stored
    travels: bool
    belonging: Belonging | None = None

    @property
    def in_scope(self) -> bool | None:
        """Whether it is to be in ActiveCampaign: every rule says yes."""
        if any(check.ok is False for check in self.checks):
            return False
        return None if not self.checks or any(check.ok is None for check in self.checks) else True

    @property
    def comes_back(self) -> bool | None:
        """Whether its tags let changes travel to Dynamics, None where that is not known or nothing travels there."""
        seen = self.there.counterpart
        return tags.may_come_back(self.entity, seen.tags) if seen and self.travels else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The records that were asked for, the holder first. stranger: the contact of an address that no record has, and
    why.

    remarks: what could not be read, as sentences.
    """

    records: list[Explained]
    stranger: Stranger | None = None
    remarks: list[str] = field(default_factory=list)


def by_id(context: Context, entity: Entity | None, record_id: str, *, ask: bool = True) -> Explanation:
    """One record. ask=False: only what ac365 remembers. Raises LookupError when it is to be found nowhere."""
    sides = Sides(context, asks=ask)
    for one in [entity] if entity else _likely(context, record_id):
        stored = load(context, one, record_id)
        if one is Entity.OPPORTUNITY:
            found = _opportunity(sides, record_id, stored, named=entity is not None)
        else:
            found = _record(sides, one, record_id, stored)
        if found:
            return Explanation([found], None, sides.remarks)
    raise LookupError(_nowhere(sides, f"{entity or 'record'} {record_id}", _elsewhere(context, entity, record_id)))


def by_address(context: Context, address: str) -> Explanation:
    """Every person of an address. Raises LookupError when neither side and nothing that is remembered has it."""
    sides = Sides(context)
    near = explain_scope.around(sides, address)
    keys = sorted(near.changes, key=lambda key: (key != near.speaker, _left(near, key), key))
    found = [_one(sides, key, near.changes[key], near, load(context, *key)) for key in keys]
    if found:
        return Explanation(found, None, sides.remarks)
    stranger = explain_there.person(sides, Entity.CONTACT, None, address)
    if stranger.exists:
        return Explanation([], explain_stranger.of(context, stranger, address), sides.remarks)
    raise LookupError(_nowhere(sides, f"person with the address {address}", ""))


def _left(near: Around, key: RecordKey) -> bool:
    """Whether a record had the address once and has it no more."""
    change = near.changes[key]
    return change is not None and change.address != near.address


def _likely(context: Context, record_id: str) -> list[Entity]:
    """Where a record without a named entity may be: where it was seen before, else everywhere."""
    known = [one for one in ORDER if load(context, one, record_id).row]
    # An environment without the table has no opportunities to look for, unless somebody expects them.
    absent = no_table(context) and not context.rules[Entity.OPPORTUNITY].settings["enabled"]
    return known or [one for one in ORDER if one is not Entity.OPPORTUNITY or not absent]


def _record(sides: Sides, entity: Entity, record_id: str, stored: Stored) -> Explained | None:
    """None when neither Dynamics nor what is remembered knows it."""
    change = (sides.read(entity, [record_id]) or {}).get(record_id)
    if not stored.known and (change is None or change.deleted):
        return None
    address = _address(change, stored) if entity in PEOPLE else None
    near = explain_scope.around(sides, address) if address else Around()
    return _one(sides, (entity, record_id), change, near, stored)


def _address(change: Change | None, stored: Stored) -> str | None:
    if change and not change.deleted:
        return change.address
    return (stored.row["address"] if stored.row else None) or (stored.link.address if stored.link else None)


def _one(sides: Sides, key: RecordKey, change: Change | None, near: Around, stored: Stored) -> Explained:
    context, (entity, record_id) = sides.context, key
    person = entity in PEOPLE
    link = stored.link or near.link
    if change and person:
        change = replace(change, opted_out=explain_scope.opted_out(change, near))
    there = _there(sides, key, link, change, stored)
    decided = explain_inbound.decision(context, entity, change, stored.link, there)
    seen = _seen(context, Seen(context.rules[entity], change, link, there, decided=decided), near, stored)
    consent = explain_consent.state(context, entity, change, link, there, decided, seen.decision) if person else None
    return Explained(
        entity=entity,
        record_id=record_id,
        address=_address(change, stored),
        holder=near.speaker == key,
        change=change,
        checks=explain_scope.checks(context, change, stored.link, near) if change else [],
        inbound=decided,
        decision=seen.decision,
        there=there,
        fields=list(explain_fields.states(seen)),
        account=_account(context, seen) if person else None,
        consent=consent,
        stored=stored,
        travels=explain_inbound.travels(context, entity),
    )


def _opportunity(sides: Sides, record_id: str, stored: Stored, *, named: bool) -> Explained | None:
    """None when neither Dynamics nor what is remembered knows it. named: somebody said that it is an opportunity."""
    on = sides.context.rules[Entity.OPPORTUNITY].settings["enabled"]
    row = sides.opportunity(record_id, quiet=not (named or on))
    if not stored.known and (row is None or DELETED in row):
        return None
    told = explain_opportunity.told(sides, record_id, row, stored)
    return Explained(
        entity=Entity.OPPORTUNITY,
        record_id=record_id,
        address=None,
        holder=False,
        change=told.change,
        checks=told.checks,
        inbound=explain_inbound.decision(sides.context, Entity.OPPORTUNITY, told.change, stored.link, told.there),
        decision=told.decision,
        there=told.there,
        fields=told.fields,
        account=None,
        consent=None,
        stored=replace(stored, held_back=[*told.notes, *stored.held_back]),
        travels=False,
        belonging=told.belonging,
    )


def _there(sides: Sides, key: RecordKey, link: Link | None, change: Change | None, stored: Stored) -> There:
    entity, record_id = key
    if entity in PEOPLE:
        return explain_there.person(sides, entity, link.ac_id if link else None, _address(change, stored))
    return explain_there.company(sides, link, change, record_id)


def _seen(context: Context, seen: Seen, near: Around, stored: Stored) -> Seen:
    """With what would happen in ActiveCampaign, once ActiveCampaign's own changes are in Dynamics."""
    if seen.change is None:
        return seen
    after, own = explain_inbound.after(seen.change, stored.link, seen.decided)
    with context.db.transaction() as tx:
        targets = targets_of(tx, context, [after])
    decision = explain_scope.decision(context, after, own, near, targets, stored.row)
    return replace(seen, after=after, decision=decision, targets=targets)


def _account(context: Context, seen: Seen) -> FieldState:
    number = seen.there.account_id
    with context.db.transaction() as tx:
        accounts: Mapping[int, str] = links.record_ids(tx, context.id, [number] if number else [])
    return explain_fields.account(seen, accounts)


def _elsewhere(context: Context, entity: Entity | None, record_id: str) -> str:
    """A hint where the id belongs to a record of another entity."""
    known = [one for one in ORDER if one is not entity and load(context, one, record_id).row]
    return f"; it is known as {with_article(known[0])}" if known else ""


def _nowhere(sides: Sides, what: str, hint: str) -> str:
    if unread := [*sides.remarks, *sides.hushed]:
        return (
            f"nothing is known here of {with_article(what)}{hint}, and not everything could be read: {' '.join(unread)}"
        )
    return f"there is no {what}, neither in Dynamics nor in ActiveCampaign nor in what ac365 remembers{hint}"
