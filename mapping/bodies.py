"""Bodies for ActiveCampaign's API from canonical values, and canonical values from what it answers.

Shapes: the ActiveCampaign API reference, pages sync-a-contacts-data, bulk-import-contacts and create-an-account-new.
A key that isn't mapped (any more), or a value that can't be written (any more), is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mapping.carrier import Carrier
from mapping.encode import currency_of
from mapping.fields import FieldKind

_BULK_KEYS = {"email": "email", "firstName": "first_name", "lastName": "last_name", "phone": "phone"}


def contact_body(carriers: Mapping[str, Carrier], values: Mapping[str, Any]) -> dict[str, Any]:
    """{"email", .., "fieldValues": [{"field": "5", "value": ".."}]}; "" clears."""
    body: dict[str, Any] = {}
    custom: list[dict[str, str]] = []
    for key, carrier, _, wire in _written(carriers, values):
        if carrier.pair.field.id is None:
            body[key] = wire
        else:
            custom.append({"field": str(carrier.pair.field.id), "value": wire})
    return {**body, "fieldValues": custom} if custom else body


def bulk_row(carriers: Mapping[str, Carrier], values: Mapping[str, Any]) -> dict[str, Any]:
    """{"email", "first_name", .., "fields": [{"id": 5, "value": ".."}]} without empty values."""
    row: dict[str, Any] = {}
    custom: list[dict[str, Any]] = []
    for key, carrier, value, wire in _written(carriers, values):
        if value is None:
            continue
        if carrier.pair.field.id is None:
            row[_BULK_KEYS[key]] = wire
        else:
            custom.append({"id": carrier.pair.field.id, "value": wire})
    return {**row, "fields": custom} if custom else row


def account_body(carriers: Mapping[str, Carrier], values: Mapping[str, Any]) -> dict[str, Any]:
    """{"name", .., "fields": [{"customFieldId": 9, "fieldValue": .., "fieldCurrency": ..}]}; "" clears."""
    body: dict[str, Any] = {}
    custom: list[dict[str, Any]] = []
    for key, carrier, value, wire in _written(carriers, values):
        if carrier.pair.field.id is None:
            body[key] = wire
            continue
        custom.append({"customFieldId": carrier.pair.field.id, "fieldValue": wire})
        if carrier.pair.field.kind is FieldKind.CURRENCY and value is not None and currency_of(value):
            custom[-1]["fieldCurrency"] = currency_of(value)
    return {**body, "fields": custom} if custom else body


def object_fields(carriers: Mapping[str, Carrier], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """[{"id": "topic", "value": ".."}] without empty ones: a record is replaced as a whole.

    Source: developers.activecampaign.com, page create-or-update-record.
    """
    written = _written(carriers, values)
    return [{"id": key, "value": wire} for key, _, value, wire in written if value is not None]


def read_object(carriers: Mapping[str, Carrier], fields: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a record holds, canonical, for every mapped key."""
    wires = {field["id"]: field.get("value") for field in fields}
    return {key: carrier.theirs(wires.get(key)) for key, carrier in carriers.items()}


def read_back(
    carriers: Mapping[str, Carrier], record: Mapping[str, Any], field_values: Mapping[int, Any]
) -> dict[str, Any]:
    """What ActiveCampaign holds, canonical, for every mapped key: standard fields from the record, others by id."""
    found: dict[str, Any] = {}
    for key, carrier in carriers.items():
        field_id = carrier.pair.field.id
        wire = record.get(key) if field_id is None else field_values.get(field_id)
        found[key] = carrier.theirs(wire)
    return found


def _written(carriers: Mapping[str, Carrier], values: Mapping[str, Any]) -> Iterator[tuple[str, Carrier, Any, Any]]:
    for key, value in values.items():
        carrier = carriers.get(key)
        wire = carrier.wire(value) if carrier else None
        if carrier and wire is not None:
            yield key, carrier, value, wire
