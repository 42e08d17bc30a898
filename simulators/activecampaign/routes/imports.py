"""/import/bulk_import and /import/info."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import request

from simulators.activecampaign.core import dates
from simulators.activecampaign.core.answers import Problem, import_refused
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.ops import imports, people
from simulators.activecampaign.routes.api import V3, Api, here

api = Api("imports", __name__, url_prefix=V3)
MOST_CONTACTS, MOST_BYTES = 250, 399_999
_INVALID = "JSON payload did not pass validation. See the failureReasons for more information."
_TEXTS = ("first_name", "last_name", "phone", "customer_acct_name")


@api.post("/import/bulk_import")
def import_contacts() -> Row:
    """Queues a batch. One bad row refuses all of them; over its own limit the answer is 400, not 429."""
    given = request.get_json(force=True, silent=True)
    rows = given.get("contacts") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(rows, list) or not rows:
        raise import_refused(_INVALID, ["Field 'contacts' is required and must be an array"])
    _count_in(len(rows))
    _refuse_oversize(len(request.get_data()), len(rows))
    _refuse_invalid(rows)
    batch = imports.queue(here(), given, len(request.get_data()))
    key = here().switches["import_success_key"]
    return {key: 1, "queued_contacts": len(rows), "batchId": batch["id"], "message": "Contact import queued"}


def _count_in(contacts: int) -> None:
    world, single = here(), contacts == 1
    allowed = world.switches["single_imports_per_minute" if single else "imports_per_minute"]
    window = world.windows["single" if single else "imports"]
    if window.admit(world.clock.now(), allowed, world.switches["refused_calls_count"]) is None:
        what = "imports of a single contact" if single else "imports"
        reason = f"Up to {allowed} {what} may be requested per minute. Please try again later."
        raise import_refused("Rate limit exceeded.", [reason])


def _refuse_oversize(size: int, contacts: int) -> None:
    if size > MOST_BYTES:
        raise import_refused(_INVALID, [f"Payload must not exceed {MOST_BYTES} bytes"])
    if contacts > MOST_CONTACTS:
        raise import_refused(_INVALID, [f"Up to {MOST_CONTACTS} contacts may be imported at a time"])


def _refuse_invalid(rows: list[Any]) -> None:
    reasons = [{"contact": place, "failureReason": f"Field '{name}' incorrect format"}
               for place, row in enumerate(rows, 1) for name in _bad_fields(row)]  # fmt: skip
    if reasons:
        raise import_refused(_INVALID, reasons)


def _bad_fields(row: Any) -> list[str]:
    if not isinstance(row, dict):
        return ["contact"]
    bad = [] if people.is_address(row.get("email")) else ["email"]
    bad += [key for key in _TEXTS if not isinstance(row.get(key), str | None)]
    bad += [] if all(isinstance(tag, str) for tag in row.get("tags") or []) else ["tags"]
    return bad + ([] if all(_is_value(each) for each in row.get("fields") or []) else ["fields"])


def _is_value(item: Any) -> bool:
    return isinstance(item, dict) and type(item.get("id")) is int and isinstance(item.get("value"), str)


@api.get("/import/info")
def import_info() -> Row:
    """State, ids written (created and updated alike, in no order), and addresses that failed, without reason."""
    number = request.args.get("batchId")
    if not number:
        raise Problem(400, {"success": 0, "message": "'batchId' is a required field."})
    batch = here().batches.get(number)
    if batch is None:
        raise Problem(400, {"success": 0, "message": f"No batch found with id {number}"})
    status = imports.status(here(), batch)
    shown = batch["done"] and status is not False
    success = [str(each) for each in batch["success"]] if shown else []
    return {"status": status, "success": success, "failure": list(batch["failure"]) if shown else []}


@api.get("/import/bulk_import")
def import_totals() -> Row:
    """Batches and contacts per day over the last seven days."""
    world, sums = here(), {True: defaultdict[str, list[int]](list), False: defaultdict[str, list[int]](list)}
    for batch in world.batches.values():
        if world.clock.now() - batch["queued"] < 7 * 86_400:
            day = dates.iso(int(batch["queued"]), world.switches["server_zone"])[:10]
            sums[batch["done"]][day].append(batch["count"])
    return {"outstanding": _days(sums[False]), "recentlyCompleted": _days(sums[True])}


def _days(sums: dict[str, list[int]]) -> list[Row]:
    return [{"forDate": day, "batches": str(len(counts)), "contacts": str(sum(counts))}
            for day, counts in sorted(sums.items())]  # fmt: skip
