"""Change tracking: the initial read that ends in a delta link, and what changed since one.

Behaviour: Microsoft Learn, "Use change tracking to synchronize data with external systems".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from simulators.dynamics.access import require_global_read
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, bad_query
from simulators.dynamics.odata.options import MOST_ROWS
from simulators.dynamics.reading import cookies
from simulators.dynamics.reading.pages import context, projection_for, show_rows
from simulators.dynamics.reading.projection import Shown
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.rows import latest
from simulators.dynamics.store.storage import Session, quoted

TOKEN = re.compile(r"(\d+)!(\d\d/\d\d/\d{4} \d\d:\d\d:\d\d)")
MOMENT = "%m/%d/%Y %H:%M:%S"
EXPIRED = "Version stamp associated with the client has expired. Please perform a full sync."


@dataclass
class Window:
    """One tracked read: versions after `since` up to `until`, continued after `last`. `gone` tells its second part."""

    since: int
    until: int
    last: Any
    gone: bool = False
    page: int = 0


def read_changes(call: Call, table: Table) -> Reply:
    """A page of a tracked read. Raises ApiError (403 without Global read, 400 for what tracking refuses)."""
    check(call, table)
    floor = call.state.floors.get(table.logical, 0)
    since = since_of(call, table) if call.options.deltatoken else None
    with call.reading() as session:
        window = _window(call, session, table, since, floor)
        entries, following = _entries(call, session, table, window, since is None)
    return _body(call, table, window, since is None, entries, following)


def check(call: Call, table: Table) -> None:
    """Raises ApiError (403, 400) when the table or the query cannot be tracked for this caller."""
    require_global_read(call.caller, table)
    if not table.change_tracking and call.state.switches["tracking_off"] == "error":
        raise ApiError(400, "0x80072491", f"Entity {table.logical} isn't enabled for change tracking.")
    options = call.options
    refused = {"$filter": options.filter, "$orderby": options.orderby, "$expand": options.expand, "$top": options.top}
    for name, value in refused.items():
        if value:
            message = f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.'
            raise bad_query(message, call.state.switches["tracking_status"])


def since_of(call: Call, table: Table) -> int:
    """The version in a delta token. Raises ApiError for a token that is malformed, foreign or too old."""
    token = call.options.deltatoken or ""
    found = TOKEN.fullmatch(token)
    if not found:
        raise ApiError(400, "0x80044183", "Invalid version stamp")
    status = call.state.switches["expired_token_status"]
    with call.state.storage.read() as session:
        days = session.value("SELECT expirechangetrackingindays FROM organization")
    made = datetime.strptime(found[2], MOMENT).replace(tzinfo=UTC)
    old = call.state.clock.now() - made > timedelta(days=days)
    below = int(found[1]) < call.state.floors.get(table.logical, 0)
    if old or below or call.fault("expired_token"):
        raise ApiError(status, "0x80044352", EXPIRED)
    if (table.logical, token, _selection(call)) not in call.state.issued:
        raise ApiError(400, "0x80044183", "Invalid version stamp")
    return int(found[1])


def _selection(call: Call) -> str:
    return ",".join(call.options.select or ["*"])


def _window(call: Call, session: Session, table: Table, since: int | None, floor: int) -> Window:
    if call.options.skiptoken:
        page, state = cookies.taste(call.options.skiptoken, _binding(call))
        return Window(page=page, **state)
    until = max(latest(session, table), floor)
    # A token of an empty table holds version 0, and the first key of a full read is the empty text.
    return Window(since or 0, until, last="" if since is None else since)


def _binding(call: Call) -> str:
    return f"{call.raw_path}?{cookies.without_token(call.options.raw)}#tracking"


def _entries(
    call: Call, session: Session, table: Table, window: Window, initial: bool
) -> tuple[list[Shown], dict[str, Any] | None]:
    size = call.prefer.page_size or MOST_ROWS
    rows, following = _changed(call, session, table, window, initial, size)
    if following is None and not initial:
        stones, following = _deleted(call, session, table, window, size - len(rows))
        rows += stones
    return rows, following


def _changed(
    call: Call, session: Session, table: Table, window: Window, initial: bool, size: int
) -> tuple[list[Shown], dict[str, Any] | None]:
    if window.gone:
        return [], None
    by = table.key if initial else "versionnumber"
    projection = projection_for(call, table, [by])
    upto = "" if initial else f" AND t.versionnumber <= {window.until}"
    sql = (
        f"SELECT {projection.sql('t')} FROM {quoted(table.logical)} t WHERE t.{quoted(by)} > ?{upto} "
        f"ORDER BY t.{quoted(by)} LIMIT {size + 1}"
    )
    rows = session.rows(sql, (window.last,))
    shown = show_rows(call, session, projection, rows[:size])
    if len(rows) <= size:
        return shown, None
    last = rows[size - 1][projection.physical.index(by)]
    return shown, {"since": window.since, "until": window.until, "last": last}


def _deleted(
    call: Call, session: Session, table: Table, window: Window, room: int
) -> tuple[list[Shown], dict[str, Any] | None]:
    """Stones of deleted rows, after all changed rows."""
    last = window.last if window.gone else window.since
    sql = 'SELECT id, version FROM "~gone" WHERE tbl = ? AND version > ? AND version <= ? ORDER BY version LIMIT ?'
    rows = session.rows(sql, (table.logical, last, window.until, room + 1))
    where = f"{call.root}$metadata#{table.set}/$deletedEntity"
    stones = [{"@odata.context": where, "id": row_id, "reason": "deleted"} for row_id, _ in rows[:room]]
    if len(rows) <= room:
        return stones, None
    reached = rows[room - 1][1] if room else last
    return stones, {"since": window.since, "until": window.until, "last": reached, "gone": True}


def _body(
    call: Call, table: Table, window: Window, initial: bool, entries: list[Shown], following: dict[str, Any] | None
) -> Reply:
    entries = _disturbed(call, entries)
    body: dict[str, Any] = {"@odata.context": context(call, table, "" if initial else "/$delta"), "value": entries}
    if call.options.count:
        body["@odata.count"] = len(entries)
    address = f"{call.root}{call.raw_path}"
    if following:
        token = cookies.bake(window.page + 1, following, _binding(call), tracking=True)
        body["@odata.nextLink"] = cookies.link(address, call.options.raw, token)
    elif table.change_tracking:
        body["@odata.deltaLink"] = _delta_link(call, table, address, window.until)
    return answer(call, body, cost_s=0.02 + len(entries) * 0.00005)


def _delta_link(call: Call, table: Table, address: str, version: int) -> str:
    token = f"{version}!{call.state.clock.now().strftime(MOMENT)}"
    call.state.issued.add((table.logical, token, _selection(call)))
    kept = [part for part in call.options.raw.split("&") if part and "token=" not in part]
    return f"{address}?{'&'.join([*kept, '$deltatoken=' + quote(token, safe='')])}"


def _disturbed(call: Call, entries: list[Shown]) -> list[Shown]:
    """Faults on demand: a row delivered twice, rows out of order."""
    if entries and call.fault("duplicate_delta_row"):
        entries = [*entries, entries[0]]
    return entries[::-1] if call.fault("unordered_delta") else entries


def count_changes(call: Call, table: Table) -> int:
    """How many entries a delta read would return."""
    check(call, table)
    since = since_of(call, table)
    with call.reading() as session:
        changed = session.value(f"SELECT count(*) FROM {quoted(table.logical)} WHERE versionnumber > ?", (since,))
        gone = session.value('SELECT count(*) FROM "~gone" WHERE tbl = ? AND version > ?', (table.logical, since))
    return int(changed) + int(gone)
