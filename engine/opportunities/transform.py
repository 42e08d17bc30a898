"""Transform of opportunities: a filed page becomes decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine import caution, history
from engine.context import Context
from engine.filing import Decided
from engine.opportunities.scope import picked
from engine.opportunities.targets import targets
from store import links, opportunities
from store.db import Tx
from sync.model import Change, CycleKind, Decision, Entity, Link, Outcome, RecordState
from sync.opportunities import Target, decide
from sync.survivors import Candidate

ENTITY = Entity.OPPORTUNITY


def decided(tx: Tx, context: Context, changes: Sequence[Change], passed: dict[str, int], why: str) -> list[Decided]:
    """Decides every opportunity of a page. passed: versions that are to be passed by, for the reason `why`."""
    changes = picked(tx, context, changes)
    found = targets(tx, context.id, changes)
    held = links.of_records(tx, context.id, ENTITY, [change.record_id for change in changes])
    opportunities.relate(tx, context.id, [_related(context, change) for change in changes if not change.deleted])
    made = [_decide(context, c, held.get(c.record_id), found[c.record_id], passed, why) for c in changes]
    fresh = [Candidate(ENTITY, one.change.record_id, None) for one in made if one.decision.action == "create"]
    links.hold(tx, context.id, new=fresh)
    return made


def holds(tx: Tx, context: Context, kind: str) -> bool:
    """Whether nothing of a page may be written before the whole stream is decided.

    A first load is read to its end at once then, instead of page by page behind its own writes, and the others go on.
    """
    return caution.holds(kind) or kind == CycleKind.INITIAL or history.asks(tx, context)


def _decide(
    context: Context, change: Change, link: Link | None, target: Target, passed: dict[str, int], why: str
) -> Decided:
    delivered = link is not None and link.delivered
    if change.version <= passed.get(change.record_id, -1) and not delivered:
        decision = Decision(Outcome.SKIPPED, why)
    else:
        decision = decide(change, link, target, context.rules[ENTITY].terms)
    waits = decision.outcome is Outcome.WAITING
    return Decided(change, decision, _state(change, waits=waits), target.contact_id if waits else None)


def _state(change: Change, *, waits: bool) -> RecordState:
    if change.deleted:
        return RecordState.DELETED
    if not change.in_scope:
        return RecordState.OUT_OF_SCOPE
    return RecordState.WAITING if waits else RecordState.LINKED


def _related(context: Context, change: Change) -> dict[str, Any]:
    """Its contacts, and the account whose primary contact may change, where that relation counts."""
    by_account = "account" in context.rules[ENTITY].settings["contacts"] and change.account_id
    account = [{"contact": "", "account": change.account_id}] if by_account else []
    contacts = [{"contact": contact, "account": ""} for contact in change.contacts]
    return {"opportunity_id": change.record_id, "contacts": [*contacts, *account]}
