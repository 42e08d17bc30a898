"""Rows under ids of our own: written whether or not they are there, and deleted whether or not they still are.

Source: learn.microsoft.com/power-apps/developer/data-platform, pages bulk-operations (UpsertMultiple) and
webapi/update-delete-entities-using-web-api (a PATCH without If-Match makes what is missing).
"""

from __future__ import annotations

from collections.abc import Sequence

from clients.dynamics_batch import MOST_PARTS, Part
from clients.dynamics_bulk import Bulk, Outcome, told_of
from clients.dynamics_reader import API, ODATA
from clients.dynamics_writes import Body, Written
from clients.urls import absolute
from sync.errors import Missing
from sync.model import Lane


class Upserts(Bulk):
    """Writing rows that nobody else writes."""

    def upsert_many(
        self, entity_set: str, logical: str, key: str, rows: Sequence[tuple[str, Body]], *, lane: Lane
    ) -> None:
        """Writes `(record id, body)`, up to 1,000 rows as one transaction. Raises as `update_many` does."""
        if not rows:
            return
        kind = f"Microsoft.Dynamics.CRM.{logical}"
        self._as_one(
            f"{entity_set}/Microsoft.Dynamics.CRM.UpsertMultiple",
            [{"@odata.type": kind, **body, key: one} for one, body in rows],
            lane,
        )

    def upsert_in_batch(
        self, entity_set: str, key: str, rows: Sequence[tuple[str, Body]], *, lane: Lane
    ) -> list[Outcome]:
        """Writes each for itself; in order, what became of each. Raises only for the request as a whole."""
        parts = [self._part("PATCH", f"{entity_set}({one})", key, body) for one, body in rows]
        return [told_of(row[0], outcome) for row, outcome in zip(rows, self._outcomes(parts, lane), strict=True)]

    def delete_in_batch(self, entity_set: str, ids: Sequence[str], *, lane: Lane) -> list[Outcome]:
        """Deletes each; in order, what became of each. Who is gone already counts as deleted."""
        outcomes: list[Outcome] = []
        for first in range(0, len(ids), MOST_PARTS):
            parts = [
                Part("DELETE", absolute(self.door.base_url, f"{API}/{entity_set}({one})"), dict(ODATA))
                for one in ids[first : first + MOST_PARTS]
            ]
            outcomes += self._in_one(parts, lane)
        return [Written() if isinstance(one, Missing) else one for one in outcomes]
