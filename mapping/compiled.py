"""A mapping made ready for a version of the configuration and of both sides' metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError

from mapping import bodies
from mapping.canonical import FORMATTED, LOOKUP_TABLE
from mapping.carrier import Carrier, carrier_of
from mapping.columns import Column, ColumnType
from mapping.converters import Currencies
from mapping.faults import Fault as Fault
from mapping.faults import MappingFaults as MappingFaults
from mapping.fields import Field, FieldKind
from mapping.pairs import Inactive, Pair, Shape
from mapping.resolve import resolve
from mapping.selection import selected
from mapping.standard import PEOPLE
from mapping.text import clean, cut, zone_of

_ABSENT = object()


class Mapped(NamedTuple):
    """A row in canonical values, keyed by the ActiveCampaign field's key.

    values: None means empty, a missing key means not known; account_id: Dynamics id of the parent account; address:
    trimmed lower-case e-mail of a person; warnings: fields left out or cut, with the reason.
    """

    values: dict[str, Any]
    account_id: str | None
    address: str | None
    warnings: tuple[str, ...]


class CompiledMapping:
    """Reads rows of Dynamics, writes bodies for ActiveCampaign and compares both. Immutable, safe to share.

    pairs: everything that runs except the account relation; inactive: what doesn't, and why; select: $select names;
    annotations: names of the annotations that `read` needs; on_empty: mirror or keep by field key; notes: what an
    administrator should know.
    """

    def __init__(
        self,
        entity: str,
        version: int,
        carriers: Mapping[str, Carrier],
        relation: Column | None,
        inactive: Iterable[Inactive],
        select: tuple[str, ...],
    ) -> None:
        self.entity = entity
        self.version = version
        self.pairs: tuple[Pair, ...] = tuple(carrier.pair for carrier in carriers.values())
        self.inactive = tuple(inactive)
        self.select = select
        self.annotations = _annotations(self.pairs, relation)
        self.on_empty = {pair.field.key: _on_empty(pair) for pair in self.pairs}
        self.notes = tuple(note for carrier in carriers.values() for note in _notes(carrier))
        self.schema: Schema = _schema(carriers)
        self._carriers = dict(carriers)
        self._parent = relation.row_key if relation else ""
        # A record goes straight to the schema's field objects: Schema.load walks hooks, error stores and unknown keys
        # for every record, which costs several times the conversion itself.
        self._steps = tuple(_step(key, carrier, self.schema) for key, carrier in carriers.items())

    @property
    def needs_annotations(self) -> bool:
        """Whether rows have to be asked for with `annotations`: names of lookups, and which table a parent is in."""
        return bool(self.annotations)

    def read(self, row: Mapping[str, Any]) -> Mapped:
        """A row of the Web API in canonical values. What can't be converted leaves out one field, with a warning."""
        values: dict[str, Any] = {}
        warnings: list[str] = []
        for key, row_key, convert, cap, secured, label in self._steps:
            raw = row.get(row_key, _ABSENT)
            if raw is None or raw == "":
                # A column under column-level security reads null for whoever may not see it: that is not an empty one.
                if not secured:
                    values[key] = None
                continue
            if raw is _ABSENT:
                continue
            try:
                value = convert(raw, row_key, row)
            except ValidationError as error:
                warnings.append(f"{key} was left out: {label}: {error.messages[0]}")
                continue
            if cap and value is not None and len(value) > cap:
                warnings.append(f"{key} was cut: {label} is longer than {cap} characters")
                value = cut(value, cap)
            values[key] = value
        return Mapped(values, self._account_id(row), self._address(row), tuple(warnings))

    def contact_body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The `contact` of sync, create and update. values: any subset; None clears."""
        return bodies.contact_body(self._carriers, values)

    def bulk_row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """One contact of the bulk import. Empty values are left out: what they do there isn't documented."""
        return bodies.bulk_row(self._carriers, values)

    def account_body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The `account` of create and update. values: any subset; None clears."""
        return bodies.account_body(self._carriers, values)

    def read_contact(self, contact: Mapping[str, Any], field_values: Mapping[int, Any]) -> dict[str, Any]:
        """What ActiveCampaign holds for a contact, canonical, for every mapped key. field_values: by field id."""
        return bodies.read_back(self._carriers, contact, field_values)

    def read_account(self, account: Mapping[str, Any], field_values: Mapping[int, Any]) -> dict[str, Any]:
        """The same for an account; a currency value may be cents or {"fieldValue": .., "fieldCurrency": ..}."""
        return bodies.read_back(self._carriers, account, field_values)

    def differences(self, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
        """The mapped keys of ours whose value means something else in theirs."""
        carriers = self._carriers
        return [
            key for key, value in ours.items() if key in carriers and not carriers[key].same(value, theirs.get(key))
        ]

    def missing_options(self) -> list[tuple[Field, str]]:
        """Option labels that fields with `unknown_option: add` lack. Compile again once they are added."""
        adding = (carrier for carrier in self._carriers.values() if carrier.pair.unknown_option == "add")
        return [(carrier.pair.field, label) for carrier in adding for label in carrier.labels.missing]

    def _account_id(self, row: Mapping[str, Any]) -> str | None:
        parent = row.get(self._parent) if self._parent else None
        if parent is None or row.get(f"{self._parent}@{LOOKUP_TABLE}", "account") != "account":
            return None
        return str(parent).lower()

    def _address(self, row: Mapping[str, Any]) -> str | None:
        address = row.get("emailaddress1") if self.entity in PEOPLE else None
        return clean(address).strip().lower() or None if isinstance(address, str) else None


def compile_mapping(
    entity: str,
    settings: Mapping[str, Any],
    columns: Mapping[str, Column],
    fields: Mapping[str, Field],
    *,
    version: int,
    zone: str,
    tolerant: bool = False,
    extra: Iterable[str] = (),
    currencies: Currencies = None,
) -> CompiledMapping:
    """Compiles an entity's settings. Raises MappingFaults with every fault; paths are relative to the settings.

    zone: IANA name, for dates of date-times; tolerant: what can't run becomes `inactive` instead, so that a field that
    vanished doesn't stop records; extra: further $select names, for criteria; currencies: ISO code by id of the
    transaction currency (None: not known, amounts take the field's own currency).
    """
    resolved = resolve(entity, settings, columns, fields)
    faults = [*resolved.faults, *_required_faults(settings, columns, resolved.pairs)]
    if faults and not tolerant:
        raise MappingFaults(faults)
    relation = next((pair.column for pair in resolved.pairs if pair.field.kind is FieldKind.RELATION), None)
    values = [pair for pair in resolved.pairs if pair.field.kind is not FieldKind.RELATION]
    carriers = {pair.field.key: carrier_of(pair, zone_of(zone), currencies) for pair in values}
    select = selected(entity, columns, values, extra)
    return CompiledMapping(entity, version, carriers, relation, resolved.inactive, select)


def missing_required(columns: Mapping[str, Column], pairs: Iterable[Pair]) -> list[str]:
    """Columns that Dynamics wants filled on create and that no inbound pair fills (decision Q24)."""
    filled = {pair.column.name for pair in pairs if pair.verdict.inbound}
    return [name for name, column in columns.items() if column.required and column.creatable and name not in filled]


def _required_faults(
    settings: Mapping[str, Any], columns: Mapping[str, Column], pairs: Iterable[Pair]
) -> Iterable[Fault]:
    if settings.get("direction", "outbound") == "outbound":
        return ()
    missing = missing_required(columns, pairs)
    return [Fault("fields", f"Dynamics requires {name}, and no mapping fills it.") for name in missing]


def _schema(carriers: Mapping[str, Carrier]) -> Schema:
    declared = {key: carrier.schema_field for key, carrier in carriers.items()}
    return Schema.from_dict({str(key): field for key, field in declared.items()}, name="MappedRecord")()


def _step(key: str, carrier: Carrier, schema: Schema) -> tuple[str, str, Any, int, bool, str]:
    column = carrier.pair.column
    label = f"{column.label} ({column.name})"
    return key, column.row_key, schema.fields[key]._deserialize, carrier.cap, column.secured, label


def _on_empty(pair: Pair) -> str:
    # The "no" of a tick box is an empty field, so it has to travel whatever the setting says about empty values.
    return "mirror" if pair.shape is Shape.TICK else pair.on_empty


def _annotations(pairs: Iterable[Pair], relation: Column | None) -> tuple[str, ...]:
    names = (FORMATTED,) if any(pair.shape is Shape.NAME for pair in pairs) else ()
    # A contact's parent is an account or another contact, and only the annotation tells.
    parent = relation is not None and relation.type is ColumnType.CUSTOMER
    return (*names, LOOKUP_TABLE) if parent else names


def _notes(carrier: Carrier) -> Iterable[str]:
    pair, problems = carrier.pair, carrier.labels.problems
    if pair.column.secured:
        yield f"{pair.field.key}: {pair.column.name} is secured; its empty values are not mirrored."
    if problems:
        yield f"{pair.field.key}: left out for some options of {pair.column.name}: {'; '.join(problems.values())}."
