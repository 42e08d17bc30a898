"""Pairs judged: what differs, whether all of it has a reason, and what would end the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from engine import verify_fields, verify_marks
from engine.verify_pair import Finding, Fix, Pair
from engine.verify_report import Difference
from engine.verify_run import Found, Run
from store import verifications
from store.db import Tx
from sync.model import Entity


def judged(
    tx: Tx, run: Run, entity: Entity, pairs: Sequence[Pair], extra: Sequence[Finding | None] = ()
) -> list[Found]:
    """Counts pairs that agree and answers with those that don't. extra: one more finding for each pair, or None."""
    both = list(zip(pairs, extra or [None] * len(pairs), strict=True))
    wrong = [(pair, one) for pair, one in both if one or _findings(pair)]
    run.tallies[entity].equal += len(pairs) - len(wrong)
    # Asked last: what has arrived between the two readings is known as delivered by now.
    subjects = [(entity, pair.change.record_id, pair.there.ac_id) for pair, _ in wrong]
    standing = verifications.standing(tx, run.id, run.context.id, subjects)
    return [_found(replace(pair, standing=known), one) for (pair, one), known in zip(wrong, standing, strict=True)]


def _findings(pair: Pair) -> list[Finding]:
    return [*verify_fields.findings(pair), *verify_marks.findings(pair)]


def _found(pair: Pair, extra: Finding | None) -> Found:
    whole, found = pair.reason, [*_findings(pair), *([extra] if extra else [])]
    reasons = {one.name: whole or one.reason for one in found if whole or one.reason}
    names = tuple(one.name for one in found)
    difference = Difference(pair.entity, pair.change.record_id, names, pair.there.ac_id, reasons=reasons)
    fixes = [one.fix for one in found if one.name not in reasons]
    return difference, reduce(Fix.and_also, fixes).as_json(pair.link) if fixes else None
