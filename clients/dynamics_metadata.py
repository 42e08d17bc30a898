"""What tables and columns there are. Source: learn.microsoft.com, page webapi/query-metadata-web-api."""

from __future__ import annotations

from typing import Any

from clients.dynamics_reader import Reader
from clients.tables import FACTS
from sync.model import Entity, Lane

TABLE = (
    "LogicalName,SchemaName,EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute,ObjectTypeCode,"
    "ChangeTrackingEnabled,IsOptimisticConcurrencyEnabled,IsCustomizable"
)
COLUMN = (
    "LogicalName,SchemaName,AttributeType,AttributeTypeName,RequiredLevel,IsValidForRead,IsValidForCreate,"
    "IsValidForUpdate,IsCustomAttribute,IsSecured,IsLogical,AttributeOf,SourceType,DisplayName"
)
OPTIONS = "OptionSet($select=Options)"
# What each kind of column has beyond the common, and what must be expanded for it.
DETAILS = {
    "StringAttributeMetadata": ("MaxLength,FormatName", ""),
    "MemoAttributeMetadata": ("MaxLength", ""),
    "IntegerAttributeMetadata": ("MinValue,MaxValue", ""),
    "DecimalAttributeMetadata": ("MinValue,MaxValue,Precision", ""),
    "DoubleAttributeMetadata": ("MinValue,MaxValue,Precision", ""),
    "MoneyAttributeMetadata": ("MinValue,MaxValue,Precision,PrecisionSource", ""),
    "DateTimeAttributeMetadata": ("Format,DateTimeBehavior", ""),
    "LookupAttributeMetadata": ("Targets", ""),
    "PicklistAttributeMetadata": (
        "DefaultFormValue",
        "OptionSet($select=Name,IsGlobal,Options),GlobalOptionSet($select=Name,Options)",
    ),
    "MultiSelectPicklistAttributeMetadata": ("", f"{OPTIONS},GlobalOptionSet($select=Options)"),
    "StateAttributeMetadata": ("", OPTIONS),
    "StatusAttributeMetadata": ("", OPTIONS),
    "BooleanAttributeMetadata": ("DefaultValue", "OptionSet($select=TrueOption,FalseOption)"),
}


class Metadata(Reader):
    """Definitions, raw as the service gives them."""

    def describe(self, entity: Entity, *, lane: Lane = Lane.SYNC) -> dict[str, Any]:
        """`{"definition": {... "Attributes": [...]}, "details": {cast: [...]}}`; costs 14 requests."""
        table = f"EntityDefinitions(LogicalName='{FACTS[entity].logical}')"
        definition = self.json(table, {"$select": TABLE, "$expand": f"Attributes($select={COLUMN})"}, lane=lane)
        return {"definition": definition, "details": {cast: self._details(table, cast, lane) for cast in DETAILS}}

    def tracking_flags(self, *, lane: Lane = Lane.SYNC) -> dict[str, tuple[bool, bool]]:
        """Per table, by logical name: whether change tracking is on, and whether it can be switched on."""
        names = " or ".join(f"LogicalName eq '{facts.logical}'" for facts in FACTS.values())
        params = {"$select": "LogicalName,ChangeTrackingEnabled,CanChangeTrackingBeEnabled", "$filter": names}
        tables = self.json("EntityDefinitions", params, lane=lane)["value"]
        return {
            table["LogicalName"]: (bool(table["ChangeTrackingEnabled"]), _managed(table["CanChangeTrackingBeEnabled"]))
            for table in tables
        }

    def _details(self, table: str, cast: str, lane: Lane) -> list[dict[str, Any]]:
        columns, expand = DETAILS[cast]
        params = {"$select": f"LogicalName,{columns}".rstrip(","), "$expand": expand or None}
        answer = self.json(f"{table}/Attributes/Microsoft.Dynamics.CRM.{cast}", params, lane=lane)
        return list(answer["value"])


def _managed(value: Any) -> bool:
    return bool(value.get("Value", True) if isinstance(value, dict) else value)
