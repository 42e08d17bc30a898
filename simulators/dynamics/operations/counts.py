"""Counting: /$count of a table and RetrieveTotalRecordCount.

Caps and snapshot age: Microsoft Learn, "Count number of rows".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

import re

from simulators.dynamics.access import require
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError
from simulators.dynamics.odata.options import MOST_ROWS
from simulators.dynamics.reading.delta import count_changes
from simulators.dynamics.reading.pages import condition_of, count_rows
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.storage import quoted


def count(call: Call, table: Table) -> Reply:
    """A number as plain text behind a byte-order mark; changes since a token are counted without the cap."""
    if call.options.deltatoken:
        number = count_changes(call, table)
    else:
        with call.reading() as session:
            number = count_rows(session, table, condition_of(call, session, table), MOST_ROWS)
    return Reply(200, f"\ufeff{number}".encode(), content_type="text/plain")


def totals(call: Call) -> Reply:
    """RetrieveTotalRecordCount: uncapped numbers from a snapshot that may be a day old."""
    names = re.findall(r"['\"](\w+)['\"]", call.options.aliases.get("@p1", "") + (call.path[0].key or ""))
    unknown = [name for name in names if name not in call.state.catalog.tables]
    if unknown:
        raise ApiError(
            404, "0x80041102", f"The entity with a name = '{unknown[0]}' was not found in the MetadataCache."
        )
    values = [_snapshot(call, call.state.catalog.tables[name]) for name in names]
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse"
    listed = {"Count": len(names), "IsReadOnly": False, "Keys": names, "Values": values}
    return answer(call, {"@odata.context": where, "EntityRecordCountCollection": listed})


def _snapshot(call: Call, table: Table) -> int:
    require(call.caller, "Read", table)
    now = call.state.clock.seconds()
    taken, number = call.state.counts.get(table.logical, (0.0, 0))
    if now - taken >= call.state.switches["count_snapshot_h"] * 3600:
        with call.reading() as session:
            number = int(session.value(f"SELECT count(*) FROM {quoted(table.logical)}"))
        call.state.counts[table.logical] = (now, number)
    return number
