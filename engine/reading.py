"""How a page of a stream is read: by change tracking, by modification date, or record by record on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from clients import tables
from clients.dynamics_pages import Page
from engine.context import Context
from engine.opportunities.enrich import enriched
from engine.row_keys import DELETED
from sync.model import Entity, Lane

PAGE_SIZE = 1000
CHOSEN_AT_ONCE = 100
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Read:
    """One page as it is filed: raw rows, where to go on, and the watermark once there is nothing more.

    whole: it is part of a read of all records, not only of changes.
    """

    rows: list[dict[str, Any]]
    next_link: str | None
    watermark: str | None = None
    whole: bool = False


def page(context: Context, stream: dict[str, Any], mark: dict[str, Any] | None) -> Read:
    """The next page after the stream's cursor, or the first one after the watermark `mark`.

    A mark that was made for other columns or in another mode is not used: then everything is read again, and only
    differences are written.
    """
    since = begins(stream, mark)
    found = _tracked(context, stream, since) if stream["mode"] == "delta" else _modified(context, stream, since)
    return replace(found, rows=_whole(context, stream, found.rows))


def begins(stream: Mapping[str, Any], mark: Mapping[str, Any] | None) -> str | None:
    """Since when a stream reads: a change token or a date of modification; None when it reads everything."""
    same = mark is not None and mark["select_hash"] == stream["select_hash"] and mark["kind"] == stream["mode"]
    return mark["link"] if mark and same and not stream["full"] else None


def _tracked(context: Context, stream: dict[str, Any], since: str | None) -> Read:
    entity = Entity(stream["entity"])
    mapping = context.rules[entity].mapping
    found = context.dynamics.changes_page(
        tables.FACTS[entity].entity_set,
        mapping.select,
        link=stream["cursor"] or since,
        page_size=PAGE_SIZE,
        annotations=mapping.needs_annotations,
        lane=Lane(stream["lane"]),
    )
    return Read(_rows(found), found.next_link, found.delta_link, since is None)


def _modified(context: Context, stream: dict[str, Any], since: str | None) -> Read:
    """The fallback (Dataverse documentation on change tracking): `>=`, with an overlap for late commits."""
    entity = Entity(stream["entity"])
    mapping = context.rules[entity].mapping
    start = f"{datetime.fromisoformat(since) - OVERLAP:%Y-%m-%dT%H:%M:%SZ}" if since else None
    found = context.dynamics.modified_page(
        tables.FACTS[entity].entity_set,
        tables.FACTS[entity].key,
        mapping.select,
        since=start,
        link=stream["cursor"],
        page_size=PAGE_SIZE,
        annotations=mapping.needs_annotations,
        lane=Lane(stream["lane"]),
    )
    newest = found.rows[-1]["modifiedon"] if found.rows else since
    return Read(_rows(found), found.next_link, newest, since is None)


def chosen(context: Context, stream: dict[str, Any], ids: list[str]) -> list[dict[str, Any]]:
    """The records with these ids as they are now; those that are gone come as deleted rows."""
    entity = Entity(stream["entity"])
    mapping, table = context.rules[entity].mapping, tables.FACTS[entity]
    rows = context.dynamics.rows_by_id(
        table.entity_set,
        table.key,
        mapping.select,
        ids,
        annotations=mapping.needs_annotations,
        lane=Lane(stream["lane"]),
    )
    gone = set(ids) - {row[table.key] for row in rows}
    return _whole(context, stream, [*rows, *({DELETED: record_id} for record_id in sorted(gone))])


def _whole(context: Context, stream: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what other tables say about them, where something has to be asked there."""
    opportunities = stream["entity"] == Entity.OPPORTUNITY
    return enriched(context, rows, Lane(stream["lane"])) if opportunities and rows else rows


def _rows(found: Page) -> list[dict[str, Any]]:
    return [*found.rows, *({DELETED: record_id} for record_id in found.deleted_ids)]
