"""Field by field: the value in Dynamics, the one last agreed, the one in ActiveCampaign, and what a sync would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine import explain_fields_inbound
from engine.associations import Targets
from engine.context import Rules
from engine.explain_there import There
from engine.explain_words import CLEARED, KEPT, LEFT_OUT, PARKED, UNCHANGED, WAITS, WRITTEN
from mapping.pairs import Pair
from sync.inbound import Inbound
from sync.merge import is_empty
from sync.model import Change, Decision, Link

ASSOCIATION: Final = "account"
"""The field and the column of the relation to an account."""

SECURED: Final = "Dynamics shows it empty to ac365: the column is secured"
NOT_SENT: Final = "Dynamics did not send the column"
INWARDS: Final = "travels to Dynamics only"
CHANGED_THERE: Final = "ActiveCampaign holds another value; it stays until Dynamics changes this one"
HELD_BEFORE: Final = (
    "ActiveCampaign held it before the first sync; an empty value that was never delivered clears nothing"
)
KEEPS: Final = "it is empty in Dynamics, and on_empty is keep"
ABSENT: Final = "this account is not in ActiveCampaign (yet)"


@dataclass(frozen=True, slots=True)
class FieldState:
    """One mapping. effect: what a sync would do with it in ActiveCampaign (written, cleared, kept, unchanged, left out,
    waits for a decision; empty when nobody can tell), inbound: the same in Dynamics.

    direction, policy, on_empty, on_empty_inbound: what is configured for it, empty where it has none.
    """

    field: str
    column: str
    dynamics: Any = None
    agreed: Any = None
    activecampaign: Any = None
    effect: str = ""
    note: str = ""
    inbound: str = ""
    inbound_note: str = ""
    direction: str = ""
    policy: str = ""
    on_empty: str = ""
    on_empty_inbound: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that is known of a record when its fields are told of. after: the record once ActiveCampaign's changes
    are written; decided, decision: what would happen in Dynamics, then in ActiveCampaign; targets: its account there.
    """

    rules: Rules
    change: Change | None
    link: Link | None
    there: There
    after: Change | None = None
    decided: Inbound | None = None
    decision: Decision | None = None
    targets: Targets = field(default_factory=dict)


def states(seen: Seen) -> Iterator[FieldState]:
    """Every mapping of the entity, those that are inactive last."""
    agreed = seen.link.agreed if seen.link else {}
    mapping = seen.rules.mapping
    for pair in mapping.pairs:
        key = pair.field.key
        effect, note = "", ""
        if seen.after and seen.decision:
            effect, note = _effect(seen, pair, seen.after, agreed, seen.decision)
        inbound, inbound_note = explain_fields_inbound.effect(
            seen.rules.terms, key, seen.link, seen.there, seen.decided, seen.change
        )
        yield FieldState(
            field=key,
            column=pair.column.name,
            dynamics=seen.change.values.get(key) if seen.change else None,
            agreed=agreed.get(key),
            activecampaign=seen.there.values.get(key),
            effect=effect,
            note=note,
            inbound=inbound,
            inbound_note=inbound_note,
            direction=mapping.directions[key],
            policy=mapping.policies[key],
            on_empty=mapping.on_empty[key],
            on_empty_inbound=mapping.on_empty_inbound[key],
        )
    for one in mapping.inactive:
        told = f"the mapping is inactive: {one.reason}"
        yield FieldState(one.activecampaign, one.dynamics, effect=LEFT_OUT, note=told)


def _effect(seen: Seen, pair: Pair, change: Change, agreed: Mapping[str, Any], decision: Decision) -> tuple[str, str]:
    key = pair.field.key
    if change.deleted:
        return LEFT_OUT, decision.reason
    warning = next((text for text in change.warnings if text.startswith(f"{key} was ")), "")
    if key in decision.values:
        return WRITTEN, warning
    if key in decision.cleared:
        return CLEARED, warning
    if key not in change.values:
        return LEFT_OUT, warning or (SECURED if pair.column.secured else NOT_SENT)
    if decision.action not in ("create", "update") and decision.outcome != "unchanged":
        return LEFT_OUT, decision.reason
    if not seen.rules.terms.goes_out(key):
        return LEFT_OUT, INWARDS
    if key in explain_fields_inbound.parked(seen.link, seen.decided):
        return WAITS, PARKED
    if is_empty(change.values[key]) and not is_empty(agreed.get(key)) and seen.rules.terms.on_empty[key] == "keep":
        return KEPT, KEEPS
    return UNCHANGED, warning or _difference(seen, key, change, agreed)


def _difference(seen: Seen, key: str, change: Change, agreed: Mapping[str, Any]) -> str:
    """Why ActiveCampaign may hold something else although nothing is to be written: a sync does not look there."""
    if seen.rules.terms.comes_in(key) or not seen.there.exists:
        return ""
    if not seen.rules.mapping.differences({key: change.values[key]}, seen.there.values):
        return ""
    return CHANGED_THERE if key in agreed else HELD_BEFORE


def account(seen: Seen, accounts: Mapping[int, str]) -> FieldState:
    """The account that a person belongs to. Values: Dynamics ids, in ActiveCampaign its own id.

    accounts: Dynamics ids by ActiveCampaign's ids.
    """
    change, link = seen.change, seen.link
    effect, note = _association(seen)
    inbound, inbound_note = explain_fields_inbound.account(seen.rules.terms, seen.there, seen.decided, accounts)
    return FieldState(
        field=ASSOCIATION,
        column=ASSOCIATION,
        dynamics=change.account_id if change else None,
        agreed=link.account_id if link else None,
        activecampaign=seen.there.account_id,
        effect=effect,
        note=note,
        inbound=inbound,
        inbound_note=inbound_note,
        direction=seen.rules.terms.account_direction,
        policy=seen.rules.terms.policy,
    )


def _association(seen: Seen) -> tuple[str, str]:
    change, decision, there = seen.after, seen.decision, seen.there
    if not change or not decision:
        return "", ""
    if change.deleted:
        return LEFT_OUT, decision.reason
    number, name = seen.targets.get(change.account_id or "", (None, ""))
    told = f"{name} is ActiveCampaign's account {number}" if number else ""
    if decision.account_changed:
        return (WRITTEN, told) if number else (CLEARED, ABSENT if change.account_id else "")
    if decision.action not in ("create", "update") and decision.outcome != "unchanged":
        return LEFT_OUT, decision.reason
    if change.account_id and not number:
        return LEFT_OUT, ABSENT
    if there.exists and number != there.account_id and seen.rules.terms.account_direction == "outbound":
        return UNCHANGED, "; ".join(part for part in (told, CHANGED_THERE) if part)
    return UNCHANGED, told
