"""One field on its way to Dynamics: what would happen to it there, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.explain_there import There
from engine.explain_words import CLEARED, KEPT, LEFT_OUT, LOSES, PARKED, UNCHANGED, WAITS, WRITTEN
from sync.inbound import Inbound
from sync.merge import Conflict, is_empty
from sync.model import Change, Link, Outcome
from sync.terms import BOTH, INBOUND, Terms

OUTWARDS: Final = "travels to ActiveCampaign only"
KEEPS: Final = "it is empty in ActiveCampaign, and on_empty_inbound is keep; Dynamics' value stays"
BACK: Final = "it is empty in ActiveCampaign, and on_empty_inbound is keep; Dynamics' value goes back"
NAMES: Final = {"ours": "Dynamics", "theirs": "ActiveCampaign"}
UNKNOWN_ACCOUNT: Final = "the account it belongs to there is not linked to one of Dynamics"


def parked(link: Link | None, decided: Inbound | None) -> tuple[str, ...]:
    """The fields that wait for a person once this is carried out."""
    if decided is not None and (decided.parked or decided.settled):
        return decided.parked
    return link.parked if link else ()


def effect(
    terms: Terms, key: str, link: Link | None, there: There, decided: Inbound | None, change: Change | None
) -> tuple[str, str]:
    """What happens to the field in Dynamics, and why; both empty when nobody can tell."""
    if not terms.comes_in(key):
        return LEFT_OUT, OUTWARDS
    if decided is None or change is None:
        return "", ""
    if decided.outcome not in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED):
        return LEFT_OUT, decided.reason
    warning = _warning(there, key)
    if warning:
        return LEFT_OUT, warning
    conflict = next((one for one in decided.conflicts if one.key == key), None)
    if conflict:
        return _decided(terms, conflict, decided)
    if key in parked(link, decided):
        return WAITS, PARKED
    if key in decided.values:
        return (CLEARED if decided.values[key] is None else WRITTEN), ""
    return _kept(terms, key, there, change)


def _warning(there: There, key: str) -> str:
    told = there.counterpart.warnings if there.counterpart else ()
    return next((text for text in told if text.startswith(f"{key} was ")), "")


def _decided(terms: Terms, conflict: Conflict, decided: Inbound) -> tuple[str, str]:
    if not conflict.winner:
        return WAITS, PARKED
    policy = terms.policies.get(conflict.key, terms.policy)
    note = f"both sides changed it; {NAMES[conflict.winner]} wins ({policy})"
    if conflict.winner == "ours":
        return LOSES, note
    if conflict.key not in decided.values:
        return KEPT, note
    return (CLEARED if decided.values[conflict.key] is None else WRITTEN), note


def _kept(terms: Terms, key: str, there: There, change: Change) -> tuple[str, str]:
    theirs = there.counterpart.values if there.counterpart else {}
    empty = key in theirs and is_empty(theirs[key]) and not is_empty(change.values.get(key))
    if empty and terms.keeps(key):
        return KEPT, BACK if terms.goes_out(key) else KEEPS
    return UNCHANGED, ""


def account(terms: Terms, there: There, decided: Inbound | None, accounts: Mapping[int, str]) -> tuple[str, str]:
    """The same for the account that a person belongs to. accounts: Dynamics ids by ActiveCampaign's ids."""
    if terms.account_direction not in (BOTH, INBOUND):
        return LEFT_OUT, OUTWARDS
    if decided is None:
        return "", ""
    if decided.outcome not in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED):
        return LEFT_OUT, decided.reason
    note = UNKNOWN_ACCOUNT if there.account_id and there.account_id not in accounts else ""
    if decided.account_changed:
        return (WRITTEN, "") if decided.account_id else (CLEARED, note)
    if decided.belongs is not None and decided.again:
        return LOSES, f"both sides moved it; Dynamics wins ({terms.policy})"
    return UNCHANGED, note
