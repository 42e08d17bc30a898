"""Columns that a new Dynamics record has to have (decision Q24)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from mapping.columns import Column
from mapping.directions import OUTBOUND
from mapping.faults import Fault
from mapping.pairs import Pair


def missing_required(columns: Mapping[str, Column], pairs: Iterable[Pair]) -> list[str]:
    """Columns that Dynamics wants filled on create and that no inbound pair fills (decision Q24)."""
    filled = {pair.column.name for pair in pairs if pair.verdict.inbound}
    return [name for name, column in columns.items() if column.required and column.creatable and name not in filled]


def creates(settings: Mapping[str, Any]) -> bool:
    """Whether records can be created in Dynamics at all."""
    return settings.get("direction", OUTBOUND) != OUTBOUND and settings.get("create") != "never"


def required_faults(
    entity: str, columns: Mapping[str, Column], coming: Iterable[Pair] | None, defaults: Collection[str]
) -> Iterator[Fault]:
    """What keeps new records from being complete. coming: pairs that travel inbound, None when nothing is created."""
    for name in missing_required(columns, coming) if coming is not None else ():
        if name not in defaults:
            told = f"Dynamics requires {name} of a new {entity}, and nothing fills it: map a field to it that travels "
            yield Fault(f"defaults.{name}", f"{told}inbound, give it a default here, or set create to never.")
