"""What a verdict about consent leaves behind, and a verdict without its reason."""

from __future__ import annotations

from dataclasses import replace

from sync.consent import Ours, Theirs, Verdict


def unexplained(verdict: Verdict) -> Verdict:
    return replace(verdict, reason="")


def written(ours: Ours, verdict: Verdict) -> Ours:
    bulk = ours.do_not_bulk if verdict.set_bulk is None else verdict.set_bulk
    return Ours(bulk, ours.do_not_email or bool(verdict.set_email))


def ended(theirs: Theirs, verdict: Verdict) -> Theirs:
    return replace(theirs, states={**theirs.states, **dict.fromkeys(verdict.unsubscribe, 2)})
