"""The fields of an opportunity, one by one. Its record is always written as a whole, so what somebody changed in
ActiveCampaign stays until the next write and is overwritten by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from engine.explain_fields import NOT_SENT, SECURED, FieldState, Seen
from engine.explain_words import CLEARED, KEPT, LEFT_OUT, UNCHANGED, WRITTEN
from engine.opportunities.explain import Relative
from mapping import objects, rollups
from mapping.pairs import Pair
from sync.model import Change, Decision, Outcome
from sync.opportunities import CONTACT, TOUCHED, Target

COLUMNS: Final = {"primary": "parentcontactid", "customer": "customerid", "account": "parentaccountid"}
"""The columns behind the relations by which a contact may stand for an opportunity."""
OTHER_THERE: Final = "ActiveCampaign holds another value; it stays until the opportunity changes"
OVERWRITES: Final = "ActiveCampaign holds another value; the whole record is written"
ALONE: Final = "alone it is no reason to write"
UNREADABLE: Final = "it stays as it was agreed"
TOLD_DELETED: Final = f"it becomes {objects.DELETED}"
BY_ADDRESS: Final = "its id in ActiveCampaign is asked for by its address"
OUTWARDS: Final = "outbound"


def states(seen: Seen) -> Iterator[FieldState]:
    """Every mapping of opportunities, those that are inactive last."""
    agreed = seen.link.agreed if seen.link else {}
    for pair in seen.rules.mapping.pairs:
        key = pair.field.key
        effect, note = _effect(seen, pair, seen.change, seen.decision) if seen.change and seen.decision else ("", "")
        yield FieldState(
            field=key,
            column=pair.column.name,
            dynamics=seen.change.values.get(key) if seen.change else None,
            agreed=agreed.get(key),
            activecampaign=seen.there.values.get(key),
            effect=effect,
            note=note,
            direction=OUTWARDS,
        )
    for one in seen.rules.mapping.inactive:
        yield FieldState(
            one.activecampaign, one.dynamics, effect=LEFT_OUT, note=f"the mapping is inactive: {one.reason}"
        )


def contact(seen: Seen, target: Target | None, relatives: Sequence[Relative]) -> FieldState:
    """The contact that it belongs to. Values: in Dynamics its id there, else ids of ActiveCampaign."""
    agreed = seen.link.agreed.get(CONTACT) if seen.link else None
    standing = target if target and target.there else None
    relation = next((one.relations[0] for one in relatives if standing and one.contact == standing.contact_id), "")
    effect, note = _belongs(seen, standing, agreed, seen.decision) if seen.decision else ("", "")
    return FieldState(
        field=objects.CONTACT,
        column=COLUMNS.get(relation, ""),
        dynamics=standing.contact_id if standing else None,
        agreed=agreed,
        activecampaign=seen.there.contact,
        effect=effect,
        note=note,
        direction=OUTWARDS,
    )


def _effect(seen: Seen, pair: Pair, change: Change, decision: Decision) -> tuple[str, str]:
    key = pair.field.key
    if _idle(decision):
        tells = key == objects.STATUS and decision.action == "unlink" and _tells_deletions(seen)
        return (WRITTEN, TOLD_DELETED) if tells else (LEFT_OUT, decision.reason)
    agreed = seen.link.agreed.get(key) if seen.link else None
    if key not in change.values:
        why = _warning(change, key) or (SECURED if pair.column.secured else NOT_SENT)
        return (LEFT_OUT, why) if agreed is None else (KEPT, f"{why}; {UNREADABLE}")
    if decision.action == "none":
        return UNCHANGED, _warning(change, key) or _still(seen, key, change.values[key], agreed)
    return _written(seen, key, decision.values.get(key), agreed, _warning(change, key))


def _written(seen: Seen, key: str, value: Any, agreed: Any, warning: str) -> tuple[str, str]:
    """What becomes of a field whose record is written."""
    elsewhere = seen.there.exists is True and _differs(seen, key, value)
    if value is None:
        return (CLEARED, warning) if agreed is not None or elsewhere else (UNCHANGED, warning)
    if value != agreed or seen.there.exists is False:
        return WRITTEN, warning
    return (WRITTEN, warning or OVERWRITES) if elsewhere else (UNCHANGED, warning)


def _still(seen: Seen, key: str, value: Any, agreed: Any) -> str:
    """Why something may differ although nothing is to be written."""
    if key == TOUCHED and value != agreed:
        return ALONE
    return OTHER_THERE if seen.there.exists and _differs(seen, key, value) else ""


def _belongs(seen: Seen, target: Target | None, agreed: Any, decision: Decision) -> tuple[str, str]:
    if _idle(decision):
        return LEFT_OUT, decision.reason
    known = target.contact if target else None
    moved = seen.there.exists is True and known is not None and seen.there.contact != known
    if decision.action == "none":
        return UNCHANGED, OTHER_THERE if moved else ""
    if known is None:
        return WRITTEN, BY_ADDRESS
    if known != agreed or seen.there.exists is False:
        return WRITTEN, ""
    return (WRITTEN, OVERWRITES) if moved else (UNCHANGED, "")


def _idle(decision: Decision) -> bool:
    """Whether no value travels: nothing is to be written, or its record ends."""
    writes = decision.action in ("create", "update")
    return not writes and (decision.action != "none" or decision.outcome is not Outcome.UNCHANGED)


def _tells_deletions(seen: Seen) -> bool:
    """Whether the record of a deleted one stays and says so; what only counts in its contact's fields just goes."""
    return seen.rules.terms.on_deleted == "status" and not rollups.chosen(seen.rules.settings)


def _differs(seen: Seen, key: str, value: Any) -> bool:
    return bool(seen.rules.mapping.differences({key: value}, seen.there.values))


def _warning(change: Change, key: str) -> str:
    return next((text for text in change.warnings if text.startswith(f"{key} was ")), "")
