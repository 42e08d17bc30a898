"""What a compiled mapping prepares once, so that a record costs a few calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema

from mapping.canonical import FORMATTED, LOOKUP_TABLE
from mapping.carrier import Carrier
from mapping.columns import ColumnType
from mapping.pairs import Pair, Shape


def schema_of(carriers: Mapping[str, Carrier]) -> Schema:
    """The marshmallow schema of a mapped record: a field per key, which reads its column."""
    declared = {key: carrier.schema_field for key, carrier in carriers.items()}
    return Schema.from_dict({str(key): field for key, field in declared.items()}, name="MappedRecord")()


def step_of(key: str, carrier: Carrier, schema: Schema) -> tuple[str, str, Any, int, bool, str]:
    """What reads one field: its key, row key, conversion, cap, whether the column is secured, and its label."""
    column = carrier.pair.column
    label = f"{column.label} ({column.name})"
    return key, column.row_key, schema.fields[key]._deserialize, carrier.cap, column.secured, label


def mirrored(pair: Pair, setting: str) -> str:
    """What an empty value does on the other side, mirror or keep."""
    # The "no" of a tick box is an empty field, so it has to travel whatever the setting says about empty values.
    return "mirror" if pair.shape is Shape.TICK else setting


def annotations_of(pairs: Iterable[Pair], relation: Pair | None) -> tuple[str, ...]:
    """The annotations that a row has to come with."""
    names = (FORMATTED,) if any(pair.shape is Shape.NAME for pair in pairs) else ()
    # A contact's parent is an account or another contact, and only the annotation tells.
    parent = relation is not None and relation.column.type is ColumnType.CUSTOMER
    return (*names, LOOKUP_TABLE) if parent else names


def notes_of(carrier: Carrier) -> Iterable[str]:
    """What an administrator should know about one mapping."""
    pair, problems = carrier.pair, carrier.labels.problems
    if pair.column.secured:
        yield f"{pair.field.key}: {pair.column.name} is secured; its empty values are not mirrored."
    if problems:
        yield f"{pair.field.key}: left out for some options of {pair.column.name}: {'; '.join(problems.values())}."
