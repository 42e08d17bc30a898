"""Constants and templates for columns of a new Dynamics record that ActiveCampaign does not fill (decision Q24)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from mapping.columns import Column, ColumnType
from mapping.constants import constant
from mapping.faults import Fault, did_you_mean
from mapping.standard import DEFAULTS
from mapping.text import clean
from mapping.wire_dynamics import units

_PLACE: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_TEXTS: Final = (ColumnType.STRING, ColumnType.MEMO)


@dataclass(frozen=True, slots=True)
class Default:
    """What fills one column. value: its JSON, or a template with places such as `{{firstName}}`."""

    column: Column
    value: Any

    def filled(self, texts: Mapping[str, str]) -> Any:
        """The JSON for a record with these texts by field key; None when nothing is left of a template."""
        if not is_template(self.value):
            return self.value
        text = clean(_PLACE.sub(lambda place: texts.get(place[1], ""), self.value))
        return _cut(_folded(text, self.column), self.column.max_length) or None


def is_template(value: Any) -> bool:
    """Whether a default has places to fill."""
    return isinstance(value, str) and ("{{" in value or "}}" in value)


def defaults_of(
    entity: str,
    wanted: Mapping[str, Any],
    columns: Mapping[str, Column],
    fields: Collection[str],
    mapped: Collection[str] | None,
    zone: tzinfo,
) -> tuple[list[Default], list[Fault]]:
    """The defaults that can be used, and what is wrong with the others, by `defaults.<column>`.

    fields: keys of ActiveCampaign's fields; mapped: keys of those that travel inbound, None while nothing does. A
    ready-made default whose column or fields aren't there is passed over in silence.
    """
    found: list[Default] = []
    faults: list[Fault] = []
    for name, value in wanted.items():
        ready_made = DEFAULTS[entity].get(name) == value
        try:
            found.append(_default(name, value, columns, fields, None if ready_made else mapped, zone))
        except ValueError as error:
            if not ready_made:
                faults.append(Fault(f"defaults.{name}", str(error)))
    return found, faults


def _default(
    name: str,
    value: Any,
    columns: Mapping[str, Column],
    fields: Collection[str],
    mapped: Collection[str] | None,
    zone: tzinfo,
) -> Default:
    column = columns.get(name)
    if column is None:
        raise ValueError(f"Dynamics has no readable column {name!r}.{did_you_mean(name, columns)}")
    if not column.creatable or column.calculated:
        raise ValueError(f"{name} can't be set on a new record: Dynamics sets it itself.")
    if is_template(value):
        _check_template(column, value, fields, mapped)
        return Default(column, value)
    try:
        return Default(column, constant(column, value, zone))
    except (ValueError, ArithmeticError) as error:
        reason = str(error) if isinstance(error, ValueError) else "is not a number"
        raise ValueError(f"{value!r} {reason}.") from None


def _check_template(column: Column, value: str, fields: Collection[str], mapped: Collection[str] | None) -> None:
    if column.type not in _TEXTS:
        raise ValueError(f"{column.name} is no text column, so it takes a constant and no template.")
    rest = _PLACE.sub("", value)
    if "{{" in rest or "}}" in rest:
        raise ValueError("A place in a template is the key of a field between two pairs of braces: {{firstName}}.")
    for key in _PLACE.findall(value):
        if key not in fields:
            raise ValueError(f"ActiveCampaign has no field {key!r}.{did_you_mean(key, fields)}")
        if mapped is not None and key not in mapped:
            raise ValueError(f"{key} does not travel to Dynamics, so its place would stay empty. Map it first.")


def _folded(text: str, column: Column) -> str:
    """Blanks that an empty place left behind, as one; a one-line column gets one line."""
    if column.type is ColumnType.MEMO:
        return re.sub(r"[^\S\n]+", " ", text).strip()
    return " ".join(text.split())


def _cut(text: str, longest: int | None) -> str:
    """The beginning of a text that has no more UTF-16 units than the column takes."""
    if longest is None or units(text) <= longest:
        return text
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore").rstrip()
