"""Bodies that bring canonical values into Dynamics.

Shapes: the Dataverse developer guide, pages on creating and updating with the Web API, and on associating on create.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, NamedTuple

from mapping.carrier import Carrier
from mapping.columns import Column, ColumnType
from mapping.converters import Currencies
from mapping.currency import RowCurrency
from mapping.defaults import Default
from mapping.inbound import left_out
from mapping.pairs import Pair, Shape
from mapping.text import clean
from mapping.wire_dynamics import Write, writer


class Body(NamedTuple):
    """The JSON of a create or an update. missing: required columns that a new record would have empty."""

    body: dict[str, Any]
    warnings: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A body while it is written."""

    row: Mapping[str, Any] | None
    currency: RowCurrency
    body: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Writes the bodies of one mapping. relation: the pair of the account, None when it isn't mapped.

    writers: by key, of every pair that can travel inbound; required: columns that a new record has to have.
    """

    carriers: Mapping[str, Carrier]
    writers: Mapping[str, Write]
    relation: Pair | None
    defaults: tuple[Default, ...]
    required: tuple[str, ...]
    currencies: Currencies
    bindable: bool

    def update(self, values: Mapping[str, Any], row: Mapping[str, Any] | None) -> Body:
        """See CompiledMapping.dynamics_body."""
        draft = self._draft(row)
        for key, pair in self._written(values):
            if pair.column.updatable:
                self._write(draft, key, pair, values[key])
        return Body({**draft.body, **draft.currency.bind}, tuple(draft.warnings))

    def create(self, values: Mapping[str, Any]) -> Body:
        """See CompiledMapping.create_body."""
        draft = self._draft(None)
        for key, pair in self._written(values):
            # A new record has no value to clear, so an empty one leaves the column to its default.
            if pair.column.creatable and (values[key] is not None or pair.shape is Shape.TICK):
                self._write(draft, key, pair, values[key])
        texts = {key: _shown(self.carriers[key], values.get(key)) for key in self.carriers}
        for default in self.defaults:
            if default.column.name not in draft.body and (filled := default.filled(texts)) is not None:
                draft.body[default.column.name] = filled
        missing = tuple(name for name in self.required if name not in draft.body)
        return Body({**draft.body, **draft.currency.bind}, tuple(draft.warnings), missing)

    def bind(self, account_id: str | None) -> dict[str, Any]:
        """See CompiledMapping.relation_bind."""
        if self.relation is None:
            return {}
        column = self.relation.column
        name = f"{column.name}_account" if column.type is ColumnType.CUSTOMER else column.name
        return {f"{name}@odata.bind": f"/accounts({account_id})" if account_id else None}

    def _draft(self, row: Mapping[str, Any] | None) -> _Draft:
        return _Draft(row, RowCurrency(row, self.currencies, bindable=self.bindable))

    def _written(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Pair]]:
        return ((key, self.carriers[key].pair) for key in values if key in self.writers)

    def _write(self, draft: _Draft, key: str, pair: Pair, value: Any) -> None:
        try:
            draft.body[pair.column.name] = self._json(draft, key, pair, value)
        except (ValueError, ArithmeticError, TypeError) as error:
            draft.warnings.append(left_out(key, error))

    def _json(self, draft: _Draft, key: str, pair: Pair, value: Any) -> Any:
        if value is None:
            return False if pair.shape is Shape.TICK else None
        written = self.writers[key](value)
        refusal = _refusal(draft, pair, value)
        if refusal:
            raise ValueError(refusal)
        return written


def bodies_of(
    carriers: Mapping[str, Carrier],
    relation: Pair | None,
    columns: Mapping[str, Column],
    defaults: Iterable[Default],
    zone: tzinfo,
    currencies: Currencies,
) -> Bodies:
    """Builds the writers once. Columns that Dynamics requires on a new record are known from here on."""
    pairs = {key: carrier.pair for key, carrier in carriers.items() if carrier.pair.verdict.inbound}
    writers = {key: writer(pair.column, pair.shape, zone) for key, pair in pairs.items()}
    # The account is no part of these bodies: it joins them by its own bind.
    bound = relation.column.name if relation else ""
    required = tuple(c.name for c in columns.values() if c.required and c.creatable and c.name != bound)
    bindable = "transactioncurrencyid" in columns
    return Bodies(carriers, writers, relation, tuple(defaults), required, currencies, bindable)


def _refusal(draft: _Draft, pair: Pair, value: Any) -> str:
    """What about the row stands against writing this value to it, "" for nothing."""
    if pair.shape is Shape.MONEY:
        return draft.currency.refusal(value, pair.field)
    present = (draft.row or {}).get(pair.column.row_key)
    if pair.cap and isinstance(present, str) and len(clean(present)) > pair.cap:
        return f"is the beginning of a text that is longer than {pair.cap} characters in Dynamics"
    return ""


def _shown(carrier: Carrier, value: Any) -> str:
    """A canonical value as a person reads it, options by their label; "" for None."""
    if value is None:
        return ""
    labels = carrier.labels.written
    if carrier.pair.shape in (Shape.YES_NO, Shape.TICK, Shape.CHOICE):
        return labels.get(int(value), "")
    if carrier.pair.shape is Shape.CHOICES:
        return ", ".join(labels[one] for one in value if one in labels)
    return str(value)
