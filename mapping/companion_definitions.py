"""The tables of ac365 as bodies for Dataverse's Web API.

Sources: learn.microsoft.com, pages webapi/create-update-entity-definitions-using-web-api, webapi/create-update-column-
definitions-using-web-api and webapi/create-update-entity-relationships-using-web-api; lower bounds and formats from
repository microsoft/PowerPlatform-DataverseClient-Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Final

from mapping import companion
from mapping.companion_tables import NAME, NAME_LENGTH, Column, Table

Body = dict[str, Any]
_TYPE: Final = "Microsoft.Dynamics.CRM."
_OPTIONAL: Final = {"Value": "None"}
# Whoever deletes a lead needs no right on our rows for it: they only lose the link.
_CASCADE: Final = {
    **dict.fromkeys(("Assign", "Share", "Unshare", "Reparent", "Merge"), "NoCascade"),
    "Delete": "RemoveLink",
}


def label(text: str, language: int) -> Body:
    """A text in the environment's base language, without which no label is taken."""
    one = {"@odata.type": f"{_TYPE}LocalizedLabel", "Label": text, "LanguageCode": language}
    return {"@odata.type": f"{_TYPE}Label", "LocalizedLabels": [one]}


def publisher() -> Body:
    """The row of the publisher."""
    return {
        "uniquename": companion.PUBLISHER,
        "friendlyname": "ac365",
        "description": "Open sync between Dynamics 365 and ActiveCampaign",
        "customizationprefix": companion.PREFIX,
        "customizationoptionvalueprefix": companion.OPTION_PREFIX,
    }


def solution() -> Body:
    """The row of the solution, without its publisher."""
    return {"uniquename": companion.SOLUTION, "friendlyname": "ac365", "version": "1.0.0.0"}


def table(one: Table, language: int) -> Body:
    """EntityMetadata with the primary column; the others follow one by one, so that each can be missing by itself."""
    name = {
        "@odata.type": f"{_TYPE}StringAttributeMetadata",
        "SchemaName": NAME,
        "IsPrimaryName": True,
        "MaxLength": NAME_LENGTH,
        "FormatName": {"Value": "Text"},
        "RequiredLevel": _OPTIONAL,
        "DisplayName": label("Name", language),
    }
    return {
        "@odata.type": f"{_TYPE}EntityMetadata",
        "SchemaName": one.schema,
        "DisplayName": label(one.label, language),
        "DisplayCollectionName": label(one.plural, language),
        "Description": label(one.description, language),
        "OwnershipType": ownership(one),
        "IsActivity": False,
        "HasActivities": False,
        "HasNotes": False,
        "ChangeTrackingEnabled": one.tracked,
        "Attributes": [name],
    }


def ownership(one: Table) -> str:
    """As the metadata calls it."""
    return "UserOwned" if one.owned else "OrganizationOwned"


def column(one: Column, language: int) -> Body:
    """The metadata of a column that is no lookup."""
    common = {
        "@odata.type": f"{_TYPE}{one.kind}AttributeMetadata",
        "SchemaName": one.schema,
        "RequiredLevel": _OPTIONAL,
        "DisplayName": label(one.label, language),
    }
    return {**common, **_particulars(one, language)}


def _particulars(one: Column, language: int) -> Body:
    if one.kind == "String":
        return {"MaxLength": one.length, "FormatName": {"Value": "Text"}}
    if one.kind == "Memo":
        return {"MaxLength": one.length, "FormatName": {"Value": "Text"}, "ImeMode": "Auto"}
    if one.kind == "DateTime":
        return {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}, "ImeMode": "Inactive"}
    if one.kind == "Boolean":
        yes, no = ({"Value": value, "Label": label(text, language)} for value, text in ((1, "Yes"), (0, "No")))
        pair = {"@odata.type": f"{_TYPE}BooleanOptionSetMetadata", "TrueOption": yes, "FalseOption": no}
        return {"DefaultValue": False, "OptionSet": pair}
    options = [{"Value": int(option), "Label": label(words(option), language)} for option in one.options or ()]
    chosen = {"IsGlobal": False, "OptionSetType": "Picklist", "Options": options}
    return {"OptionSet": {"@odata.type": f"{_TYPE}OptionSetMetadata", **chosen}}


def words(option: IntEnum) -> str:
    """`Automation entered`: what people read."""
    return option.name.replace("_", " ").capitalize()


def relationship_name(of: Table, one: Column) -> str:
    """The schema name of the relationship behind a lookup."""
    return f"{companion.PREFIX}_{one.target}_{of.logical}"


def relationship(of: Table, one: Column, language: int) -> Body:
    """OneToManyRelationshipMetadata, which makes the lookup."""
    lookup = {
        "@odata.type": f"{_TYPE}LookupAttributeMetadata",
        "SchemaName": one.schema,
        "RequiredLevel": _OPTIONAL,
        "DisplayName": label(one.label, language),
    }
    return {
        "@odata.type": f"{_TYPE}OneToManyRelationshipMetadata",
        "SchemaName": relationship_name(of, one),
        "ReferencedEntity": one.target,
        "ReferencingEntity": of.logical,
        "CascadeConfiguration": _CASCADE,
        "Lookup": lookup,
    }


def key_name(of: Table) -> str:
    """The schema name of a table's alternate key."""
    return f"{of.key}key"


def key(of: Table, language: int) -> Body:
    """EntityKeyMetadata."""
    return {"SchemaName": key_name(of), "KeyAttributes": [of.key], "DisplayName": label("ac365 key", language)}


def option(of: Table, one: Column, value: IntEnum, language: int) -> Body:
    """The parameters of InsertOptionValue."""
    return {
        "EntityLogicalName": of.logical,
        "AttributeLogicalName": one.logical,
        "Value": int(value),
        "Label": label(words(value), language),
        "SolutionUniqueName": companion.SOLUTION,
    }


def whole(of: Table, language: int) -> Iterator[tuple[str, Body]]:
    """What to post, in order, for a table that isn't there at all: the path below the Web API, and the body."""
    yield "EntityDefinitions", table(of, language)
    place = f"EntityDefinitions(LogicalName='{of.logical}')"
    for one in of.columns:
        if one.kind == "Lookup":
            yield "RelationshipDefinitions", relationship(of, one, language)
        else:
            yield f"{place}/Attributes", column(one, language)
    if of.key:
        yield f"{place}/Keys", key(of, language)
