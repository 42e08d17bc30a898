"""Writes row by row, where bulk would be wrong, and files what the service refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from engine import accounts, people, refusals
from engine.context import Context
from engine.opportunities import deal_place, deals
from engine.opportunities import deliver as opportunities
from engine.retries import look_again, read_again
from engine.settling import settle
from engine.work import Work
from store import links, outbox
from sync import decide, tags
from sync.errors import Again, Duplicate, Missing, Stop, SyncError, Throttled
from sync.model import PEOPLE, Decision, Entity, Lane, Link, Outcome

LEASE_S = 30.0
"""Longer than a call may take: what is still being written must not be taken for a dead worker's."""
MOVED_OVER = "its new address is that of another contact, for which it speaks from now on"
AGAIN_S = 2.0
"""After a passing fault the rest of the batch waits so long, too: the service is likely to fail the next one."""


def write(context: Context, lane: Lane, work: list[Work]) -> None:
    """Carries out these decisions one by one and settles each. A refused row is filed and does not hold the others.

    Raises Throttled when the budget or the service asks to wait, Stop when nothing can go on; what was not written
    by then is pending again.
    """
    in_turn(context, [[item] for item in work], lambda group: _carry_out(context, lane, group[0]))


def in_turn(context: Context, groups: list[list[Work]], carry_out: Callable[[list[Work]], None]) -> None:
    """Has groups of rows carried out one after the other, and puts back what was not written. Raises as `write` does.

    carry_out: writes and settles one group, refused rows included; it raises Again or Stop.
    """
    for index, group in enumerate(groups):
        following = [item for later in groups[index + 1 :] for item in later]
        if index:
            _extend(context, [*group, *following])
        try:
            carry_out(group)
        except (Throttled, Stop) as error:
            refusals.put_back(context, [*group, *following], error)
            raise
        except Again as error:
            pause = Throttled(error.message, after_s=AGAIN_S, code=error.code)
            for item in group:
                refusals.later(context, item, error)
            refusals.put_back(context, following, pause)
            raise pause from error


def _carry_out(context: Context, lane: Lane, item: Work) -> None:
    """Writes one and settles it. What follows from a refusal may need a look at ActiveCampaign, which may fail too."""
    try:
        facts = _one(context, lane, item)
    except (Again, Stop):
        raise
    except SyncError as error:
        _refused(context, item, error, lane)
    else:
        _settle(context, item, facts)


def _refused(context: Context, item: Work, error: SyncError, lane: Lane) -> None:
    """What was deleted in ActiveCampaign is no failure: it is looked at there, and what follows is configured."""
    link = None if item.change.entity is Entity.OPPORTUNITY else item.link
    if link is not None and isinstance(error, Duplicate) and item.decision.previous_address:
        moved = _move_over(context, item, link, lane)
        if moved:
            return
    if link is None or not isinstance(error, Missing) or item.decision.action != "update":
        refusals.refuse(context, item, error)
        return
    skipped = replace(item, decision=Decision(Outcome.SKIPPED, decide.REMOVED))
    person = item.change.entity in PEOPLE
    anew = context.activecampaign.find_contact(link.address or "", lane=lane) if person else None
    ids = [int(anew["id"])] if anew else [link.ac_id] if link.ac_id and not link.removed else []
    with context.db.transaction() as tx:
        settle(tx, context, [(skipped, None)])
        look_again(tx, context.id, item.change.entity, ids, "deleted in ActiveCampaign")
        if not (ids or link.removed):
            # Its id was never learnt, so there is nothing to look at; it is simply not there.
            links.remove(tx, context.id, [link.id], context.now())


def _move_over(context: Context, item: Work, link: Link, lane: Lane) -> bool:
    """Somebody's new address is that of a contact nobody speaks for: the record speaks for that one from now on.

    ActiveCampaign can't merge contacts by its API, so the old one stays, marked like that of a deleted record.
    """
    there = context.activecampaign.find_contact(item.change.address or "", lane=lane)
    number = int(there["id"]) if there else 0
    with context.db.transaction() as tx:
        free = number and not links.of_ac_ids(tx, context.id, "person", [number])
    if not free:
        return False
    marked = tags.due_on_deletion(item.change.entity, link.tagged, context.rules[item.change.entity].terms.on_deleted)
    if link.ac_id:
        people.tag(context, link.ac_id, marked, (), lane)
    skipped = replace(item, decision=Decision(Outcome.SKIPPED, MOVED_OVER))
    with context.db.transaction() as tx:
        settle(tx, context, [(skipped, None)])
        # Whoever it stood for before may have been deleted.
        links.renew(tx, context.id, {link.id: number}, tagged=[tags.DELETED])
        read_again(tx, context.id, {item.change.entity: [item.change.record_id]}, "moved to another contact")
        look_again(tx, context.id, item.change.entity, [number], "moved to another contact")
    return True


def _one(context: Context, lane: Lane, item: Work) -> dict[str, Any] | None:
    if item.change.entity is Entity.ACCOUNT:
        return accounts.write(context, item, lane)
    if item.change.entity is Entity.OPPORTUNITY:
        as_deals = deal_place.chosen(context)
        return deals.write(context, item, lane) if as_deals else opportunities.write(context, item, lane)
    return people.write(context, item, lane)


def _settle(context: Context, item: Work, facts: dict[str, Any] | None) -> None:
    with context.db.transaction() as tx:
        settle(tx, context, [(item, facts)])


def _extend(context: Context, rest: list[Work]) -> None:
    with context.db.transaction() as tx:
        outbox.extend(tx, [item.row.id for item in rest], context.now() + timedelta(seconds=LEASE_S))
