"""Tables, relationships and keys as the metadata shows them."""

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import RIGHTS, privilege_of
from simulators.dynamics.metadata.labels import label, managed
from simulators.dynamics.reading.keys import state_of
from simulators.dynamics.schema.catalog import Association, Key, Link, Table, stable_id
from simulators.dynamics.state import Dynamics

Shown = dict[str, Any]
CASCADE = dict.fromkeys(("Assign", "Share", "Unshare", "Merge", "Reparent", "Archive", "RollupView"), "NoCascade")


def entity(table: Table) -> Shown:
    """A table with its plain properties."""
    one, many = table.labels
    return {
        "MetadataId": table.id, "LogicalName": table.logical, "SchemaName": table.schema, "EntitySetName": table.set,
        "LogicalCollectionName": table.set, "CollectionSchemaName": table.schema + "s", "ObjectTypeCode": table.otc,
        "PrimaryIdAttribute": table.key, "PrimaryNameAttribute": table.name or None, "PrimaryImageAttribute": None,
        "ChangeTrackingEnabled": table.change_tracking,
        "CanChangeTrackingBeEnabled": managed(table.ownership != "None", "canchangetrackingbeenabled"),
        "IsOptimisticConcurrencyEnabled": table.optimistic, "IsCustomEntity": table.custom,
        "IsManaged": not table.custom,
        "IsCustomizable": managed(True, "iscustomizable"), "IsRenameable": managed(True, "isrenameable"),
        "IsActivity": table.activity is not None, "IsActivityParty": False, "IsPrivate": False, "IsIntersect": False,
        "IsAvailableOffline": True, "IsMailMergeEnabled": managed(False, "canmodifymailmerge"),
        "IsValidForAdvancedFind": True, "IsAuditEnabled": managed(False, "canmodifyauditsettings"),
        "IsDuplicateDetectionEnabled": managed(True, "canmodifyduplicatedetectionsettings"), "IsBPFEntity": False,
        "IsEnabledForExternalChannels": False, "IsLogicalEntity": False, "IsSecured": None, "TableType": "Standard",
        "OwnershipType": table.ownership, "HasActivities": table.has_activities, "HasNotes": table.has_notes,
        "HasFeedback": False, "ActivityTypeMask": 1 if table.activity else 0, "HasChanged": None,
        "IntroducedVersion": "5.0.0.0", "DisplayName": label(one, table.logical, "one"),
        "DisplayCollectionName": label(many, table.logical, "many"), "Description": label("", table.logical, "about"),
        "Privileges": [_privilege(right, table) for right in RIGHTS],
    }  # fmt: skip


def _privilege(right: str, table: Table) -> Shown:
    name = privilege_of(right, table)
    deep = dict.fromkeys(("CanBeBasic", "CanBeLocal", "CanBeDeep", "CanBeGlobal"), True)
    return {**deep, "Name": name, "PrivilegeId": stable_id("privilege", name), "PrivilegeType": right}


def one_to_many(link: Link) -> Shown:
    """A lookup's relationship, the same from both sides."""
    custom = link.column.custom
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
        "MetadataId": relationship_id(link.schema), "SchemaName": link.schema,
        "RelationshipType": "OneToManyRelationship",
        "ReferencedEntity": link.target.logical, "ReferencedAttribute": link.target.key,
        "ReferencingEntity": link.table.logical, "ReferencingAttribute": link.column.name,
        "ReferencedEntityNavigationPropertyName": link.collection,
        "ReferencingEntityNavigationPropertyName": link.nav,
        "IsCustomRelationship": custom, "IsManaged": not custom, "IsValidForAdvancedFind": True,
        "IsHierarchical": False, "IsCustomizable": managed(True, "iscustomizable"), "SecurityTypes": "Append",
        "HasChanged": None, "CascadeConfiguration": {**CASCADE, "Delete": "RemoveLink"},
    }  # fmt: skip


def many_to_many(association: Association) -> Shown:
    """A relationship between two tables through an intersect table."""
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata",
        "MetadataId": relationship_id(association.name), "SchemaName": association.name,
        "RelationshipType": "ManyToManyRelationship", "Entity1LogicalName": association.first,
        "Entity2LogicalName": association.second, "IntersectEntityName": association.intersect,
        "Entity1NavigationPropertyName": association.name, "Entity2NavigationPropertyName": association.name,
        "IsCustomRelationship": association.custom, "IsManaged": not association.custom, "HasChanged": None,
    }  # fmt: skip


def relationship_id(schema: str) -> str:
    """The MetadataId of a relationship."""
    return stable_id("relationship", schema)


def entity_key(state: Dynamics, table: Table, key: Key) -> Shown:
    """An alternate key with the state of its index."""
    return {
        "MetadataId": stable_id("key", table.logical, key.name), "LogicalName": key.name, "SchemaName": key.schema,
        "EntityLogicalName": table.logical, "KeyAttributes": list(key.columns), "IsManaged": False, "HasChanged": None,
        "EntityKeyIndexStatus": state_of(state, table, key), "AsyncJob": None, "IntroducedVersion": "1.0.0.0",
        "IsCustomizable": managed(True, "iscustomizable"), "DisplayName": label(key.label, table.logical, key.name),
    }  # fmt: skip
