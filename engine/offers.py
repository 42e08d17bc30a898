"""What can be chosen for an entity: columns for criteria, columns and fields for mappings, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config import editing
from mapping import derived
from mapping.columns import Column
from mapping.constants import takes_constant
from mapping.directions import OUTBOUND
from mapping.fields import Field
from mapping.matrix import Verdict, compatible
from mapping.pairs import Pair
from mapping.required import creates, missing_required
from mapping.resolve import resolve
from mapping.standard import STANDARD, Standard
from sync.model import Entity
from sync.operators import ALLOWED, KIND_OF

Columns = Mapping[str, Column]
Fields = Mapping[str, Field]


def for_criteria(columns: Columns) -> list[Column]:
    """Columns that criteria may name, by their labels."""
    return _sorted(one for one in columns.values() if one.type in KIND_OF and one.name not in derived.COLUMNS)


def for_mappings(columns: Columns) -> list[Column]:
    """Columns that can be read, by their labels."""
    return _sorted(one for one in columns.values() if one.readable)


def operators(column: Column) -> tuple[str, ...]:
    """What criteria can ask of a column; nothing where it can't be asked for."""
    return ALLOWED[KIND_OF[column.type]] if column.type in KIND_OF else ()


def _sorted(columns: Iterator[Column]) -> list[Column]:
    return sorted(columns, key=lambda one: (one.label.casefold(), one.name))


@dataclass(frozen=True, slots=True)
class Offer:
    """A field that a column fits into. taken: the column that fills it now, "" when it is free; standard: by a standard
    mapping, which can make room."""

    field: Field
    verdict: Verdict
    taken: str = ""
    standard: bool = False


def for_column(entity: Entity, settings: Mapping[str, Any], column: Column, fields: Fields) -> list[Offer]:
    """The fields that a column may be mapped to, free ones first; those of fixed mappings are none of them."""
    filled = {one["activecampaign"]: (one["dynamics"], False) for one in settings["fields"] if one.get("enabled", True)}
    for one in STANDARD[entity]:
        if editing.is_on(settings, one) and one.activecampaign in fields:
            filled[one.activecampaign] = (one.dynamics, True)
    fixed = {one.activecampaign for one in STANDARD[entity] if one.fixed}
    found = [
        Offer(field, verdict, *filled.get(key, ("", False)))
        for key, field in fields.items()
        if key not in fixed and (verdict := compatible(column, field)).allowed
    ]
    return sorted(found, key=lambda one: (bool(one.taken), one.field.label.casefold()))


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One standard mapping as it stands. direction: what is left of it, "" while it does not travel; why: why it can't
    be switched off, or why it does not travel; rivals: own mappings that fill its field."""

    standard: Standard
    column: Column | None
    field: Field | None
    on: bool
    direction: str
    why: str
    terms: Mapping[str, Any]
    rivals: list[dict[str, Any]]


def standards(entity: Entity, settings: Mapping[str, Any], columns: Columns, fields: Fields) -> list[StandardRow]:
    """The standard mappings in their order."""
    found = resolve(entity, settings, columns, fields)
    pairs = {(pair.column.name, pair.field.key): pair for pair in found.pairs if pair.standard}
    inactive = {(one.dynamics, one.activecampaign): one.reason for one in found.inactive}
    return [
        StandardRow(
            one,
            columns.get(one.dynamics),
            fields.get(one.activecampaign),
            on := editing.is_on(settings, one),
            _direction(pairs.get((one.dynamics, one.activecampaign))),
            inactive.get((one.dynamics, one.activecampaign), "") if on else "",
            editing.terms_of(settings, one.dynamics),
            editing.rivals(settings, one.activecampaign),
        )
        for one in STANDARD[entity]
    ]


def _direction(pair: Pair | None) -> str:
    return pair.direction if pair else ""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One mapping of the administrator's own. index: its place in the document; direction: what is left of it, "" while
    it does not travel."""

    index: int
    said: Mapping[str, Any]
    column: Column | None
    field: Field | None
    verdict: Verdict | None
    direction: str


def own(entity: Entity, settings: Mapping[str, Any], columns: Columns, fields: Fields) -> list[OwnRow]:
    """The administrator's mappings in their order."""
    pairs = {(one.column.name, one.field.key): one for one in resolve(entity, settings, columns, fields).pairs}
    return [_own(index, said, columns, fields, pairs) for index, said in enumerate(settings["fields"])]


def _own(
    index: int, said: Mapping[str, Any], columns: Columns, fields: Fields, pairs: Mapping[tuple[str, str], Pair]
) -> OwnRow:
    column, field = columns.get(said["dynamics"]), fields.get(said["activecampaign"])
    verdict = compatible(column, field) if column and field else None
    return OwnRow(
        index, said, column, field, verdict, _direction(pairs.get((said["dynamics"], said["activecampaign"])))
    )


@dataclass(frozen=True, slots=True)
class Need:
    """A column of new records that is filled by a constant, or has to be. required: Dynamics demands it and no mapping
    fills it."""

    column: Column | None
    name: str
    value: Any
    required: bool


def needs(entity: Entity, settings: Mapping[str, Any], columns: Columns, fields: Fields) -> list[Need]:
    """What new records in Dynamics lack, then the constants that are set. Nothing while no records are made there."""
    if not creates(settings):
        return []
    coming = [pair for pair in resolve(entity, settings, columns, fields).pairs if pair.direction != OUTBOUND]
    said = settings.get("defaults") or {}
    lacking = missing_required(columns, coming)
    return [
        Need(columns.get(name), name, said.get(name), name in lacking)
        for name in dict.fromkeys((*(one for one in lacking if one not in said), *said))
    ]


def for_constants(settings: Mapping[str, Any], columns: Columns) -> list[Column]:
    """Columns that can be given a constant on new records and have none; none while no records are made there."""
    said = settings.get("defaults") or {}
    free = (one for one in columns.values() if one.creatable and not one.calculated and one.name not in said)
    return _sorted(one for one in free if takes_constant(one)) if creates(settings) else []
