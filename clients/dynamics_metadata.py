"""What tables and columns there are. Source: learn.microsoft.com, page webapi/query-metadata-web-api."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clients.answer import Json
from clients.dynamics_reader import Reader
from clients.tables import FACTS
from sync.errors import BadRecord, Stop
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

    def describe(self, *entities: Entity, lane: Lane = Lane.SYNC) -> dict[Entity, dict[str, Any]]:
        """`{"definition": {... "Attributes": [...]}, "details": {cast: [...]}}` per entity, all in one request."""
        wishes = [wish for entity in entities for wish in _wishes(entity)]
        answers = iter(self._asked(wishes, lane))
        return {
            entity: {"definition": next(answers), "details": {cast: next(answers)["value"] for cast in DETAILS}}
            for entity in entities
        }

    def _asked(self, wishes: Sequence[tuple[str, Mapping[str, object]]], lane: Lane) -> list[Json]:
        """All answers in one request; one by one where a batch is refused, which also tells which one is at fault."""
        try:
            return self.many(wishes, lane=lane)
        except (BadRecord, Stop):
            return [self.json(path, params, lane=lane) for path, params in wishes]

    def tracking_flags(self, *, lane: Lane = Lane.SYNC) -> dict[str, tuple[bool, bool]]:
        """Per table, by logical name: whether change tracking is on, and whether it can be switched on."""
        names = " or ".join(f"LogicalName eq '{facts.logical}'" for facts in FACTS.values())
        params = {"$select": "LogicalName,ChangeTrackingEnabled,CanChangeTrackingBeEnabled", "$filter": names}
        tables = self.json("EntityDefinitions", params, lane=lane)["value"]
        return {
            table["LogicalName"]: (bool(table["ChangeTrackingEnabled"]), _managed(table["CanChangeTrackingBeEnabled"]))
            for table in tables
        }


def _wishes(entity: Entity) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The definition of a table, then what each kind of column has beyond the common."""
    table = f"EntityDefinitions(LogicalName='{FACTS[entity].logical}')"
    yield table, {"$select": TABLE, "$expand": f"Attributes($select={COLUMN})"}
    for cast, (columns, expand) in DETAILS.items():
        params: dict[str, object] = {"$select": f"LogicalName,{columns}".rstrip(","), "$expand": expand or None}
        yield f"{table}/Attributes/Microsoft.Dynamics.CRM.{cast}", params


def _managed(value: Any) -> bool:
    return bool(value.get("Value", True) if isinstance(value, dict) else value)
