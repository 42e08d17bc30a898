"""Names of campaigns and automations, and the subjects of mails, so that ActiveCampaign is asked once for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from store.documents import jsonb
from store.statements import Statements, Tx

SQL = Statements("activity_names")
CAMPAIGN, AUTOMATION, MESSAGE = "campaign", "automation", "message"
Key = tuple[str, int]


def put(tx: Tx, connection_id: int, names: Mapping[Key, str]) -> None:
    """Keeps names by kind and id; "" for what has none."""
    # In one order, so that two such never wait for each other.
    rows = [{"kind": kind, "number": number, "name": name} for (kind, number), name in sorted(names.items())]
    if rows:
        SQL.run(tx, "put", connection_id=connection_id, rows=jsonb(rows))


def get(tx: Tx, connection_id: int, wanted: Iterable[Key], since: datetime) -> dict[Key, str]:
    """Those of these names that were learnt since then."""
    keys = set(wanted)
    numbers = sorted({number for _, number in keys})
    rows = SQL.rows(tx, "get", connection_id=connection_id, numbers=numbers, since=since) if numbers else []
    found = {(row["kind"], int(row["number"])): str(row["name"]) for row in rows}
    return {key: name for key, name in found.items() if key in keys}
