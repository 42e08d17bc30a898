"""A mapping made ready for a version of the configuration and of both sides' metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError

from mapping import bodies, inbound
from mapping.bodies_dynamics import Bodies, bodies_of
from mapping.bodies_dynamics import Body as Body
from mapping.canonical import LOOKUP_TABLE
from mapping.carrier import Carrier, carrier_of
from mapping.columns import Column
from mapping.converters import Currencies
from mapping.defaults import defaults_of
from mapping.directions import OUTBOUND
from mapping.faults import Fault as Fault
from mapping.faults import MappingFaults as MappingFaults
from mapping.fields import Field, FieldKind
from mapping.inbound import Theirs as Theirs
from mapping.pairs import Inactive, Pair
from mapping.parts import annotations_of, mirrored, notes_of, schema_of, step_of
from mapping.required import creates, required_faults
from mapping.required import missing_required as missing_required
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
    annotations: names of the annotations that `read` needs; notes: what an administrator should know. By field key:
    directions (outbound, inbound or both), policies (who wins a conflict), on_empty and on_empty_inbound (what an empty
    value does in ActiveCampaign and in Dynamics, mirror or keep). relation: the account relation's pair, None when it
    isn't mapped; relation_direction: its direction, "" then.
    """

    def __init__(
        self,
        entity: str,
        version: int,
        carriers: Mapping[str, Carrier],
        into_dynamics: Bodies,
        inactive: Iterable[Inactive],
        select: tuple[str, ...],
        notes: Iterable[str],
    ) -> None:
        self.entity = entity
        self.version = version
        self.pairs: tuple[Pair, ...] = tuple(carrier.pair for carrier in carriers.values())
        self.inactive = tuple(inactive)
        self.select = select
        relation = into_dynamics.relation
        self.annotations = annotations_of(self.pairs, relation)
        self.directions = {pair.field.key: pair.direction for pair in self.pairs}
        self.policies = {pair.field.key: pair.conflict for pair in self.pairs}
        self.on_empty = {pair.field.key: mirrored(pair, pair.on_empty) for pair in self.pairs}
        self.on_empty_inbound = {pair.field.key: mirrored(pair, pair.on_empty_inbound) for pair in self.pairs}
        self.relation = relation
        self.relation_direction = relation.direction if relation else ""
        self.notes = (*(note for carrier in carriers.values() for note in notes_of(carrier)), *notes)
        self.schema: Schema = schema_of(carriers)
        self._carriers = dict(carriers)
        self._into_dynamics = into_dynamics
        self._parent = relation.column.row_key if relation else ""
        # A record goes straight to the schema's field objects: Schema.load walks hooks, error stores and unknown keys
        # for every record, which costs several times the conversion itself.
        self._steps = tuple(step_of(key, carrier, self.schema) for key, carrier in carriers.items())

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

    def object_fields(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The `fields` of a custom object's record. What is left out is cleared there, so values are all there are."""
        return bodies.object_fields(self._carriers, values)

    def read_object(self, fields: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """What a custom object's record holds, canonical, for every mapped key."""
        return bodies.read_object(self._carriers, fields)

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

    def theirs(self, record: Mapping[str, Any], field_values: Mapping[int, Any]) -> Theirs:
        """What ActiveCampaign holds for a contact or an account, canonical, for keys that travel inbound.

        record: its standard fields, of which a missing one is not known; field_values: by field id, of which a missing
        one is empty. A value that Dynamics could not hold is left out, with a warning that doesn't quote it.
        """
        return inbound.theirs(self._carriers, self._into_dynamics.writers, record, field_values)

    def aligned(self, values: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
        """The values, each in the reference's spelling where both mean the same, so that `==` compares meanings."""
        return inbound.aligned(self._carriers, values, reference)

    def dynamics_body(self, values: Mapping[str, Any], row: Mapping[str, Any] | None) -> Body:
        """The body of an update in Dynamics. values: any subset; None clears; read-only columns don't get in.

        row: the record as it was read, None for a new one; it has the currency that amounts have to be in.
        """
        return self._into_dynamics.update(values, row)

    def create_body(self, values: Mapping[str, Any]) -> Body:
        """The body of a new record in Dynamics, defaults included. The account is bound by `relation_bind`."""
        return self._into_dynamics.create(values)

    def relation_bind(self, account_id: str | None) -> dict[str, Any]:
        """What joins a body to bind the record to an account of Dynamics; None unbinds. {} when it isn't mapped."""
        return self._into_dynamics.bind(account_id)

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
    pairs, where = resolved.pairs, zone_of(zone)
    coming = [pair for pair in pairs if pair.direction != OUTBOUND] if creates(settings) else None
    mapped = (
        None if coming is None else {pair.field.key for pair in coming if pair.field.kind is not FieldKind.RELATION}
    )
    wanted = settings.get("defaults") or {}
    defaults, unfit = defaults_of(entity, wanted, columns, fields, mapped, where)
    required = required_faults(entity, columns, coming, {default.column.name for default in defaults})
    if (faults := [*resolved.faults, *unfit, *required]) and not tolerant:
        raise MappingFaults(faults)
    relation = next((pair for pair in pairs if pair.field.kind is FieldKind.RELATION), None)
    values = [pair for pair in pairs if pair is not relation]
    carriers = {pair.field.key: carrier_of(pair, where, currencies) for pair in values}
    select = selected(entity, columns, values, extra)
    into_dynamics = bodies_of(carriers, relation, columns, defaults, where, currencies)
    notes = (f"{fault.path} is not used: {fault.message}" for fault in unfit)
    return CompiledMapping(entity, version, carriers, into_dynamics, resolved.inactive, select, notes)
