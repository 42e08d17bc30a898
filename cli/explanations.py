"""An explanation as a person reads it: a few sentences, the fields side by side, then what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cli.explanation_fields import safe, show_fields
from cli.output import note, say, show, table, when
from engine.explain import Explained, Explanation
from engine.explain_stranger import Stranger
from engine.explain_told import facts, there
from engine.failing import next_attempt
from sync.model import Direction
from worker.services import now


def show_all(found: Explanation) -> None:
    """Prints every record; what could not be read goes to stderr."""
    for remark in found.remarks:
        note(f"Not everything could be read: {remark}")
    if found.stranger:
        nobody = "Nothing is remembered of this address" if found.remarks else "No record of Dynamics has this address"
        say(f"{nobody}. In ActiveCampaign: contact {there(found.stranger.there)}")
        _show_stranger(found.stranger)
    for index, one in enumerate(found.records):
        if index:
            say()
        _show(one)


def _show_stranger(one: Stranger) -> None:
    moment = now()
    say(f"  {'a record' if one.made else 'NO record'} in Dynamics: {one.reason}")
    for row in one.asked:
        create = f", to make a {row['entity']}" if row["entity"] else ""
        say(f"  Is to be looked at, asked for {when(row['asked_at'], moment)}{create}.")
    for line in _failed(one.failures):
        say(f"  {line}")


def _show(one: Explained) -> None:
    say(" ".join(part for part in (one.entity, one.record_id, one.address) if part))
    moment = now()
    for name, text in facts(one, lambda at: when(at, moment)).items():
        say(f"  {name:<18} {text}")
    for line in _waiting(one):
        say(f"  {line}")
    show_fields(one)
    _show_history(one)


def _waiting(one: Explained) -> Iterator[str]:
    moment = now()
    for row in one.stored.pending:
        due = f", due {when(row['due'], moment)}" if row["due"] and row["due"] > moment else ""
        import_ = f" {row['import']['id']}" if row["import"] else ""
        held = ", until the end of its cycle" if row["held"] else ""
        error = f": {row['error']}" if row["error"] else ""
        since = f"put there {when(row['since'], moment)}, cycle {row['cycle']}"
        to = " to Dynamics" if row["direction"] == Direction.INBOUND else ""
        yield f"On its way{to}: {row['state']}{import_} {since}{due}{held}{error}"
    for row in one.stored.wanted:
        yield f"Is to be read anew, asked for {when(row['asked_at'], moment)}."
    for row in one.stored.asked:
        yield f"Is to be looked at in ActiveCampaign, asked for {when(row['asked_at'], moment)}."
    for row in one.stored.conflicts:
        if row["state"] == "open":
            yield f"CONFLICT ({row['id']}): both sides changed {row['key']}; decide with `ac365 conflicts`."
    yield from _failed(one.stored.failures)
    yield from one.stored.held_back


def _failed(failures: Iterable[dict[str, Any]]) -> Iterator[str]:
    moment = now()
    for row in failures:
        to = ", to Dynamics" if row["direction"] == Direction.INBOUND else ""
        yield f"FAILED ({row['id']}{to}, {row['class']}, next attempt: {next_attempt(row, moment)}): {row['message']}"
        yield f"    {row['advice']}"


def _show_history(one: Explained) -> None:
    moment = now()
    names = ("direction", "outcome", "reason")
    rows = [(when(row["at"], moment), row["cycle"] or "", *(row[name] for name in names)) for row in one.stored.history]
    if rows:
        show(table("", ("when", "cycle", *names), safe(rows)))
