"""Opportunities in a dry run: read and decided as a cycle would, after the people of the same cycle.

Those that waited and whose contact comes with this cycle are read in one of its own right after it, so they are not
among what is shown here unless they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engine import browse, history
from engine.context import Context
from engine.opportunities import explain as opportunities
from engine.opportunities import rollup_state, scope
from engine.preview_contacts import Contacts
from engine.preview_report import Preview
from engine.request import Plan
from engine.transform import PASSED_BY
from mapping.objects import DELETED, STATUS
from store import links, records
from store.db import Tx
from sync.model import Change, CycleKind, Decision, Entity, Lane, Link, Outcome
from sync.opportunities import CONTACT, Target, decide
from sync.terms import Terms

Progress = Callable[[str, int], None]
ENTITY: Final = Entity.OPPORTUNITY
ENDS: Final[Mapping[str, Mapping[str, Any]]] = {"status": {STATUS: DELETED}, "delete": {"deleted": True}}
"""What becomes of a record whose opportunity was deleted, by the setting."""
BELONGS: Final = "contact"
"""Beside the fields: the id of the contact in ActiveCampaign, that of Dynamics while it has none."""


def run(
    context: Context,
    planned: Plan,
    mark: Mapping[str, Any] | None,
    one: Preview,
    contacts: Contacts,
    progress: Progress,
) -> None:
    """Decides about every opportunity that the cycle would read; what stops it before that is told instead."""
    if lacks := opportunities.lacks(context):
        one.stopped = " ".join(lack.sentence for lack in lacks)
        return
    try:
        for changes in browse.changes(context, ENTITY, mark=mark, lane=Lane.SYNC):
            page(context, planned, changes, one, contacts)
            progress("opportunities", one.read)
    except opportunities.WITHHELD as error:
        one.stopped = opportunities.withheld(error)
    with context.db.transaction() as tx:
        one.question = history.question(tx, context, one.count(Outcome.CREATED))


def page(context: Context, planned: Plan, changes: Sequence[Change], one: Preview, contacts: Contacts) -> None:
    """Decides about these opportunities."""
    ids = [change.record_id for change in changes]
    with context.db.transaction() as tx:
        changes = scope.picked(tx, context, changes)
        found = contacts.targets(tx, context, changes)
        held = links.of_records(tx, context.id, ENTITY, ids)
        passed = _passed_by(tx, context, planned, ids)
    for change in changes:
        link, target = held.get(change.record_id), found[change.record_id]
        _enter(context, one, change, link, target, passed.get(change.record_id, -1))


def _passed_by(tx: Tx, context: Context, planned: Plan, ids: Sequence[str]) -> dict[str, int]:
    """Versions from before the sync began, which only an initial sync brings."""
    return records.versions(tx, context.id, ENTITY, ids, PASSED_BY) if planned.kind == CycleKind.MANUAL else {}


def _enter(context: Context, one: Preview, change: Change, link: Link | None, target: Target, passed: int) -> None:
    terms = context.rules[ENTITY].terms
    delivered = link is not None and link.delivered
    known = change.version <= passed and not delivered
    decision = Decision(Outcome.SKIPPED, PASSED_BY) if known else decide(change, link, target, terms)
    one.enter(decision.outcome, _group(decision, target))
    if decision.outcome is Outcome.WAITING:
        one.wait(change.record_id, decision.reason)
    elif written := _written(decision, link, target, terms, summed_up=rollup_state.chosen(context)):
        one.show(change.record_id, decision.outcome, decision.reason, written)


def _group(decision: Decision, target: Target) -> str:
    """The reason without what differs from record to record."""
    if decision.action == "update":
        return "changed"
    return decision.reason.replace(f"contact {target.contact_id},", "a contact,", 1)


def _written(decision: Decision, link: Link | None, target: Target, terms: Terms, *, summed_up: bool) -> dict[str, Any]:
    """What would be different afterwards, by field. A write carries the whole record, the rest as it was agreed.

    summed_up: there are no records, what changes counts in the fields of the contact (decision Q21).
    """
    if decision.action == "none":
        return {}
    if decision.action == "unlink":
        return {BELONGS: None} if summed_up else dict(ENDS.get(terms.on_deleted, {}))
    agreed = link.agreed if link else {}
    values = {**decision.values, **dict.fromkeys(decision.cleared)}
    changed = {key: value for key, value in values.items() if key != CONTACT and value != agreed.get(key)}
    moved = decision.action == "create" or values.get(CONTACT) != agreed.get(CONTACT)
    return {**changed, **({BELONGS: target.contact or target.contact_id} if moved else {})}
