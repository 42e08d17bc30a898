"""Opportunities as fields and tags of their contacts: each contact is written once per batch, whatever changed.

What a contact shows follows from all of its opportunities. Two workers may carry some of one contact's at the same
time: then the one who settles later sees that the others moved, and writes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from engine import refusals
from engine.context import Context
from engine.opportunities import rollup_events, rollup_state
from engine.opportunities.deliver import judge, named
from engine.settling import settle
from engine.work import Work
from mapping import rollups
from mapping.objects import STATUS
from store import opportunities
from store.db import Tx
from store.opportunities import Agreed
from sync import rollup, rollup_plans
from sync.errors import Again, BadRecord, Stop, SyncError, Unavailable
from sync.model import Entity, Lane
from sync.opportunities import CONTACT
from sync.rollup import Opportunity
from sync.rollup_plans import Plan

TRIES: Final = 3
WRITING: Final = "writing "
"""With the contact's id behind it: a mark of an opportunity whose contact was about to be written. Whoever finds it
does not know what arrived."""

Placed = Mapping[str, int | None]
"""Contacts by opportunity; None for one that is gone in Dynamics."""
Words = Mapping[int, str]
"""What the states of opportunities are called."""


def groups(work: Sequence[Work]) -> list[list[Work]]:
    """Rows that concern the same contacts together, in the order of the first of each."""
    return [[work[position] for position in some] for some in rollup_plans.together([_concerns(item) for item in work])]


def carry_out(context: Context, lane: Lane, group: Sequence[Work]) -> None:
    """Writes what the contacts of these rows show from now on, and settles the rows; refused ones are filed.

    Repeating it changes nothing in ActiveCampaign, whatever became of the answers. Raises Again, Stop.
    """
    try:
        _carry_out(context, lane, group)
    except (Again, Stop):
        raise
    except SyncError as error:
        for item in group:
            refusals.refuse(context, item, error)


def _carry_out(context: Context, lane: Lane, group: Sequence[Work]) -> None:
    placed = {item.change.record_id: _contact(context, item, lane) for item in group}
    unsure, words = set(_unsure(group)), _words(context)
    contacts = sorted({*unsure, *_before(group), *(number for number in placed.values() if number)})
    told: list[Work] = []
    for _ in range(TRIES):
        with context.db.transaction() as tx:
            held = opportunities.agreed_of(tx, context.id, contacts)
        present = [(one.contact, _opportunity(one, words)) for one in held]
        plans = rollup_plans.plans(contacts, present, list(_read(group, placed, words)), unsure)
        _write(context, lane, plans, placed)
        told = told or rollup_events.send(context, lane, group, words)
        with context.db.transaction() as tx:
            if _settled(tx, context, contacts, held, [(item, _facts(item, placed)) for item in told]):
                return
        unsure = set(contacts)
    raise Unavailable("several workers write the opportunities of one contact", code="opportunities.contended")


def _contact(context: Context, item: Work, lane: Lane) -> int | None:
    if item.decision.action == "unlink":
        return None
    return item.target.contact or named(context, item, lane)


def _concerns(item: Work) -> set[str]:
    target = {str(item.target.contact or f"link {item.target.link_id}")} if item.target.there else set()
    return target | {str(number) for number in (*_before([item]), *_unsure([item]))}


def _before(group: Iterable[Work]) -> Iterator[int]:
    """The contacts that the opportunities belonged to so far."""
    yield from (item.link.agreed[CONTACT] for item in group if item.link and item.link.agreed.get(CONTACT))


def _unsure(group: Iterable[Work]) -> Iterator[int]:
    """The contacts that somebody was about to write for these opportunities and did not settle."""
    marks = (mark for item in group if item.link for mark in item.link.tagged if mark.startswith(WRITING))
    yield from (int(mark.removeprefix(WRITING)) for mark in marks)


def _opportunity(one: Agreed, words: Words) -> Opportunity:
    return rollup.opportunity(one.record_id, one.version, one.agreed, words)


def _read(group: Iterable[Work], placed: Placed, words: Words) -> Iterator[tuple[int | None, Opportunity]]:
    """The opportunities of these rows as they will be agreed on, each with its contact."""
    for item in group:
        change = item.change
        one = rollup.opportunity(change.record_id, change.version, item.decision.values, words)
        yield placed[change.record_id], one


def _words(context: Context) -> dict[int, str]:
    """What the states are called; nothing where the status is mapped from another column."""
    mapping = context.rules[Entity.OPPORTUNITY].mapping
    if not any(pair.field.key == STATUS and pair.column.name == "statecode" for pair in mapping.pairs):
        return {}
    told = {state: mapping.object_fields({STATUS: state}) for state in rollup.STATES}
    return {state: str(fields[0]["value"]) if fields else "" for state, fields in told.items()}


def _write(context: Context, lane: Lane, plans: Mapping[int, Plan], placed: Placed) -> None:
    """Notes first whom it writes to: without an answer nobody knows what arrived."""
    if not plans:
        return
    with context.db.transaction() as tx:
        for number in plans:
            opportunities.mark(tx, context.id, placed, f"{WRITING}{number}")
    for number, plan in plans.items():
        try:
            _write_one(context, number, plan, lane)
        except BadRecord as error:
            # Of a contact that they belonged to before, and that was deleted since, nobody wants to know.
            if number in placed.values() or context.activecampaign.contacts_by_ids([number], lane=lane):
                judge(context, number, error, lane)


def _write_one(context: Context, contact: int, plan: Plan, lane: Lane) -> None:
    fields, client = rollup_state.there(context), context.activecampaign
    if plan.values:
        client.update_contact(contact, rollups.body(fields, plan.values), lane=lane)
    for name in plan.add:
        client.tag_contact(contact, _tag(context, name, lane), lane=lane)
    for name in plan.remove:
        client.untag_contact(contact, _tag(context, name, lane), lane=lane)


def _tag(context: Context, name: str, lane: Lane) -> int:
    return context.tags.get(name) or context.activecampaign.ensure_tag(name, lane=lane)


def _facts(item: Work, placed: Placed) -> dict[str, Any] | None:
    """The link's new facts, None when it ends. The marks of what was under way are gone with it."""
    contact = placed[item.change.record_id]
    if contact is None:
        return None
    values = {**item.decision.values, CONTACT: contact}
    agreed = {key: value for key, value in values.items() if value is not None}
    return {"agreed": agreed, "agreed_version": item.change.version, "tagged": [rollup_state.MARK]}


def _settled(
    tx: Tx, context: Context, contacts: Sequence[int], held: Sequence[Agreed], done: Sequence[tuple[Work, Any]]
) -> bool:
    """Settles, unless somebody else settled opportunities of these contacts since they were looked at."""
    opportunities.lock_contacts(tx, context.id, contacts)
    if opportunities.agreed_of(tx, context.id, contacts) != list(held):
        return False
    settle(tx, context, done)
    return True
