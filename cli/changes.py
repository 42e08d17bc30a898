"""What an import changes, in words, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cli.output import say
from config.diff import Change
from sync.model import ORDER


def as_rows(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Changes for JSON."""
    return [{"path": change.path, "before": change.before, "after": change.after} for change in changes]


def show(changes: list[Change]) -> None:
    """One line per changed value."""
    for change in changes:
        if change.before is None:
            say(f"+ {change.path}: {_told(change.after)}")
        elif change.after is None:
            say(f"- {change.path}: {_told(change.before)}")
        else:
            say(f"~ {change.path}: {_told(change.before)} -> {_told(change.after)}")
    if not changes:
        say("No differences.")


def enabled(changes: Iterable[Change]) -> list[str]:
    """The entities that these changes switch on."""
    paths = {change.path for change in changes if change.after is True}
    return [entity.value for entity in ORDER if f"entities.{entity}.enabled" in paths]


def advise(changes: list[Change], document: Mapping[str, Any]) -> None:
    """What the administrator has to do next."""
    started = enabled(changes)
    if started:
        words = " and ".join([", ".join(started[:-1]), started[-1]] if len(started) > 1 else started)
        say(f"Switched on: {words}. The first sync does not start by itself; see what it would do, then start it:")
        flags = " ".join(f"--entity {name}" for name in started)
        say(f"  ac365 sync {flags} --dry-run")
        say(f"  ac365 sync {flags} --wait")
    if not document["sync"]["enabled"] and any(document["entities"][entity]["enabled"] for entity in ORDER):
        say("The global switch is off, so nothing runs by schedule; turn it on with `ac365 config enable`.")


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_told(inner)}" for key, inner in value.items() if inner not in (None, {}, []))
    return "(none)" if value is None else str(value)
