"""Pages of records as Dataverse sends them, and what their annotations mean.

Source: learn.microsoft.com/power-apps/developer/data-platform, pages webapi/query/page-results and
use-change-tracking-synchronize-data-external-systems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clients.faults import PagingLoop, TrackingOff
from clients.tables import POLYMORPHIC

Row = dict[str, Any]

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Exactly one of `next_link` and `delta_link` is set while changes are tracked; keep them as they are.

    delta: the rows are changes since a delta link, not all there is; deleted_ids: records that are gone.
    """

    rows: list[Row]
    deleted_ids: list[str]
    next_link: str | None
    delta_link: str | None
    delta: bool


def version_of(row: Mapping[str, Any]) -> int:
    """The record's version, which grows with each change: from `W/"4711"`, else `versionnumber`, else 0."""
    found = re.search(r"\d+", str(row.get("@odata.etag") or row.get("versionnumber") or ""))
    return int(found[0]) if found else 0


def prefer(select: Sequence[str], *, page_size: int | None, track: bool, annotations: bool) -> str:
    """The header `Prefer`. Annotations cost bytes; without any nobody knows where a polymorphic lookup points to."""
    wanted = [FORMATTED, LOOKUP_NAME] if annotations else []
    if not wanted and any(name in POLYMORPHIC for name in select):
        wanted = [LOOKUP_NAME]
    parts = ["odata.track-changes"] if track else []
    parts += [f"odata.maxpagesize={page_size}"] if page_size else []
    parts += [f'odata.include-annotations="{",".join(wanted)}"'] if wanted else []
    return ",".join(parts)


def page_from(data: Mapping[str, Any], *, key: str, asked: str | None) -> Page:
    """Parses one answer; `asked` is the link it answers. Raises PagingLoop when it leads to itself."""
    values = data.get("value") or []
    deleted = {str(value.get("id")): None for value in values if _is_deleted(value)}
    link = data.get("@odata.nextLink")
    if link and link == asked:
        raise PagingLoop("Dynamics: the link to the next page leads to the same page", code="dynamics.paging_loop")
    return Page(
        rows=newest((value for value in values if not _is_deleted(value)), key),
        deleted_ids=list(deleted),
        next_link=link,
        delta_link=data.get("@odata.deltaLink"),
        delta=str(data.get("@odata.context", "")).endswith("/$delta") or "deltatoken=" in (asked or "").lower(),
    )


def newest(rows: Iterable[Row], key: str) -> list[Row]:
    """One row per record: a feed that is read while people work may hold two versions of one."""
    latest: dict[str, Row] = {}
    for row in rows:
        known = latest.get(row[key])
        if known is None or version_of(row) >= version_of(known):
            latest[row[key]] = row
    return list(latest.values())


def corrected(page: Page, living: Iterable[Row], key: str) -> Page:
    """`page` with those of its deleted records that turned out to be alive, as they are now."""
    alive = {row[key]: row for row in living}
    gone = [one for one in page.deleted_ids if one not in alive]
    rows = [alive.get(row[key], row) for row in page.rows if row[key] not in gone]
    return Page(rows, gone, page.next_link, page.delta_link, page.delta)


def require_tracking(page: Page, table: str) -> None:
    """Some environments don't refuse, they just never send a delta link (repository drasi-project/drasi-core)."""
    if not page.next_link and not page.delta_link:
        raise TrackingOff(f"Dynamics: change tracking is off for {table}", code="dynamics.tracking_off")


def _is_deleted(value: Mapping[str, Any]) -> bool:
    return str(value.get("@odata.context", "")).endswith("/$deletedEntity") or (
        "id" in value and "reason" in value and "@odata.etag" not in value
    )
