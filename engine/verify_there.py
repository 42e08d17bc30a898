"""ActiveCampaign's accounts with their values, and who belongs to them: noted page by page, for the comparison.

Custom values and associations come as lists of their own (developers.activecampaign.com, pages list-all-accounts,
list-all-custom-field-values and list-all-associations-1).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from clients.caller import PAGE
from clients.scalars import as_utc
from engine.accounts import ID_FIELD, domain
from engine.patience import patiently
from engine.verify_run import Run
from store import verifications
from sync.model import Entity


def values(run: Run) -> None:
    """One page of custom values."""
    at = (run.cursor or {"at": 0})["at"]
    client = run.context.activecampaign
    found, number = patiently(partial(client.account_values_page, at, lane=run.lane))
    with run.advance(_after(at, number)) as tx:
        verifications.put_values(tx, run.id, found)
    run.progress("values of ActiveCampaign accounts", at + number)


def companies(run: Run) -> None:
    """One page of accounts; after the last one it is known who carries a Dynamics id."""
    at = (run.cursor or {"at": 0})["at"]
    rows = patiently(partial(run.context.activecampaign.accounts_page, at, lane=run.lane))
    further = _after(at, len(rows))
    with run.advance(further) as tx:
        verifications.put_companies(tx, run.id, [_company(row) for row in rows])
        if further is None:
            run.counts["accounts"] = verifications.carry(tx, run.id, _carrier(run))
    run.progress("ActiveCampaign accounts", at + len(rows))


def members(run: Run) -> None:
    """One page of associations."""
    at = (run.cursor or {"at": 0})["at"]
    found = patiently(partial(run.context.activecampaign.associations_page, at, lane=run.lane))
    with run.advance(_after(at, len(found))) as tx:
        verifications.put_members(tx, run.id, {one.contact_id: one.account_id for one in found})
    run.progress("associations", at + len(found))


def _after(at: int, number: int) -> dict[str, int] | None:
    return {"at": at + number} if number == PAGE else None


def _carrier(run: Run) -> int:
    field = run.context.rules[Entity.ACCOUNT].fields[ID_FIELD]
    return int(field.id or 0)


def _company(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: row.get(key) for key in ("id", "name", "accountUrl")}
    key = str(row.get("name") or "").strip().lower() or None
    company = {**kept, "updated": as_utc(row.get("updatedTimestamp"))}
    return {"ac_id": row["id"], "match_key": key, "host": domain(row.get("accountUrl")), "company": company}
