"""The tables that ac365 has in Dynamics, made by a system administrator from their description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from support.hands import Hands

from mapping.companion_tables import NAME, NAME_LENGTH, TABLES, Column, Table

CRM = "Microsoft.Dynamics.CRM."


def furnish(hands: Hands) -> None:
    """Makes the three tables, and lets ac365's application user work with them."""
    headers = hands.administrator()
    for table in TABLES:
        for path, body in _definitions(table):
            answer = requests.post(f"{hands.crm.url}/api/data/v9.2/{path}", json=body, headers=headers)
            assert answer.ok, (path, answer.text)
        hands.allow(*(f"prv{right}{table.schema}" for right in ("Create", "Read", "Write", "Delete", "Append")))
    hands.allow("prvAppendToLead", "prvAppendToContact")


def _definitions(table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    name = {"@odata.type": f"{CRM}StringAttributeMetadata", "IsPrimaryName": True, "MaxLength": NAME_LENGTH}
    owner = "UserOwned" if table.owned else "OrganizationOwned"
    body = {"SchemaName": table.schema, "DisplayName": _label(table.label), "HasActivities": False, "HasNotes": False}
    body |= {"DisplayCollectionName": _label(table.plural), "OwnershipType": owner, "EntitySetName": table.set}
    yield "EntityDefinitions", {**body, "Attributes": [{**name, "SchemaName": NAME}]}
    for column in table.columns:
        yield _relation(table, column) if column.target else _attribute(table, column)
    if table.key:
        key = {"SchemaName": f"{table.schema}_Key", "KeyAttributes": [table.key], "DisplayName": _label("Key")}
        yield f"EntityDefinitions(LogicalName='{table.logical}')/Keys", key


def _relation(table: Table, column: Column) -> tuple[str, dict[str, Any]]:
    lookup = {"SchemaName": column.schema, "DisplayName": _label(column.label)}
    relation = {"@odata.type": f"{CRM}OneToManyRelationshipMetadata", "ReferencedEntity": column.target}
    relation |= {"SchemaName": f"ac365_{column.target}_{table.logical}", "ReferencingEntity": table.logical}
    return "RelationshipDefinitions", {**relation, "Lookup": lookup}


def _attribute(table: Table, column: Column) -> tuple[str, dict[str, Any]]:
    body: dict[str, Any] = {"@odata.type": f"{CRM}{column.kind}AttributeMetadata", "SchemaName": column.schema}
    body |= {"DisplayName": _label(column.label)}
    body |= {"MaxLength": column.length} if column.length else {}
    if column.options:
        options = [{"Value": int(one), "Label": _label(one.name)} for one in column.options]
        body |= {"OptionSet": {"Options": options}}
    return f"EntityDefinitions(LogicalName='{table.logical}')/Attributes", body


def _label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}
