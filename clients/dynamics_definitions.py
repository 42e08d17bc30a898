"""Tables, columns, relationships, keys and choices of ac365's own: read in detail, made, deleted.

Sources: learn.microsoft.com, pages webapi/create-update-entity-definitions-using-web-api, webapi/create-update-column-
definitions-using-web-api, webapi/create-update-entity-relationships-using-web-api, define-alternate-keys-entity; the
actions InsertOptionValue and ReactivateEntityKey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clients.answer import Json
from clients.dynamics_definer import Definer
from sync.model import Lane

TABLE: Final = "LogicalName,SchemaName,EntitySetName,OwnershipType,ChangeTrackingEnabled,IsActivity"
COLUMNS: Final = "Attributes($select=LogicalName,SchemaName,AttributeType)"
KEYS: Final = "Keys($select=SchemaName,LogicalName,KeyAttributes,EntityKeyIndexStatus)"
LOOKUPS: Final = "ManyToOneRelationships($select=SchemaName,ReferencingAttribute,ReferencedEntity)"
CHOICES: Final = "OptionSet($select=Options),GlobalOptionSet($select=Options)"
DETAILS: Final[Mapping[str, tuple[str, str]]] = {
    "StringAttributeMetadata": ("LogicalName,MaxLength", ""),
    "MemoAttributeMetadata": ("LogicalName,MaxLength", ""),
    "PicklistAttributeMetadata": ("LogicalName", CHOICES),
    "DateTimeAttributeMetadata": ("LogicalName,Format", ""),
}


class Definitions(Definer):
    """Definitions by logical names, past the caches."""

    def own_tables(self, names: Sequence[str], *, lane: Lane) -> dict[str, dict[str, Any]]:
        """The tables of these names that exist, each as EntityMetadata with Attributes, Keys, ManyToOneRelationships,
        and under `details` what each kind of column has beyond the common."""
        listed = " or ".join(f"LogicalName eq '{name}'" for name in names)
        wanted = {"$select": TABLE, "$filter": listed, "$expand": f"{COLUMNS},{KEYS},{LOOKUPS}"}
        tables = self.strong("EntityDefinitions", wanted, lane=lane)["value"]
        return {table["LogicalName"]: {**table, "details": self._details(table, lane)} for table in tables}

    def _details(self, table: Mapping[str, Any], lane: Lane) -> dict[str, dict[str, Any]]:
        below = f"EntityDefinitions(LogicalName='{table['LogicalName']}')/Attributes/Microsoft.Dynamics.CRM."
        found: dict[str, dict[str, Any]] = {}
        for cast, (columns, expand) in DETAILS.items():
            params: dict[str, object] = {"$select": columns, "$expand": expand or None}
            found |= {one["LogicalName"]: one for one in self.strong(f"{below}{cast}", params, lane=lane)["value"]}
        return found

    def make_table(self, body: Json, solution: str, *, lane: Lane) -> None:
        """body: EntityMetadata with its primary column. Raises as `define`."""
        self.define("POST", "EntityDefinitions", body, solution=solution, lane=lane)

    def make_column(self, table: str, body: Json, solution: str, *, lane: Lane) -> None:
        """body: the metadata of a column that is no lookup. Raises as `define`."""
        self.define("POST", f"EntityDefinitions(LogicalName='{table}')/Attributes", body, solution=solution, lane=lane)

    def make_relationship(self, body: Json, solution: str, *, lane: Lane) -> None:
        """body: OneToManyRelationshipMetadata with its lookup. Raises as `define`."""
        self.define("POST", "RelationshipDefinitions", body, solution=solution, lane=lane)

    def make_key(self, table: str, body: Json, solution: str, *, lane: Lane) -> None:
        """body: EntityKeyMetadata. The index is built afterwards. Raises as `define`."""
        self.define("POST", f"EntityDefinitions(LogicalName='{table}')/Keys", body, solution=solution, lane=lane)

    def reactivate_key(self, table: str, key: str, *, lane: Lane) -> None:
        """Has an index built again that failed; key: its logical name. Raises as `define`."""
        self.define("POST", "ReactivateEntityKey", {"EntityLogicalName": table, "EntityKeyLogicalName": key}, lane=lane)

    def add_option(self, body: Json, *, lane: Lane) -> None:
        """body: the parameters of InsertOptionValue. It shows once the table is published. Raises as `define`."""
        self.define("POST", "InsertOptionValue", body, lane=lane)

    def track_changes(self, table: str, *, lane: Lane) -> None:
        """Switches change tracking on: PUT takes the whole definition, and publishing it makes it so."""
        path = f"EntityDefinitions(LogicalName='{table}')"
        whole = self.strong(path, lane=lane)
        kept = {name: value for name, value in whole.items() if not name.startswith("@odata.context")}
        self.define("PUT", path, {**kept, "ChangeTrackingEnabled": True}, merging=True, lane=lane)

    def drop_table(self, table: str, *, lane: Lane) -> None:
        """Deletes a table with its rows. Raises as `define`."""
        self.drop(f"EntityDefinitions(LogicalName='{table}')", lane=lane)

    def rows_in(self, entity_set: str, *, lane: Lane) -> int:
        """How many rows there are; the service counts to 5,000."""
        answer = self.get(f"{entity_set}/$count", lane=lane, parse=False)
        return int(answer.text.strip().lstrip("\ufeff") or 0)
