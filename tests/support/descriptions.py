"""The metadata of both sides as the services describe it, small enough to read."""

from __future__ import annotations

from typing import Any

from sync.model import ORDER, Entity

TEXTS = {
    Entity.ACCOUNT: ("name", "websiteurl", "telephone1", "description"),
    Entity.CONTACT: ("emailaddress1", "firstname", "lastname", "telephone1", "jobtitle"),
    Entity.LEAD: ("emailaddress1", "firstname", "lastname", "telephone1", "companyname"),
    Entity.OPPORTUNITY: ("name", "stepname"),
}
PARENT = {Entity.CONTACT: ("parentcustomerid", "Customer"), Entity.LEAD: ("parentaccountid", "Lookup")}


def described() -> dict[str, Any]:
    """Cached documents by key, as the engine keeps them."""
    tables = {f"dynamics:{entity}": _table(entity) for entity in ORDER}
    return {
        **tables,
        "dynamics:currencies": {},
        "dynamics:user": "5e0a0000-0000-4000-8000-000000000001",
        "activecampaign:fields": {
            "fields": [{"id": "5", "title": "Job Title", "type": "text", "perstag": "JOB_TITLE"}],
            "fieldOptions": [],
        },
        "activecampaign:account_fields": [
            {"id": 1, "fieldLabel": "Description", "fieldType": "textarea"},
            {"id": 2, "fieldLabel": "Phone Number", "fieldType": "text"},
        ],
        "activecampaign:lists": [{"id": 1, "name": "Newsletter", "stringid": "newsletter"}],
        "activecampaign:tags": {},
        "activecampaign:opportunity_object": None,
    }


def _table(entity: Entity) -> dict[str, Any]:
    names = TEXTS[entity]
    attributes = [_column(f"{entity}id", "Uniqueidentifier"), *(_column(name, "String") for name in names)]
    attributes += [_column("statecode", "State"), _column("statuscode", "Status"), _column("modifiedon", "DateTime")]
    if entity in PARENT:
        attributes += [_column(*PARENT[entity]), _column("donotbulkemail", "Boolean")]
    strings = [{"LogicalName": name, "MaxLength": 100, "FormatName": {"Value": "Text"}} for name in names]
    return {
        "definition": {"LogicalName": entity.value, "Attributes": attributes},
        "details": {"StringAttributeMetadata": strings},
    }


def _column(name: str, kind: str) -> dict[str, Any]:
    return {
        "LogicalName": name,
        "AttributeType": kind,
        "AttributeTypeName": {"Value": f"{kind}Type"},
        "IsValidForRead": True,
        "IsValidForCreate": True,
        "IsValidForUpdate": True,
        "RequiredLevel": {"Value": "None"},
        "DisplayName": {"UserLocalizedLabel": {"Label": name.capitalize()}, "LocalizedLabels": []},
    }
