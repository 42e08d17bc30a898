"""Which rule decides a field, and which notes of fields the head of the record does not say already."""

from __future__ import annotations

from collections import Counter

from engine import explain_fields_inbound
from engine.explain import Explained
from engine.explain_fields import FieldState


def usual(one: Explained) -> str:
    """The rule that most fields follow: direction, policy, what empty values do in ActiveCampaign and in Dynamics."""
    counted = Counter(rule(state) for state in one.fields if state.direction)
    return counted.most_common(1)[0][0] if counted else ""


def rule(state: FieldState) -> str:
    """The rule of one field, "" where it has none."""
    empty = f", empty: {state.on_empty}/{state.on_empty_inbound}" if state.on_empty else ""
    return f"{state.direction}, {state.policy}{empty}" if state.direction else ""


def note(one: Explained, state: FieldState) -> str:
    """What the head of the record says already is not repeated at every field."""
    return "" if one.decision and state.note == one.decision.reason else state.note


def inbound_note(one: Explained, state: FieldState) -> str:
    """The same of what would happen in Dynamics."""
    told = (one.inbound.reason if one.inbound else "", explain_fields_inbound.OUTWARDS, state.note)
    return "" if state.inbound_note in told else state.inbound_note
