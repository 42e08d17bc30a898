"""ActiveCampaign fields, as its API lists them.

Facts: the ActiveCampaign API reference, pages retrieve-fields and create-a-customfieldmeta. Flags and ids arrive as
strings or numbers, so every scalar is read tolerantly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    """What a field holds. The first row are standard fields, the others types of custom fields."""

    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    RELATION = "relation"
    TEXT = "text"
    TEXTAREA = "textarea"
    HIDDEN = "hidden"
    DATE = "date"
    DATETIME = "datetime"
    DROPDOWN = "dropdown"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    LISTBOX = "listbox"
    MULTISELECT = "multiselect"
    NUMBER = "number"
    CURRENCY = "currency"
    RATING = "rating"
    DEAL = "deal"
    UNKNOWN = "unknown"


ONE_OF = frozenset({FieldKind.DROPDOWN, FieldKind.RADIO})
MANY_OF = frozenset({FieldKind.CHECKBOX, FieldKind.LISTBOX, FieldKind.MULTISELECT})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a contact or an account. id: of a custom field, None for a standard one.

    target: the kind of record it belongs to, contact, account or opportunity; currency: ISO code a currency field
    starts with; scale: digits after the point that a number of a custom object keeps.
    """

    key: str
    label: str
    kind: FieldKind
    id: int | None = None
    options: tuple[str, ...] = ()
    target: str = "contact"
    currency: str = ""
    scale: int | None = None


CONTACT_STANDARD = (
    Field("email", "Email", FieldKind.EMAIL),
    Field("firstName", "First Name", FieldKind.TEXT),
    Field("lastName", "Last Name", FieldKind.TEXT),
    Field("phone", "Phone", FieldKind.PHONE),
    Field("account", "Account", FieldKind.RELATION),
)
ACCOUNT_STANDARD = (
    Field("name", "Name", FieldKind.TEXT, target="account"),
    Field("accountUrl", "URL", FieldKind.URL, target="account"),
)
_CUSTOM_KINDS = {
    *("text", "textarea", "hidden", "date", "datetime", "dropdown", "radio", "checkbox", "listbox", "multiselect"),
    *("number", "currency", "rating"),
}


def contact_fields(answer: Mapping[str, Any]) -> dict[str, Field]:
    """Standard and custom fields of contacts by key (a custom field's key is its personalisation tag).

    answer: `{"fields": [...], "fieldOptions": [...]}`, all pages merged. Fields without a type are broken: left out.
    """
    options: dict[int, list[tuple[int, str]]] = {}
    for row in answer.get("fieldOptions") or ():
        options.setdefault(_whole(row.get("field")), []).append((_whole(row.get("orderid")), str(row.get("value"))))
    return _keyed(CONTACT_STANDARD, (_contact_field(row, options) for row in answer.get("fields") or ()))


def _contact_field(row: Mapping[str, Any], options: Mapping[int, list[tuple[int, str]]]) -> Field | None:
    field_id, kind = _whole(row.get("id")), _kind(row.get("type"))
    key = str(row.get("perstag") or "").strip("%")
    if not (key and kind and field_id):
        return None
    ordered = sorted(options.get(field_id, ()), key=lambda option: option[0])
    return Field(key, str(row.get("title") or key), kind, field_id, tuple(value for _, value in ordered))


def account_fields(meta: Iterable[Mapping[str, Any]]) -> dict[str, Field]:
    """Standard and custom fields of accounts by key (a custom field's key is its label).

    meta: the rows of accountCustomFieldMeta. Fields without a type are broken: left out.
    """
    return _keyed(ACCOUNT_STANDARD, (_account_field(row) for row in meta))


def _account_field(row: Mapping[str, Any]) -> Field | None:
    field_id, kind, label = _whole(row.get("id")), _kind(row.get("fieldType")), str(row.get("fieldLabel") or "")
    if not (label and kind and field_id):
        return None
    options = tuple(str(option) for option in row.get("fieldOptions") or ())
    currency = str(row.get("fieldDefaultCurrency") or "").upper()
    return Field(label, label, kind, field_id, options, target="account", currency=currency)


def _keyed(standard: Iterable[Field], custom: Iterable[Field | None]) -> dict[str, Field]:
    """Fields by key; of two with one key the later is told apart by its id."""
    found = {field.key: field for field in standard}
    for field in custom:
        if field:
            key = field.key if field.key not in found else f"{field.key} ({field.id})"
            found[key] = Field(key, field.label, field.kind, field.id, field.options, field.target, field.currency)
    return found


def _kind(name: object) -> FieldKind | None:
    """None for a broken field, whose type reads empty or NULL; UNKNOWN for a type this release doesn't know."""
    folded = str(name or "").strip().lower()
    if folded in ("", "null", "none"):
        return None
    return FieldKind(folded) if folded in _CUSTOM_KINDS else FieldKind.UNKNOWN


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
