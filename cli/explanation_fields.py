"""The fields of an explanation side by side: three values each, the rule that holds, and what would come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.markup import escape

from cli.output import show, table
from engine import explain_rules
from engine.explain import Explained
from engine.explain_fields import ASSOCIATION, FieldState
from engine.explain_told import UNKNOWN
from mapping.objects import CONTACT

LONGEST: Final = 60
BEGINNING: Final = 8


def show_fields(one: Explained) -> None:
    """Prints every mapping of the entity, and the account of a person or the contact of an opportunity."""
    relation = one.belonging.contact if one.belonging else one.account
    states = [*one.fields, *([relation] if relation else [])]
    read, asked = one.change is not None, one.there.exists is not None
    usual = explain_rules.usual(one)
    rows = [(state.field, *_values(state, read, asked), *_effects(one, state, usual)) for state in states]
    effects = ("rule", "there", "in Dynamics", "") if one.travels else ("would be", "")
    show(table("", ("field", "Dynamics", "last agreed", "ActiveCampaign", *effects), safe(rows), whole="field"))


def _effects(one: Explained, state: FieldState, usual: str) -> tuple[str, ...]:
    """What would be of it in ActiveCampaign and, where something travels back, in Dynamics, and by which rule."""
    effect = state.effect or UNKNOWN
    if not one.travels:
        return effect, explain_rules.note(one, state)
    rule = explain_rules.rule(state)
    notes = (explain_rules.note(one, state), explain_rules.inbound_note(one, state))
    known = "" if usual.startswith(rule) else rule
    return known, effect, state.inbound or UNKNOWN, "; ".join(note for note in notes if note)


def _values(state: FieldState, read: bool, asked: bool) -> tuple[str, str, str]:
    ours = _short(state.dynamics) if read else UNKNOWN
    theirs = _short(state.activecampaign) if asked else UNKNOWN
    if state.column == ASSOCIATION:
        # Ids of Dynamics: the whole ones stand in the JSON, and the name in the note.
        return ours[:BEGINNING], _short(state.agreed)[:BEGINNING], theirs
    if state.field == CONTACT:
        return ours[:BEGINNING], _short(state.agreed), theirs
    return ours, _short(state.agreed), theirs


def _short(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def safe(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, ...]]:
    """Values as they are: square brackets are no commands to the printer of tables."""
    return (tuple(escape(str(cell)) for cell in row) for row in rows)
