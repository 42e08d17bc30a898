"""Deals of ActiveCampaign: pipelines, stages, custom fields and the deals themselves. Source:
developers.activecampaign.com, pages create-a-deal-new, update-a-deal-new, delete-a-deal, retrieve-a-deal,
list-all-deals, create-a-pipeline, create-a-deal-stage, list-all-deal-stages, create-custom-deal-field-meta,
retrieve-a-contacts-deals; the custom values of a deal are behind the link dealCustomFieldData of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients.caller import PAGE, Caller
from clients.scalars import as_int, row_of, rows_of
from sync.errors import Missing
from sync.model import Lane

META = "dealCustomFieldMeta"
DATA = "dealCustomFieldData"
NOBODY = 0
"""Deals of this pipeline are assigned to nobody by themselves, so each names its owner."""


class Deals(Caller):
    """What is in the sales pipelines. There is no external id and no upsert: the same deal again is a second one."""

    def pipelines(self, *, lane: Lane) -> list[dict[str, Any]]:
        """All pipelines, `id` as int. Raises NotAvailable on a plan without deals."""
        return [_numbered(row) for page, _ in self.pages("dealGroups", "dealGroups", lane=lane) for row in page]

    def create_pipeline(self, title: str, currency: str, *, lane: Lane) -> int:
        """The id of a new pipeline. Titles are not unique: look for it first. currency: ISO code."""
        described = {"title": title, "currency": currency.lower(), "autoassign": NOBODY, "allgroups": 1}
        return self.id_in(self.write("POST", "dealGroups", {"dealGroup": described}, lane=lane), "dealGroup")

    def stages(self, pipeline: int, *, lane: Lane) -> list[dict[str, Any]]:
        """The stages of a pipeline, `id` as int, in the order of their ids."""
        params = {"filters[d_groupid]": pipeline}
        rows = (row for page, _ in self.pages("dealStages", "dealStages", params, lane=lane) for row in page)
        ours = (_numbered(row) for row in rows if as_int(row.get("group")) == pipeline)
        return sorted(ours, key=lambda row: int(row["id"]))

    def create_stage(self, pipeline: int, title: str, *, lane: Lane) -> int:
        """The id of a new stage behind the others. Titles are not unique: look for it first."""
        described = {"title": title, "group": str(pipeline)}
        return self.id_in(self.write("POST", "dealStages", {"dealStage": described}, lane=lane), "dealStage")

    def deal_fields(self, *, lane: Lane) -> list[dict[str, Any]]:
        """All custom fields of deals, raw, in the order of their ids."""
        found = {as_int(row.get("id")): row for page, _ in self.pages(META, META, lane=lane) for row in page}
        return [found[number] for number in sorted(found)]

    def add_deal_field(self, label: str, kind: str, *, lane: Lane) -> int:
        """The id of a new custom field. Labels are not unique: look for it first. kind: text, textarea, date, datetime,
        number, …"""
        described = {"fieldLabel": label, "fieldType": kind, "isFormVisible": 1}
        answer = self.write("POST", META, {"dealCustomFieldMetum": described}, lane=lane)
        return self.id_in(answer, "dealCustomFieldMetum")

    def create_deal(self, body: Mapping[str, Any], *, lane: Lane) -> int:
        """The id of a new deal. Unsafe to repeat: after an unknown outcome look at the contact's deals first."""
        return self.id_in(self.write("POST", "deals", {"deal": dict(body)}, lane=lane), "deal")

    def update_deal(self, number: int, body: Mapping[str, Any], *, lane: Lane) -> None:
        """Writes any subset of a deal, custom values among it. Raises Missing, also where its contact is."""
        self.write("PUT", f"deals/{number}", {"deal": dict(body)}, lane=lane, idempotent=True)

    def delete_deal(self, number: int, *, lane: Lane) -> None:
        """Deletes a deal, if it is there."""
        try:
            self.write("DELETE", f"deals/{number}", lane=lane, idempotent=True)
        except Missing:
            return

    def deal(self, number: int, *, lane: Lane) -> dict[str, Any] | None:
        """A deal as it is now, `id` and `contact` as int, `values` by the id of their field; None when it is gone."""
        try:
            row = row_of(self.get(f"deals/{number}", lane=lane), "deal")
        except Missing:
            return None
        return {**_numbered(row), "values": self.deal_values(number, lane=lane)} if row else None

    def deals_of(self, contact: int, *, lane: Lane) -> list[dict[str, Any]]:
        """The deals of which this contact is the primary one, `id` as int. New ones may show up after some seconds."""
        return [_numbered(row) for row in self._listed_at(f"contacts/{contact}/deals", "deals", lane)]

    def deals_page(self, pipeline: int, offset: int, *, lane: Lane) -> list[dict[str, Any]]:
        """100 deals of a pipeline after `offset`, `id` and `contact` as int; fewer are the last. Where the filter is
        ignored, those of others are among them."""
        params = {"filters[group]": pipeline, "limit": PAGE, "offset": offset, "orders[cdate]": "ASC"}
        return [_numbered(row) for row in rows_of(self.get("deals", params, lane=lane), "deals")]

    def deal_values(self, number: int, *, lane: Lane) -> dict[int, Any]:
        """The custom values of a deal as it is now, by the id of their field; none of one that is gone."""
        found: dict[int, Any] = {}
        for row in self._listed_at(f"deals/{number}/{DATA}", DATA, lane):
            if as_int(row.get("dealId") or row.get("deal") or number) == number:
                found[as_int(row.get("customFieldId") or row.get("dealCustomFieldMetumId"))] = row.get("fieldValue")
        return found

    def _listed_at(self, path: str, name: str, lane: Lane) -> list[dict[str, Any]]:
        """All rows of what hangs on one record; none where the record is gone."""
        try:
            found = rows_of(self.get(path, {"limit": PAGE}, lane=lane), name)
        except Missing:
            return []
        return found if len(found) < PAGE else [row for page, _ in self.pages(path, name, lane=lane) for row in page]


def _numbered(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "id": as_int(row.get("id")), "contact": as_int(row.get("contact"))}
