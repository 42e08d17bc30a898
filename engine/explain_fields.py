"""Field by field: the value in Dynamics, the one last agreed, the one in ActiveCampaign, and what a sync would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.associations import Targets
from engine.context import Rules
from engine.explain_there import There
from mapping.pairs import Pair
from sync.merge import is_empty
from sync.model import Change, Decision, Link

WRITTEN: Final = "written"
CLEARED: Final = "cleared"
KEPT: Final = "kept"
UNCHANGED: Final = "unchanged"
LEFT_OUT: Final = "left out"

ASSOCIATION: Final = "account"
"""The field and the column of the relation to an account."""

SECURED: Final = "Dynamics shows it empty to ac365: the column is secured"
NOT_SENT: Final = "Dynamics did not send the column"
CHANGED_THERE: Final = "ActiveCampaign holds another value; it stays until Dynamics changes this one"
HELD_BEFORE: Final = (
    "ActiveCampaign held it before the first sync; an empty value that was never delivered clears nothing"
)
KEEPS: Final = "it is empty in Dynamics, and on_empty is keep"
ABSENT: Final = "this account is not in ActiveCampaign (yet)"


@dataclass(frozen=True, slots=True)
class FieldState:
    """One mapping. effect: written, cleared, kept, unchanged or left out; empty when nobody can tell."""

    field: str
    column: str
    dynamics: Any = None
    agreed: Any = None
    activecampaign: Any = None
    effect: str = ""
    note: str = ""


def states(
    rules: Rules, change: Change | None, link: Link | None, there: There, decision: Decision | None
) -> Iterator[FieldState]:
    """Every mapping of the entity, those that are inactive last."""
    agreed = link.agreed if link else {}
    for pair in rules.mapping.pairs:
        key = pair.field.key
        effect, note = "", ""
        if change and decision:
            effect, note = _effect(rules, pair, change, agreed, there, decision)
        ours = change.values.get(key) if change else None
        yield FieldState(key, pair.column.name, ours, agreed.get(key), there.values.get(key), effect, note)
    for one in rules.mapping.inactive:
        yield FieldState(
            one.activecampaign, one.dynamics, effect=LEFT_OUT, note=f"the mapping is inactive: {one.reason}"
        )


def _effect(
    rules: Rules, pair: Pair, change: Change, agreed: Mapping[str, Any], there: There, decision: Decision
) -> tuple[str, str]:
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
    if is_empty(change.values[key]) and not is_empty(agreed.get(key)):
        return KEPT, KEEPS
    return UNCHANGED, warning or _difference(rules, key, change, agreed, there)


def _difference(rules: Rules, key: str, change: Change, agreed: Mapping[str, Any], there: There) -> str:
    """Why ActiveCampaign may hold something else although nothing is to be written: a sync does not look there."""
    if not there.exists or not rules.mapping.differences({key: change.values[key]}, there.values):
        return ""
    return CHANGED_THERE if key in agreed else HELD_BEFORE


def account(
    change: Change | None, link: Link | None, there: There, targets: Targets, decision: Decision | None
) -> FieldState:
    """The account that a person belongs to. Values: Dynamics ids, in ActiveCampaign its own id."""
    ours, agreed = change.account_id if change else None, link.account_id if link else None
    effect, note = _association(change, there, targets, decision)
    return FieldState(ASSOCIATION, ASSOCIATION, ours, agreed, there.account_id, effect, note)


def _association(change: Change | None, there: There, targets: Targets, decision: Decision | None) -> tuple[str, str]:
    if not change or not decision:
        return "", ""
    if change.deleted:
        return LEFT_OUT, decision.reason
    number, name = targets.get(change.account_id or "", (None, ""))
    told = f"{name} is ActiveCampaign's account {number}" if number else ""
    if decision.account_changed:
        return (WRITTEN, told) if number else (CLEARED, ABSENT if change.account_id else "")
    if decision.action not in ("create", "update") and decision.outcome != "unchanged":
        return LEFT_OUT, decision.reason
    if change.account_id and not number:
        return LEFT_OUT, ABSENT
    if there.exists and number != there.account_id:
        return UNCHANGED, "; ".join(part for part in (told, CHANGED_THERE) if part)
    return UNCHANGED, told
