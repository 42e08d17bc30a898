"""Opportunities judged with their records: what differs, why, and what would end it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engine.verify_opportunities import sums
from engine.verify_opportunities.pairs import ENTITY, Pair, contact_of
from engine.verify_pair import MOVED, Fix, reason_of
from engine.verify_report import ACTIVECAMPAIGN, Difference
from engine.verify_run import Found, Run
from store import verifications
from store.db import Tx
from sync.model import Direction
from sync.opportunities import CONTACT

TOLD: Final = {CONTACT: "contact"}
"""How a field is called that isn't one."""


def judged(tx: Tx, run: Run, pairs: Sequence[Pair], awaited: int) -> list[Found]:
    """Counts opportunities that agree, and answers with those that don't. awaited: how many were looked for; those that
    are gone or not expected any more have changed meanwhile."""
    expected = [pair for pair in pairs if not pair.hindrance]
    wrong = [pair for pair in expected if pair.wrong]
    tally = run.tallies[ENTITY]
    tally.equal += len(expected) - len(wrong)
    if awaited > len(expected):
        tally.not_expected[MOVED] += awaited - len(expected)
    sums.add(tx, run, expected)
    # Asked last: what has arrived between the two readings is known as delivered by now.
    subjects = [(ENTITY, pair.change.record_id, None) for pair in wrong]
    standing = verifications.standing(tx, run.id, run.context.id, subjects)
    from_now = run.began_from_now(tx, ENTITY, Direction.OUTBOUND)
    reasons = [
        reason_of(known, moved=pair.moved, from_now=from_now and not _delivered(pair))
        for pair, known in zip(wrong, standing, strict=True)
    ]
    return [_found(pair, reason) for pair, reason in zip(wrong, reasons, strict=True)]


def _delivered(pair: Pair) -> bool:
    return pair.link is not None and pair.link.delivered


def _found(pair: Pair, reason: str) -> Found:
    fields = tuple(TOLD.get(key, key) for key in pair.keys)
    reasons = dict.fromkeys(fields or ("",), reason) if reason else {}
    missing_in = "" if pair.record else ACTIVECAMPAIGN
    number = str(pair.record["id"]) if pair.record else ""
    record_id = pair.change.record_id
    difference = Difference(ENTITY, record_id, fields, None, missing_in, reasons, number)
    return difference, None if reason else _fix(pair)


def _fix(pair: Pair) -> dict[str, Any]:
    """What ActiveCampaign holds counts as agreed, so that Dynamics' values differ from it and the record is written."""
    if pair.link is None or not _delivered(pair):
        return Fix(read=True).as_json(pair.link)
    if pair.record is None:
        return Fix(agreed=dict.fromkeys(pair.link.agreed), read=True).as_json(pair.link)
    theirs = {**(pair.theirs or {}), CONTACT: contact_of(pair.record)}
    return Fix(agreed={key: theirs.get(key) for key in pair.keys}, read=True).as_json(pair.link)
