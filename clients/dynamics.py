"""The client of Dynamics 365, over the Dataverse Web API, v9.2: all groups of calls in one, and reading of changes."""

from __future__ import annotations

from collections.abc import Sequence

from clients.dynamics_artefacts import Artefacts
from clients.dynamics_metadata import Metadata
from clients.dynamics_pages import Page, Row, corrected, page_from, prefer, require_tracking
from clients.dynamics_privileges import Privileges
from clients.dynamics_upserts import Upserts
from clients.dynamics_users import Users
from clients.tables import BY_SET
from sync.model import Lane

COUNT_CAP = 5_000


class Dynamics(Metadata, Privileges, Users, Upserts, Artefacts):
    """One environment. Every method takes the lane whose share of the request budget it uses."""

    def organization_id(self, *, lane: Lane = Lane.SYNC) -> str:
        """The environment's own id: a copy of production has another one."""
        return self.who_am_i(lane=lane)["OrganizationId"]

    def expiry_days(self, *, lane: Lane = Lane.SYNC) -> int:
        """Days that a delta link lives. 7 when the environment does not say, the documented default of today."""
        rows = self.json("organizations", {"$select": "expirechangetrackingindays"}, lane=lane)["value"]
        return int((rows[0].get("expirechangetrackingindays") if rows else None) or 7)

    def currencies(self, *, lane: Lane = Lane.SYNC) -> dict[str, str]:
        """ISO codes by id of the environment's currencies: an amount means nothing without its own."""
        rows = self.json("transactioncurrencies", {"$select": "transactioncurrencyid,isocurrencycode"}, lane=lane)
        return {row["transactioncurrencyid"]: row["isocurrencycode"] for row in rows["value"]}

    def changes_page(
        self,
        entity_set: str,
        select: Sequence[str],
        *,
        link: str | None = None,
        page_size: int = 1000,
        annotations: bool = False,
        lane: Lane,
    ) -> Page:
        """One page of a read with change tracking: the first without `link`, then by the link of the page before.

        Raises TrackingOff, Resync when the link has expired, PagingLoop. All pages want the same size and columns.
        """
        wanted = prefer(select, page_size=page_size, track=True, annotations=annotations)
        params = None if link else {"$select": ",".join(select)}
        data = self.json(link or entity_set, params, prefer=wanted, lane=lane)
        key = BY_SET[entity_set].key
        page = page_from(data, key=key, asked=link)
        require_tracking(page, entity_set)
        doubtful = [row[key] for row in page.rows if row[key] in set(page.deleted_ids)]
        if not doubtful:
            return page
        # Both changed and deleted within one page: the order in it is not promised, so the service is asked.
        return corrected(
            page, self.rows_by_id(entity_set, key, select, doubtful, annotations=annotations, lane=lane), key
        )

    def modified_page(
        self,
        entity_set: str,
        key: str,
        select: Sequence[str],
        *,
        since: str | None,
        where: str | None = None,
        link: str | None = None,
        page_size: int = 1000,
        annotations: bool = False,
        lane: Lane,
    ) -> Page:
        """The same by modification date, where change tracking is off: deletions stay unseen.

        since: UTC as `2026-01-05T10:11:12Z`, None for all. Dates have whole seconds, so let `since` overlap; where: a
        further $filter.
        """
        after = f"modifiedon ge {since}" if since else None
        params = {
            "$select": ",".join(select),
            "$filter": " and ".join(one for one in (where, after) if one) or None,
            "$orderby": f"modifiedon asc,{key} asc",
        }
        wanted = prefer(select, page_size=page_size, track=False, annotations=annotations)
        data = self.json(link or entity_set, None if link else params, prefer=wanted, lane=lane)
        return page_from(data, key=key, asked=link)

    def count(self, entity_set: str, where: str | None = None, *, lane: Lane = Lane.SYNC) -> tuple[int, bool]:
        """How many records match the $filter `where`, and whether that is exact.

        The service counts to 5,000. Beyond that there is only a snapshot of the whole table, up to a day old.
        """
        answer = self.get(f"{entity_set}/$count", {"$filter": where}, lane=lane, parse=False)
        counted = int(answer.text.strip().lstrip("\ufeff") or 0)
        if counted < COUNT_CAP:
            return counted, True
        return (counted, False) if where else (max(counted, self._snapshot(entity_set, lane)), False)

    def sample(
        self,
        entity_set: str,
        select: Sequence[str],
        where: str | None = None,
        top: int = 10,
        *,
        newest: bool = False,
        lane: Lane = Lane.SYNC,
    ) -> list[Row]:
        """Up to `top` records that match the $filter `where`, with formatted values; newest: those modified last."""
        params = {"$select": ",".join(select), "$filter": where, "$top": top}
        params |= {"$orderby": "modifiedon desc"} if newest else {}
        wanted = prefer(select, page_size=None, track=False, annotations=True)
        return list(self.json(entity_set, params, prefer=wanted, lane=lane)["value"])

    def latest(self, entity_set: str, select: Sequence[str], where: str, by: str, top: int, *, lane: Lane) -> list[Row]:
        """Up to `top` records that match the $filter `where`, the latest by the column `by` first."""
        wanted = {"$select": ",".join(select), "$filter": where, "$orderby": f"{by} desc", "$top": top}
        return list(self.json(entity_set, wanted, lane=lane)["value"])

    def _snapshot(self, entity_set: str, lane: Lane) -> int:
        counted = self.json(f"RetrieveTotalRecordCount(EntityNames=['{BY_SET[entity_set].logical}'])", lane=lane)
        values = counted.get("EntityRecordCountCollection", {}).get("Values") or [0]
        return int(values[0])
