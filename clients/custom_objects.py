"""Custom objects of ActiveCampaign: schemas and records. Source: developers.activecampaign.com, pages list-all-schemas,
create-a-schema, update-a-schema, create-or-update-record, list-records-created-from-a-schema and
delete-a-record-by-external-id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from clients.caller import PAGE, Caller
from clients.scalars import as_text, row_of, rows_of
from clients.table_activecampaign import SERVICE
from sync.errors import UnknownOutcome
from sync.model import Lane

SCHEMAS = "customObjects/schemas"
RECORDS = "customObjects/records"
CREATED = "orders[createdTimestamp]"
ABSENT = (400, 404)
"""What a record that isn't there is answered with; the pages show both."""


class CustomObjects(Caller):
    """Kinds of records that the account has beside contacts, accounts and deals."""

    def schemas(self, *, lane: Lane) -> list[dict[str, Any]]:
        """All schemas with all fields, those marked for deletion too. Empty where the plan has none of its own."""
        params = {"showFields": "all"}
        return [row for page, _ in self.pages(SCHEMAS, "schemas", params, lane=lane) for row in page]

    def create_schema(self, definition: Mapping[str, Any], *, lane: Lane) -> str:
        """Makes a schema and answers with its id, a UUID. Raises NotAvailable where the plan has no custom objects."""
        answer = self.write("POST", SCHEMAS, {"schema": dict(definition)}, lane=lane)
        number = as_text(row_of(answer.data, "schema").get("id"))
        if not number:
            raise UnknownOutcome(
                f"{SERVICE}: the answer does not name the schema",
                code=f"{SERVICE}.unknown_outcome",
                status=answer.status,
            )
        return number

    def replace_schema(self, number: str, definition: Mapping[str, Any], *, lane: Lane) -> None:
        """Writes the whole definition of a schema; fields that it leaves out stay."""
        self.write("PUT", f"{SCHEMAS}/{number}", {"schema": dict(definition)}, lane=lane, idempotent=True)

    def put_record(
        self,
        schema: str,
        external_id: str,
        fields: Sequence[Mapping[str, Any]],
        relationships: Mapping[str, int],
        *,
        lane: Lane,
    ) -> None:
        """Creates or replaces the record with this external id: what is left out of `fields` is cleared.

        Repeating it changes nothing, so an answer that was lost does no harm. relationships: id of one contact each.
        """
        record = {
            "externalId": external_id,
            "schemaId": schema,
            "fields": list(fields),
            "relationships": {name: [number] for name, number in relationships.items()},
        }
        self.write("POST", f"{RECORDS}/{schema}", {"record": record}, lane=lane, idempotent=True)

    def delete_record(self, schema: str, external_id: str, *, lane: Lane) -> None:
        """Deletes the record with this external id, if it is there."""
        path = f"{RECORDS}/{schema}/external/{quote(external_id, safe='')}"
        self.write("DELETE", path, lane=lane, idempotent=True, accept=ABSENT)

    def records_page(self, schema: str, offset: int, *, lane: Lane) -> list[dict[str, Any]]:
        """100 records after `offset`, the oldest first; fewer are the last. New ones show up after some seconds."""
        params = {"limit": PAGE, "offset": offset, CREATED: "ASC"}
        return list(rows_of(self.get(f"{RECORDS}/{schema}", params, lane=lane), "records"))

    def record(self, schema: str, external_id: str, *, lane: Lane) -> dict[str, Any] | None:
        """The record with this external id as it is now, None when there is none: only lists lag behind."""
        path = f"{RECORDS}/{schema}/external/{quote(external_id, safe='')}"
        answer = self._send("GET", path, lane=lane, accept=ABSENT)
        return None if answer.status in ABSENT else dict(row_of(answer.data, "record")) or None
