"""From an entity's settings to checked pairs, with every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mapping.columns import Column, ColumnType
from mapping.directions import BOTH, OUTBOUND, carried, combined, filled_twice, why_none
from mapping.faults import Fault, did_you_mean
from mapping.fields import MANY_OF, ONE_OF, Field
from mapping.labels import labels_of
from mapping.matrix import compatible
from mapping.pairs import Inactive, Pair
from mapping.standard import STANDARD, Standard

_WITH_OPTIONS = frozenset(
    {
        *(ColumnType.PICKLIST, ColumnType.MULTI_PICKLIST, ColumnType.BOOLEAN),
        *(ColumnType.STATE, ColumnType.STATUS),
    }
)


@dataclass(slots=True)
class Resolved:
    """What can run, what can't, and what has to be corrected."""

    pairs: list[Pair] = field(default_factory=list)
    inactive: list[Inactive] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What a mapping is checked against."""

    entity: str
    settings: Mapping[str, Any]
    columns: Mapping[str, Column]
    fields: Mapping[str, Field]

    def direction(self, pair: Pair, own: str | None) -> str:
        return combined(self.wanted, own or BOTH, carried(pair.verdict))

    @property
    def wanted(self) -> str:
        return str(self.settings.get("direction") or OUTBOUND)


def resolve(
    entity: str, settings: Mapping[str, Any], columns: Mapping[str, Column], fields: Mapping[str, Field]
) -> Resolved:
    """Standard mappings that are on, then the administrator's own, each checked against what both sides have."""
    found, sides = Resolved(), _Sides(entity, settings, columns, fields)
    standard = settings.get("standard") or {}
    _check_switches(entity, standard, found)
    for one in STANDARD[entity]:
        entry = _section(standard.get(one.dynamics))
        if one.fixed or entry.get("enabled", True):
            _add_standard(sides, one, entry, found)
    for index, entry in enumerate(settings.get("fields") or ()):
        if entry.get("enabled", True):
            _add_own(sides, f"fields.{index}", entry, found)
    return found


def _section(said: Any) -> Mapping[str, Any]:
    """A standard mapping's settings; true and false are short for a section that says only this."""
    return said if isinstance(said, Mapping) else {"enabled": said is not False}


def _check_switches(entity: str, switches: Mapping[str, Any], found: Resolved) -> None:
    known = {standard.dynamics: standard for standard in STANDARD[entity]}
    for name, said in switches.items():
        if name not in known:
            message = f"{name!r} is no standard mapping of {entity}.{did_you_mean(name, known)}"
            found.faults.append(Fault(f"standard.{name}", message))
        elif known[name].fixed and not _section(said).get("enabled", True):
            message = f"{name} always travels to {known[name].activecampaign}; it can't be switched off."
            found.faults.append(Fault(f"standard.{name}", message))


def _add_standard(sides: _Sides, standard: Standard, entry: Mapping[str, Any], found: Resolved) -> None:
    column, target = sides.columns.get(standard.dynamics), sides.fields.get(standard.activecampaign)
    path, reason = f"standard.{standard.dynamics}", _why_not(standard, column, target)
    if column and target and not reason:
        _let_travel(sides, path, entry, _pair(sides, entry, column, target, standard=True), found)
        return
    found.inactive.append(Inactive(standard.dynamics, standard.activecampaign, reason))
    if standard.fixed and standard.activecampaign != "account":
        found.faults.append(Fault(path, reason))


def _why_not(standard: Standard, column: Column | None, target: Field | None) -> str:
    if column is None:
        return f"Dynamics has no readable column {standard.dynamics!r}."
    if target is None:
        return f"ActiveCampaign has no field {standard.activecampaign!r}."
    verdict = compatible(column, target)
    return "" if verdict.allowed and verdict.outbound else verdict.rule


def _add_own(sides: _Sides, path: str, entry: Mapping[str, Any], found: Resolved) -> None:
    column, target = sides.columns.get(entry["dynamics"]), sides.fields.get(entry["activecampaign"])
    faults = [
        *_unknown(sides.entity, path, entry, sides.columns, sides.fields),
        *_taken(sides.entity, path, entry["activecampaign"], found.pairs),
    ]
    if column and target and not faults:
        faults = _incompatible(path, column, target)
    found.faults.extend(faults)
    if faults or column is None or target is None:
        reason = " ".join(fault.message for fault in faults)
        found.inactive.append(Inactive(entry["dynamics"], entry["activecampaign"], reason))
        return
    pair = _pair(sides, entry, column, target)
    found.faults.extend(_option_faults(path, pair))
    _let_travel(sides, path, entry, pair, found)


def _pair(sides: _Sides, entry: Mapping[str, Any], column: Column, target: Field, *, standard: bool = False) -> Pair:
    pair = Pair(
        column,
        target,
        compatible(column, target),
        on_empty=entry.get("on_empty") or "mirror",
        on_empty_inbound=entry.get("on_empty_inbound") or "keep",
        unknown_option=entry.get("unknown_option") or "skip",
        options={int(value): label for value, label in (entry.get("options") or {}).items()},
        standard=standard,
        conflict=str(entry.get("conflict") or sides.settings.get("conflict") or "dynamics_wins"),
    )
    return replace(pair, direction=sides.direction(pair, entry.get("direction")))


def _let_travel(sides: _Sides, path: str, entry: Mapping[str, Any], pair: Pair, found: Resolved) -> None:
    """Adds a pair as far as it can travel. One that can't at all is a fault, unless nobody asked for its direction."""
    own = entry.get("direction") or ""
    if not pair.direction:
        reason = why_none(sides.entity, sides.wanted, own, pair)
        if own or not pair.standard or (_is_fixed(sides.entity, pair) and pair.field.key != "account"):
            found.faults.append(Fault(f"{path}.direction", reason))
        pair = replace(pair, direction=sides.direction(pair, None) if _is_fixed(sides.entity, pair) else "")
    elif reason := filled_twice(pair, found.pairs):
        # The one that was there first keeps filling the column where the rest has to run all the same.
        found.faults.append(Fault(f"{path}.direction", reason))
        pair = replace(pair, direction=OUTBOUND if pair.direction == BOTH else "")
    if pair.direction:
        found.pairs.append(pair)
    else:
        found.inactive.append(Inactive(pair.column.name, pair.field.key, reason))


def _is_fixed(entity: str, pair: Pair) -> bool:
    return any(one.fixed and one.activecampaign == pair.field.key for one in STANDARD[entity])


def _unknown(
    entity: str, path: str, entry: Mapping[str, Any], columns: Mapping[str, Column], fields: Mapping[str, Field]
) -> Iterable[Fault]:
    if entry["dynamics"] not in columns:
        hint = did_you_mean(entry["dynamics"], columns)
        yield Fault(f"{path}.dynamics", f"Dynamics has no readable column {entry['dynamics']!r} in {entity}.{hint}")
    if entry["activecampaign"] not in fields:
        hint = did_you_mean(entry["activecampaign"], fields)
        yield Fault(f"{path}.activecampaign", f"ActiveCampaign has no field {entry['activecampaign']!r}.{hint}")


def _taken(entity: str, path: str, key: str, pairs: Iterable[Pair]) -> Iterable[Fault]:
    fixed = {standard.activecampaign: standard.dynamics for standard in STANDARD[entity] if standard.fixed}
    if key in fixed:
        yield Fault(f"{path}.activecampaign", f"{key} always comes from {fixed[key]}; it can't be mapped anew.")
        return
    for pair in pairs:
        if pair.field.key == key:
            hint = f" Switch the standard mapping of {pair.column.name} off to replace it." if pair.standard else ""
            yield Fault(f"{path}.activecampaign", f"{key} is already filled from {pair.column.name}.{hint}")


def _incompatible(path: str, column: Column, target: Field) -> list[Fault]:
    verdict = compatible(column, target)
    if not verdict.allowed:
        return [Fault(path, f"{column.name} can't be mapped to {target.key}: {verdict.rule}")]
    return [] if verdict.outbound else [Fault(path, f"{column.name} can't be read.")]


def _option_faults(path: str, pair: Pair) -> Iterable[Fault]:
    """Wrong lines of an option list. They don't stop the pair: at run time only records with that option are hit."""
    own = pair.options or {}
    if own and pair.column.type not in _WITH_OPTIONS:
        yield Fault(f"{path}.options", f"{pair.column.name} has no options.")
        return
    known = {option.value for option in pair.column.options} | ({0, 1} if not pair.column.options else set())
    for value, label in own.items():
        if value not in known:
            yield Fault(f"{path}.options.{value}", f"{pair.column.name} has no option {value}.")
        elif pair.unknown_option == "skip" and pair.field.kind in ONE_OF | MANY_OF:
            yield from _label_fault(f"{path}.options.{value}", value, label, pair)


def _label_fault(path: str, value: int, label: str, pair: Pair) -> Iterable[Fault]:
    problem = labels_of(pair).problems.get(value)
    if problem:
        yield Fault(path, f"{problem} in {pair.field.key}.{did_you_mean(label, pair.field.options)}")
