"""The three-way compare, field by field: Dynamics, ActiveCampaign, and what both last agreed on.

    only one side moved        copy it to the other
    both moved to one value    nothing to write, just remember it
    both moved apart           a conflict: the field's policy names the winner, or a person is asked

A value "moved" when it differs from the agreed one. A key that a side doesn't have wasn't looked at there: it counts as
not moved, never as emptied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sync.model import Canonical

EMAIL: Final = "email"


class Policy(StrEnum):
    """Who wins when both sides moved apart (decision Q1: Dynamics by default)."""

    DYNAMICS_WINS = "dynamics_wins"
    ACTIVECAMPAIGN_WINS = "activecampaign_wins"
    NEWEST_WINS = "newest_wins"
    KEEP_IF_EMPTY = "keep_if_empty"
    ASK = "ask"


FIXED: Final[Mapping[str, str]] = {
    Policy.DYNAMICS_WINS: "ours",
    Policy.ACTIVECAMPAIGN_WINS: "theirs",
    Policy.ASK: "",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides moved apart. winner: `ours`, `theirs`, or empty when a person is asked."""

    key: str
    agreed: Canonical
    ours: Canonical
    theirs: Canonical
    winner: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What follows from the compare. Nothing is written here.

    to_theirs: to write to ActiveCampaign; to_ours: to write to Dynamics; remember: moved alike on both sides, nothing
    to write. A None in them clears the field. `conflicts` holds every one, also those a policy decided.
    """

    to_theirs: Mapping[str, Canonical] = field(default_factory=dict)
    to_ours: Mapping[str, Canonical] = field(default_factory=dict)
    remember: Mapping[str, Canonical] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    @property
    def agreed(self) -> dict[str, Canonical]:
        """The values that both sides hold once this is carried out; open conflicts aren't among them."""
        return {**self.remember, **self.to_theirs, **self.to_ours}


def merge(
    agreed: Mapping[str, Canonical],
    ours: Mapping[str, Canonical],
    theirs: Mapping[str, Canonical],
    *,
    policies: Mapping[str, str] | None = None,
    default: str = Policy.DYNAMICS_WINS,
    ours_at: str = "",
    theirs_at: str = "",
    times: Mapping[str, str] | None = None,
) -> Merged:
    """Compares canonical values of Dynamics (`ours`) and ActiveCampaign (`theirs`) with the agreed ones.

    policies: field key to Policy, for those that differ from `default`; ours_at, theirs_at: UTC ISO times of the last
    modification, times: those of single fields of ActiveCampaign; all looked at by `newest_wins` alone.
    """
    here, there = moved(agreed, ours), moved(agreed, theirs)
    both = {key for key in here if key in there}
    alike = {key for key in both if same(key, here[key], there[key])}
    dated = times or {}
    conflicts = tuple(
        Conflict(key, agreed.get(key), here[key], there[key], winner)
        for key in here
        if key in both and key not in alike
        for winner in [_winner((policies or {}).get(key, default), here[key], ours_at, dated.get(key, theirs_at))]
    )
    won = {conflict.key: conflict.winner for conflict in conflicts}
    return Merged(
        to_theirs={key: value for key, value in here.items() if key not in both or won.get(key) == "ours"},
        to_ours={key: value for key, value in there.items() if key not in both or won.get(key) == "theirs"},
        remember={key: here[key] for key in here if key in alike},
        conflicts=conflicts,
    )


def moved(agreed: Mapping[str, Canonical], side: Mapping[str, Canonical]) -> dict[str, Canonical]:
    """The values of one side that differ from the agreed ones; None for those that became empty."""
    # Most records didn't change at all, and comparing whole dictionaries is the quickest way to see it.
    if side is agreed or side == agreed:
        return {}
    return {
        key: None if is_empty(value) else value
        for key, value in side.items()
        if value != agreed.get(key) and not same(key, value, agreed.get(key))
    }


def same(key: str, one: Canonical, other: Canonical) -> bool:
    """Whether two canonical values mean the same: all empties are one, and an e-mail address knows no case."""
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if key == EMAIL:
        return bool(same_address(one, other))
    return bool(one == other)


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two e-mail addresses are one contact's: trimmed and regardless of case."""
    return (one or "").strip().lower() == (other or "").strip().lower()


def is_empty(value: Canonical) -> bool:
    """Whether a canonical value is empty: None, an empty text or an empty list. Zero and False are values."""
    return value is None or value == "" or value == []


def _winner(policy: str, ours: Canonical, ours_at: str, theirs_at: str) -> str:
    if policy == Policy.KEEP_IF_EMPTY:
        # An emptied field never wins against a value; between two values Dynamics does.
        return "theirs" if is_empty(ours) else "ours"
    if policy == Policy.NEWEST_WINS:
        return "theirs" if theirs_at > ours_at else "ours"
    return FIXED[policy]
