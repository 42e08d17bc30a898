"""The part of the sync settings that is about marketing: activities in Dynamics, and what may be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from console.plain import Text
from mapping.activity_rows import BY_WORD, TITLES

LONGEST: Final = 50_000
MOST_NAMES: Final = 1_000
PLAIN: Final = {
    "activities_enabled": ("activities", "enabled"),
    "kinds": ("activities", "kinds"),
    "first_load_days": ("activities", "first_load_days"),
    "keep_days": ("activities", "keep_days"),
    "panel_enabled": ("panel", "enabled"),
    "automations": ("panel", "automations"),
    "mailings": ("panel", "mailings"),
    "campaigns": ("panel", "campaigns"),
}
"""Fields of the form, and where they stand in the configuration."""
LISTS: Final = ("automations", "mailings", "campaigns")
OPEN: Final = {"automations": "automations_all", "campaigns": "campaigns_all"}
"""Lists that may be left out for everything there is, and the switch that says so."""
KIND_NAMES: Final = tuple((word, TITLES[kind]) for word, kind in BY_WORD.items())


class Days(fields.Integer):
    """A number of days."""

    def __init__(self) -> None:
        told: dict[str, Any] = {"required": "This is needed.", "invalid": "Not a number."}
        within = validate.Range(0, 36_500, error="A whole number from 0 to 36,500.")
        super().__init__(required=True, error_messages=told, validate=within)


class Names(Text):
    """Names or numbers, one in a line."""

    def __init__(self) -> None:
        super().__init__(longest=LONGEST, load_default="")
        self.validators.append(_few)


def _few(text: str) -> None:
    if len(_listed(text)) > MOST_NAMES:
        raise ValidationError(f"At most {MOST_NAMES:,} names.")


def values(document: Mapping[str, Any]) -> dict[str, Any]:
    """The lists as they stand in the form: a name in each line."""
    panel = document["panel"]
    lines = {name: "\n".join(str(one) for one in panel[name] or ()) for name in LISTS}
    return {**lines, **{switch: panel[name] is None for name, switch in OPEN.items()}}


def put(document: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Puts the lists into the configuration as it has them."""
    for name in LISTS:
        everything = name in OPEN and said[OPEN[name]]
        document["panel"][name] = None if everything else _listed(said[name])


def _listed(text: str) -> list[int | str]:
    lines: Iterable[str] = (line.strip() for line in text.splitlines())
    return [int(line) if line.isascii() and line.isdecimal() and len(line) < 18 and int(line) else line
            for line in lines if line]  # fmt: skip
