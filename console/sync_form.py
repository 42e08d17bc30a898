"""The form of the sync settings, and its way into the configuration and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from config.faults import Fault
from config.schema import FREQUENCIES
from console import marketing_form
from console.forms import Form, FormSchema
from console.plain import Text
from sync.quiet import DAYS

MOST_QUIET: Final = 50
PERCENT: Final = {
    "creates": ("guards", "creates"),
    "changes": ("guards", "changes"),
    "deletes": ("guards", "deletes"),
    "headroom": ("limits", "headroom"),
}
PLAIN: Final = {
    "frequency": ("sync", "frequency"),
    "zone": ("zone",),
    "guards_from": ("guards", "from"),
    "calls_per_second": ("limits", "calls_per_second"),
    "consent_enabled": ("consent", "enabled"),
    "consent_lists": ("consent", "lists"),
    "do_not_email": ("consent", "do_not_email"),
    "bounces": ("consent", "bounces"),
    **marketing_form.PLAIN,
}
PATHS: Final = {**PLAIN, **PERCENT}
NUMBER: Final[dict[str, Any]] = {
    "required": True,
    "error_messages": {"required": "This is needed.", "invalid": "Not a number.", "special": "Not a number."},
}
DAY_NAMES: Final = tuple(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
KIND_NAMES: Final = marketing_form.KIND_NAMES
FREQUENCY_NAMES: Final = tuple((one, one if one == "daily" else f"every {one}") for one in FREQUENCIES)


class Percent(fields.Float):
    """A share as a person writes it, 0 to `most` percent."""

    def __init__(self, most: int = 100) -> None:
        told = f"A number from 0 to {most}."
        super().__init__(**NUMBER, allow_nan=False, validate=validate.Range(0, most, error=told))


class Settings(FormSchema):
    """All but the quiet hours, which are rows."""

    version = fields.Integer(**NUMBER, validate=validate.Range(1, 2**31 - 1))
    frequency = Text(load_default="1h")
    zone = Text(load_default="UTC")
    creates = Percent()
    changes = Percent()
    deletes = Percent()
    guards_from = fields.Integer(**NUMBER, validate=validate.Range(0, 10**9, error="A whole number from 0 on."))
    calls_per_second = fields.Float(
        **NUMBER, allow_nan=False, validate=validate.Range(1, 5, error="A number from 1 to 5.")
    )
    headroom = Percent(90)
    consent_enabled = fields.Boolean(load_default=False)
    consent_lists = fields.List(Text(), load_default=list)
    do_not_email = fields.Boolean(load_default=False)
    bounces = fields.Boolean(load_default=False)
    activities_enabled = fields.Boolean(load_default=False)
    kinds = fields.List(Text(), load_default=list)
    first_load_days = marketing_form.Days()
    keep_days = marketing_form.Days()
    panel_enabled = fields.Boolean(load_default=False)
    automations_all = fields.Boolean(load_default=False)
    automations = marketing_form.Names()
    mailings = marketing_form.Names()
    campaigns_all = fields.Boolean(load_default=False)
    campaigns = marketing_form.Names()


def values(version: int, document: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the form for a configuration."""
    found = {name: _at(document, path) for name, path in PLAIN.items()}
    shares = {name: f"{round(_at(document, path) * 100, 4):g}" for name, path in PERCENT.items()}
    lists = [str(one) for one in found["consent_lists"] or []]
    found |= marketing_form.values(document)
    return {**found, **shares, "version": version, "consent_lists": lists, **_rows(document["sync"]["quiet"])}


def quiet(sent: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The quiet hours that were sent; a row without times is none."""
    rows = [row for row in _sent(sent) if row["from"] or row["to"]]
    return [{name: value for name, value in row.items() if value or name == "days"} for row in rows]


def with_quiet(form: Form, sent: MultiDict[str, str]) -> Form:
    """The form with the quiet hours as they were typed."""
    rows = [row for row in _sent(sent) if row["from"] or row["to"]]
    return Form({**form.values, **_rows(rows)}, form.errors)


def changed(document: Mapping[str, Any], said: Mapping[str, Any], hours: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The configuration with what was said. Not checked yet."""
    made: dict[str, Any] = {key: dict(part) if isinstance(part, Mapping) else part for key, part in document.items()}
    for name, path in PATHS.items():
        _put(made, path, _value(name, said[name]))
    made["consent"]["lists"] = [int(one) if one.isdecimal() else one for one in said["consent_lists"]] or None
    marketing_form.put(made, said)
    made["sync"]["quiet"] = [dict(one) for one in hours]
    return made


def faulty(form: Form, faults: Iterable[Fault]) -> Form:
    """The form with each fault of the configuration at its field."""
    for fault in faults:
        name = _field(fault.path)
        told = fault.message if name else f"{fault.path}: {fault.message}"
        form = form.with_error(name, told)
    return form


def lists(rows: Iterable[Mapping[str, Any]], document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """ActiveCampaign's lists as far as they are known, and those that the configuration names otherwise."""
    known = {str(row["name"]): str(row["id"]) for row in rows}
    chosen = [str(one) for one in document["consent"]["lists"] or []]
    by_name = [(number if number in chosen else name, name) for name, number in known.items()]
    return by_name + [(one, one) for one in chosen if one not in known and one not in known.values()]


def _value(name: str, said: Any) -> Any:
    if name in PERCENT:
        return _whole(round(said / 100, 8))
    return _whole(said) if isinstance(said, float) else said


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _at(document: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = document
    for step in path:
        found = found[step]
    return found


def _put(document: dict[str, Any], path: Sequence[str], value: Any) -> None:
    *above, last = path
    inner = document
    for step in above:
        inner = inner[step]
    inner[last] = value


def _rows(said: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The quiet hours as fields, and one empty row for more."""
    cells = {f"quiet-{i}-{name}": row.get(name) or "" for i, row in enumerate(said) for name in ("from", "to", "days")}
    last = len(said)
    return {**cells, f"quiet-{last}-days": list(DAYS), "quiet_rows": last + 1}


def _sent(sent: MultiDict[str, str]) -> list[dict[str, Any]]:
    numbers = [i for i in range(MOST_QUIET) if f"quiet-{i}-from" in sent or f"quiet-{i}-to" in sent]
    return [
        {
            "days": sent.getlist(f"quiet-{i}-days"),
            "from": sent.get(f"quiet-{i}-from", "").strip(),
            "to": sent.get(f"quiet-{i}-to", "").strip(),
        }
        for i in numbers
    ]


def _field(path: str) -> str:
    """The field of the form for a path of the configuration, "" for none."""
    if hour := re.fullmatch(r"sync\.quiet\.(\d+)(?:\.(days|from|to).*)?", path):
        return f"quiet-{hour[1]}-{hour[2] or 'from'}"
    plain = path.partition("[")[0]
    by_path = {".".join(where): name for name, where in PATHS.items()} | {"sync.quiet": "quiet"}
    return next((name for where, name in by_path.items() if plain == where or plain.startswith(f"{where}.")), "")
