"""Why an opportunity is or is not a record of its contact: the rule that lets it travel, who may stand for it, and what
its record in ActiveCampaign holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from clients.scalars import as_int
from engine import explain_opportunity_fields, explain_scope
from engine.changes import to_change
from engine.context import Context, Rules
from engine.explain_fields import FieldState, Seen
from engine.explain_scope import Check
from engine.explain_sides import ACTIVECAMPAIGN, Sides
from engine.explain_stored import Stored
from engine.explain_there import There
from engine.opportunities import deal_place, deal_records, rollup_state, scope
from engine.opportunities import explain as opportunities
from engine.opportunities.changes import NOT_PICKED
from engine.opportunities.explain import Relative
from engine.opportunities.targets import targets
from mapping.objects import CONTACT
from store.db import Tx
from sync.model import Change, Decision, Entity, Lane, Outcome
from sync.opportunities import Target, decide

PICKED: Final = "was picked by hand"
FOUND_BY: Final = "external id"
LINK: Final = "link"


@dataclass(frozen=True, slots=True)
class Belonging:
    """Whose opportunity it is. relatives: the contacts that may stand for it, best first; target: the one that does, or
    what it waits for, None when Dynamics could not be asked; contact: the relation on both sides, as a field.

    summed_up: it is no record of its own but counts in fields of that contact (decision Q21).
    """

    relatives: list[Relative] = field(default_factory=list)
    target: Target | None = None
    contact: FieldState | None = None
    summed_up: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An opportunity as it was found. change, decision: None when Dynamics could not be asked; notes: sentences about
    what keeps all opportunities back."""

    change: Change | None
    checks: list[Check]
    decision: Decision | None
    there: There
    fields: list[FieldState]
    belonging: Belonging
    notes: list[str]


def told(sides: Sides, record_id: str, row: dict[str, Any] | None, stored: Stored) -> Told:
    """Everything about one opportunity. row: as `Sides.opportunity` answers."""
    context = sides.context
    with context.db.transaction() as tx:
        change = _change(tx, context, row)
        target = targets(tx, context.id, [change])[record_id] if change and not change.deleted else None
        relatives = opportunities.relatives(tx, context, row) if row and target and _legible(change) else []
        notes = [*opportunities.notes(tx, context), *opportunities.untold(row)]
    there = _deal(sides, stored) if deal_place.chosen(context) else _there(sides, record_id)
    decision = _decision(context, change, target or Target(), stored) if change else None
    seen = Seen(context.rules[Entity.OPPORTUNITY], change, stored.link, there, after=change, decision=decision)
    contact = explain_opportunity_fields.contact(seen, target, relatives)
    return Told(
        change,
        _checks(context, change, stored) if change else [],
        decision,
        there,
        list(explain_opportunity_fields.states(seen)),
        Belonging(relatives, target, contact, rollup_state.chosen(context)),
        notes,
    )


def _change(tx: Tx, context: Context, row: dict[str, Any] | None) -> Change | None:
    return scope.picked(tx, context, [to_change(context, Entity.OPPORTUNITY, row)])[0] if row else None


def _legible(change: Change | None) -> bool:
    return change is not None and not change.fault


def _checks(context: Context, change: Change, stored: Stored) -> list[Check]:
    found = explain_scope.first_checks(context, change, stored.link)
    if change.deleted or change.fault:
        return found
    rules = context.rules[Entity.OPPORTUNITY]
    by_hand = rules.settings["scope"] == "manual"
    return [*found, _picked(change, rules) if by_hand else explain_scope.criteria(rules.fault, change)]


def _picked(change: Change, rules: Rules) -> Check:
    picker = rules.settings["picked_by"]
    if picker and picker not in rules.columns:
        told = f"{NOT_PICKED}: Dynamics shows no column {picker}"
    elif picker:
        told = f"{PICKED}: {picker} is yes" if change.in_scope else f"{NOT_PICKED}: {picker} is not yes"
    else:
        told = PICKED if change.in_scope else f"{NOT_PICKED} (`ac365 opportunities pick`)"
    return Check("picked", change.in_scope, told)


def _there(sides: Sides, record_id: str) -> There:
    """The record with its external id, which is the Dynamics id."""
    context = sides.context
    schema = context.opportunities
    if rollup_state.chosen(context):
        return There(None)
    if not schema:
        return There(False)
    found = sides.ask(ACTIVECAMPAIGN, lambda: [context.activecampaign.record(schema, record_id, lane=Lane.LIVE)])
    return _found(context, found, FOUND_BY)


def _deal(sides: Sides, stored: Stored) -> There:
    """The deal whose id the link knows."""
    context, number = sides.context, stored.link.ac_id if stored.link else None
    if number is None or context.deals is None or context.deals.withheld:
        return There(False)
    found = sides.ask(ACTIVECAMPAIGN, lambda: [deal_records.record(context, number, Lane.LIVE)])
    return _found(context, found, LINK)


def _found(context: Context, found: list[dict[str, Any] | None] | None, found_by: str) -> There:
    if found is None:
        return There(None, found_by=found_by)
    (row,) = found
    if row is None:
        return There(False)
    (number, *_) = (row.get("relationships") or {}).get(CONTACT) or [None]
    return There(
        True,
        found_by=found_by,
        values=context.rules[Entity.OPPORTUNITY].mapping.read_object(row.get("fields") or ()),
        record=str(row.get("id") or ""),
        contact=as_int(number) or None,
    )


def _decision(context: Context, change: Change, target: Target, stored: Stored) -> Decision:
    """What a sync would do with it, taken as a cycle takes it."""
    early = explain_scope.beforehand(context, change, stored.link, stored.row)
    if early:
        return early
    if lacks := opportunities.lacks(context):
        return Decision(Outcome.WAITING, lacks[0].message)
    return decide(change, stored.link, target, context.rules[Entity.OPPORTUNITY].terms)
