"""Custom objects: real numbers, real UTC."""

from __future__ import annotations

from simulators.activecampaign.core.dates import utc_iso
from simulators.activecampaign.model.table import Row

_ICON = "https://static.activecampaign.example/object.png"


def schema(row: Row, show_all: bool = False) -> Row:
    """A schema; fields marked for deletion only where all were asked for."""
    fields = [field for field in row["fields"] if show_all or field.get("status") != "marked_for_deletion"]
    stamps = {"createdTimestamp": utc_iso(row["created"]), "updatedTimestamp": utc_iso(row["updated"])}
    kept = {key: value for key, value in row.items() if key not in ("created", "updated")}
    return {**kept, "fields": fields, "icons": {"default": _ICON}, **stamps}


def record(row: Row) -> Row:
    """A record as GET shows it."""
    stamps = {"createdTimestamp": utc_iso(row["created"]), "updatedTimestamp": utc_iso(row["updated"])}
    keys = ("id", "externalId", "schemaId", "fields", "relationships")
    return {**{key: row[key] for key in keys}, **stamps}


def written(row: Row, with_id: bool) -> Row:
    """The answer to an upsert, live without the record's own id (S19)."""
    whole = record(row)
    return whole if with_id else {key: value for key, value in whole.items() if key != "id"}
