"""Custom objects of ActiveCampaign: schemas. Source: developers.activecampaign.com, pages list-all-schemas,
create-a-schema and update-a-schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients.caller import Caller
from clients.scalars import as_text, row_of
from clients.table_activecampaign import SERVICE
from sync.errors import UnknownOutcome
from sync.model import Lane

SCHEMAS = "customObjects/schemas"


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
