"""An explanation as a person reads it: a few sentences, the fields side by side, then what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.markup import escape

from cli.output import note, say, show, table, when
from engine.explain import Explained, Explanation
from engine.explain_fields import ASSOCIATION, FieldState
from engine.explain_there import There
from engine.failing import next_attempt
from sync.model import Entity
from worker.services import now

LONGEST: Final = 60
BEGINNING: Final = 8
UNKNOWN: Final = "?"
SIGNS: Final = {True: "yes", False: "NO", None: UNKNOWN}


def show_all(found: Explanation) -> None:
    """Prints every record; what could not be read goes to stderr."""
    for remark in found.remarks:
        note(f"Not everything could be read: {remark}")
    if found.stranger:
        nobody = "Nothing is remembered of this address" if found.remarks else "No record of Dynamics has this address"
        say(f"{nobody}. In ActiveCampaign: contact {_there(found.stranger)}")
    for index, one in enumerate(found.records):
        if index:
            say()
        _show(one)


def _show(one: Explained) -> None:
    say(" ".join(part for part in (one.entity, one.record_id, one.address) if part))
    for name, text in (
        ("in Dynamics", _dynamics(one)),
        ("in scope", _scope(one)),
        ("linked", _linked(one)),
        ("in ActiveCampaign", _there(one.there)),
        ("a sync would", _would(one)),
    ):
        say(f"  {name:<18} {text}")
    for line in _waiting(one):
        say(f"  {line}")
    _show_fields(one)
    _show_history(one)


def _dynamics(one: Explained) -> str:
    change = one.change
    if change is None:
        row = one.stored.row
        return f"not known now; when last read: {row['state']} ({row['reason']})" if row else "not known"
    if change.deleted:
        return "no, it is not there (any more)"
    opted_out = ", opted out of e-mail" if change.opted_out else ""
    return f"yes, version {change.version}, modified {change.modified_on or UNKNOWN}{opted_out}"


def _scope(one: Explained) -> str:
    wrong = [check.reason for check in one.checks if not check.ok]
    told = wrong or [check.reason for check in one.checks if check.rule in ("criteria", "survivor")]
    return f"{SIGNS[one.in_scope]}{': ' if told else ''}{'; '.join(told)}"


def _linked(one: Explained) -> str:
    link, moment = one.stored.link, now()
    if link is None:
        return "no"
    kind = "account" if one.entity is Entity.ACCOUNT else "contact"
    to = f"to {kind} {link.ac_id}" if link.ac_id else "by its address; ActiveCampaign's id was not needed so far"
    if not link.delivered:
        return "not yet: nothing was delivered so far"
    since = f"since {one.stored.since:%Y-%m-%d %H:%M}, " if one.stored.since else ""
    tags = f", tagged {' '.join(link.tagged)}" if link.tagged else ""
    return f"{to}, {since}last written {when(one.stored.written, moment)}{tags}"


def _there(there: There) -> str:
    gone = f"; {there.missing_id}, which it is linked to, is gone" if there.missing_id else ""
    if there.exists is None:
        return "not known: ActiveCampaign could not be asked, or nothing tells where to look"
    if not there.exists:
        return f"no{gone}"
    tags = f", tags {' '.join(there.tags)}" if there.tags else ""
    return f"{there.id}, found by {there.found_by}{gone}{tags}"


def _would(one: Explained) -> str:
    decision = one.decision
    if decision is None:
        return "not known without Dynamics"
    if decision.action == "none":
        return f"write nothing: {decision.reason}"
    tags = [*(f"+{tag}" for tag in decision.tags_add), *(f"-{tag}" for tag in decision.tags_remove)]
    return " ".join((f"{decision.action} it: {decision.reason}", *tags))


def _waiting(one: Explained) -> Iterator[str]:
    moment = now()
    for row in one.stored.pending:
        due = f", due {when(row['due'], moment)}" if row["due"] and row["due"] > moment else ""
        import_ = f" {row['import']['id']}" if row["import"] else ""
        held = ", until the end of its cycle" if row["held"] else ""
        error = f": {row['error']}" if row["error"] else ""
        since = f"put there {when(row['since'], moment)}, cycle {row['cycle']}"
        yield f"On its way: {row['state']}{import_} {since}{due}{held}{error}"
    for row in one.stored.wanted:
        yield f"Is to be read anew, asked for {when(row['asked_at'], moment)}."
    for row in one.stored.failures:
        yield f"FAILED ({row['id']}, {row['class']}, next attempt: {next_attempt(row, moment)}): {row['message']}"
        yield f"    {row['advice']}"
    yield from one.stored.held_back


def _show_fields(one: Explained) -> None:
    states = [*one.fields, *([one.account] if one.account else [])]
    read, asked = one.change is not None, one.there.exists is not None
    rows = [(state.field, *_values(state, read, asked), state.effect or UNKNOWN, _note(one, state)) for state in states]
    columns = ("field", "Dynamics", "last agreed", "ActiveCampaign", "would be", "")
    show(table("", columns, _safe(rows), whole="field"))


def _values(state: FieldState, read: bool, asked: bool) -> tuple[str, str, str]:
    ours = _short(state.dynamics) if read else UNKNOWN
    theirs = _short(state.activecampaign) if asked else UNKNOWN
    if state.column == ASSOCIATION:
        # Ids of Dynamics: the whole ones stand in the JSON, and the name in the note.
        return ours[:BEGINNING], _short(state.agreed)[:BEGINNING], theirs
    return ours, _short(state.agreed), theirs


def _note(one: Explained, state: FieldState) -> str:
    """What the head of the record says already is not repeated at every field."""
    return "" if one.decision and state.note == one.decision.reason else state.note


def _short(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _show_history(one: Explained) -> None:
    moment = now()
    rows = [(when(row["at"], moment), row["cycle"] or "", row["outcome"], row["reason"]) for row in one.stored.history]
    if rows:
        show(table("", ("when", "cycle", "outcome", "reason"), _safe(rows)))


def _safe(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, ...]]:
    """Values as they are: square brackets are no commands to the printer of tables."""
    return (tuple(escape(str(cell)) for cell in row) for row in rows)
