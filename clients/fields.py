"""Custom fields of ActiveCampaign's contacts and accounts. Source: developers.activecampaign.com, pages
retrieve-fields, create-a-contact-custom-field, create-a-custom-field-relationship-to-lists,
create-custom-field-options, create-a-customfieldmeta."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clients.caller import Caller
from clients.scalars import as_int
from sync.model import Lane

ALL_LISTS = 0


class Fields(Caller):
    """Definitions, raw as the service gives them."""

    def fields(self, *, lane: Lane = Lane.SYNC) -> dict[str, list[dict[str, Any]]]:
        """`{"fields": [...], "fieldOptions": [...]}` of all contact fields."""
        fields: dict[int, dict[str, Any]] = {}
        options: dict[int, dict[str, Any]] = {}
        for page, data in self.pages("fields", "fields", lane=lane):
            fields |= {as_int(row.get("id")): row for row in page}
            options |= {as_int(row.get("id")): row for row in data.get("fieldOptions") or []}
        return {"fields": list(fields.values()), "fieldOptions": list(options.values())}

    def add_contact_field(self, title: str, kind: str, tag: str, *, lane: Lane) -> int:
        """The id of a new contact field with this personalisation tag. Raises Duplicate where the title is taken.

        It shows nowhere before `show_on_all_lists`. kind: text, textarea, date, datetime, dropdown, listbox, radio,
        checkbox or hidden.
        """
        described = {"title": title, "type": kind, "perstag": tag, "visible": 1}
        body = {"field": {**described, "descript": "Filled by the Dynamics 365 sync"}}
        return self.id_in(self.write("POST", "fields", body, lane=lane), "field")

    def show_on_all_lists(self, field_id: int, *, lane: Lane) -> None:
        """Relates a contact field to all lists, without which the user interface may not show it."""
        body = {"fieldRel": {"field": field_id, "relid": ALL_LISTS}}
        self.write("POST", "fieldRels", body, lane=lane)

    def add_options(self, field_id: int, labels: Sequence[str], *, lane: Lane = Lane.SYNC) -> None:
        """Adds options to a dropdown, listbox, radio or checkbox. Unsafe to repeat: it would add them twice."""
        options = [
            {"field": str(field_id), "value": label, "label": label, "orderid": order, "isdefault": False}
            for order, label in enumerate(labels, start=1)
        ]
        self.write("POST", "fieldOption/bulk", {"fieldOptions": options}, lane=lane)

    def account_fields(self, *, lane: Lane = Lane.SYNC) -> list[dict[str, Any]]:
        """All custom fields of accounts. Raises NotAvailable on a plan without accounts."""
        path = "accountCustomFieldMeta"
        rows: dict[int, dict[str, Any]] = {}
        for page, _ in self.pages(path, path, lane=lane):
            rows |= {as_int(row.get("id")): row for row in page}
        return list(rows.values())

    def add_account_field(self, label: str, kind: str = "text", *, lane: Lane = Lane.SYNC) -> int:
        """The id of a new field. kind: text, textarea, date, datetime, dropdown, number, currency, …"""
        body = {"accountCustomFieldMetum": {"fieldLabel": label, "fieldType": kind, "isFormVisible": 0}}
        return self.id_in(self.write("POST", "accountCustomFieldMeta", body, lane=lane), "accountCustomFieldMetum")
