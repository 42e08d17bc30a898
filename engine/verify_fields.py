"""Mapped fields compared, each in the direction it travels: which differ, why, and what would end it.

outbound only     ActiveCampaign lacks Dynamics' value
inbound only      Dynamics lacks ActiveCampaign's value
both              any difference
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.verify_pair import Finding, Fix, Pair
from sync import merge
from sync.inbound import NO_TAG
from sync.model import Canonical
from sync.terms import INBOUND, KEEP

PARKED: Final = "waits for a person's decision"
KEPT: Final = "ActiveCampaign held it before the first sync, Dynamics never did"
KEPT_HERE: Final = "Dynamics held it before the first sync, ActiveCampaign never did"
EMPTY: Final = "empty in Dynamics, and kept in ActiveCampaign by the rule for empty values"
EMPTY_THERE: Final = "empty in ActiveCampaign, and kept in Dynamics by the rule for empty values"
NOT_CARRIED: Final = "{} was left out: what ActiveCampaign holds can't be written to Dynamics"
NEITHER: Final = "\0"
"""Stands for an agreed value that neither side holds, so that both count as moved."""


def findings(pair: Pair) -> Iterator[Finding]:
    """The mapped fields that differ."""
    for key in pair.differing():
        yield _judged(pair, key)


def _judged(pair: Pair, key: str) -> Finding:
    if pair.linked is None:
        return Finding(key, fix=beginning(pair))
    if key in pair.linked.parked:
        return Finding(key, PARKED)
    if not (pair.travels_back and pair.terms.comes_in(key)):
        return _outbound(pair, key)
    return _both(pair, key) if pair.terms.goes_out(key) else _inbound(pair, key)


def beginning(pair: Pair) -> Fix:
    """What makes a link for two records that have none: where only ActiveCampaign speaks, the contact is looked at."""
    return Fix(look=True, create=True) if pair.terms.direction == INBOUND else Fix(read=True)


def _outbound(pair: Pair, key: str) -> Finding:
    if merge.is_empty(pair.change.values[key]):
        if pair.terms.on_empty.get(key) == KEEP:
            return Finding(key, EMPTY)
        if key not in pair.agreed:
            return Finding(key, KEPT)
    return Finding(key, fix=Fix(agreed={key: pair.theirs.get(key)}, read=True))


def _inbound(pair: Pair, key: str) -> Finding:
    if key not in pair.there.values:
        return Finding(key, _why_not_carried(pair, key))
    if pair.stopped:
        return Finding(key, NO_TAG)
    if merge.is_empty(pair.there.values[key]):
        if pair.terms.keeps(key):
            return Finding(key, EMPTY_THERE)
        if key not in pair.agreed:
            return Finding(key, KEPT_HERE)
    if refused := _refusal(pair, key):
        return Finding(key, refused)
    return Finding(key, fix=Fix(agreed={key: pair.change.values[key]}, look=True))


def _both(pair: Pair, key: str) -> Finding:
    """A change that nobody has read yet needs no more than that somebody reads it; else the field's policy decides."""
    here, closed = pair.moved_here(key), _closed(pair, key)
    there = key in pair.there.values and pair.moved_there(key)
    if here and (closed or not there):
        empty = merge.is_empty(pair.change.values[key]) and pair.terms.on_empty.get(key) == KEEP
        return Finding(key, EMPTY) if empty else Finding(key, fix=Fix(read=True))
    if closed:
        return Finding(key, closed)
    unread = there and (here or pair.edited_there(key))
    return Finding(key, fix=Fix(look=True) if unread else _decided(pair, key))


def _closed(pair: Pair, key: str) -> str:
    """Why ActiveCampaign's value can't come to Dynamics, "" when it can."""
    if key not in pair.there.values:
        return _why_not_carried(pair, key)
    return NO_TAG if pair.stopped else _refusal(pair, key)


def _decided(pair: Pair, key: str) -> Fix:
    """Nobody changed it, and still both sides differ: the field's policy names the winner, as in a conflict."""
    ours, theirs = pair.change.values[key], pair.there.values[key]
    winner = _winner(pair, key, ours, theirs)
    if winner == "ours":
        return Fix(agreed={key: theirs}, read=True)
    # Where a person is to be asked nothing counts as agreed, so that both sides have moved apart.
    return Fix(agreed={key: ours if winner else None}, look=True)


def _winner(pair: Pair, key: str, ours: Canonical, theirs: Canonical) -> str:
    conflicts = merge.merge(
        {key: NEITHER},
        {key: ours},
        {key: theirs},
        policies=pair.terms.policies,
        default=pair.terms.policy,
        ours_at=pair.change.modified_on,
        theirs_at=pair.there.changed_at,
        times=pair.there.times,
    ).conflicts
    return conflicts[0].winner if conflicts else "ours"


def _why_not_carried(pair: Pair, key: str) -> str:
    told = (warning for warning in pair.there.warnings if warning.startswith(f"{key} "))
    return next(told, NOT_CARRIED.format(key))


def _refusal(pair: Pair, key: str) -> str:
    """Why Dynamics can't take this value into this record, "" when it can."""
    made: Any = pair.rules.mapping.dynamics_body({key: pair.there.values[key]}, pair.raw)
    columns = {one.field.key: one.column.name for one in pair.rules.mapping.pairs}
    if columns[key] in made.body:
        return ""
    return next(iter(made.warnings), NOT_CARRIED.format(key))
