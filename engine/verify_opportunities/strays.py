"""Records of ActiveCampaign that no opportunity of Dynamics stands behind: told as deleted, or left over.

A record whose external id is none of Dynamics' was made by somebody else. It is listed, and left alone by a repair, as
is one that ac365 never knew: another installation may have made it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from clients.scalars import as_int
from engine.inbound.rows import is_gone
from engine.patience import patiently
from engine.verify_opportunities.pairs import ENTITY, Row, contact_of, may_confirm, record_now
from engine.verify_pair import Fix, reason_of
from engine.verify_report import DYNAMICS, Difference
from engine.verify_run import Found, Run
from mapping.objects import DELETED, STATUS
from store import links, records, verifications
from store.db import Tx
from store.verifications import Standing
from sync.model import Link
from sync.opportunities import CONTACT

ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ALONE: Final = "its opportunity was deleted in Dynamics, and its contact is not in ActiveCampaign, so nothing is told"


@dataclass(frozen=True, slots=True)
class Stray:
    """A record. twin: there is another record of the same opportunity; alone: its contact is not there any more."""

    record: Row
    twin: bool = False
    alone: bool = False

    @property
    def record_id(self) -> str | None:
        """The Dynamics id that it bears, None when that is no id."""
        return id_of(self.record)


def id_of(record: Row) -> str | None:
    """The Dynamics id in a record's external id, None when something else stands there."""
    external = str(record.get("externalId") or "")
    return external if ID.fullmatch(external) else None


def looked_at(run: Run, strays: Sequence[Stray]) -> list[Stray]:
    """Those that should not be there. The list may lag behind: who looks wrong is asked for once more."""
    left = [fresh for one in strays if not _told(run, one) and (fresh := _now(run, one)) and not _told(run, fresh)]
    contacts = {number for one in left if (number := contact_of(one.record))}
    ask = partial(run.context.activecampaign.contacts_by_ids, sorted(contacts), lane=run.lane)
    there = {as_int(row.get("id")) for row in patiently(ask) if not is_gone(row)} if contacts else set()
    return [Stray(one.record, one.twin, contact_of(one.record) not in there) for one in left]


def _told(run: Run, stray: Stray) -> bool:
    """Whether the record is as `on_deleted` wants that of a deleted opportunity."""
    if stray.twin or stray.record_id is None:
        return False
    status = next((one.get("value") for one in stray.record.get("fields") or () if one["id"] == STATUS), None)
    return status == DELETED or run.context.rules[ENTITY].terms.on_deleted == "nothing"


def _now(run: Run, stray: Stray) -> Stray | None:
    # Of twins only one answers to the external id.
    if stray.twin or stray.record_id is None or not may_confirm(run):
        return stray
    record = record_now(run, stray.record_id, as_int(stray.record["id"]))
    return Stray(record) if record else None


def judged(tx: Tx, run: Run, strays: Sequence[Stray]) -> list[Found]:
    """The differences that they are."""
    ids = [one.record_id for one in strays if one.record_id]
    linked = links.of_records(tx, run.context.id, ENTITY, ids)
    known = {*linked, *records.states(tx, run.context.id, ENTITY, ids)}
    standing = verifications.standing(tx, run.id, run.context.id, [(ENTITY, one.record_id, None) for one in strays])
    return [
        _found(run, one, stands, linked.get(one.record_id or ""), ours=one.record_id in known)
        for one, stands in zip(strays, standing, strict=True)
    ]


def _found(run: Run, stray: Stray, standing: Standing, link: Link | None, *, ours: bool) -> Found:
    """ours: ac365 has read the opportunity at some time."""
    number = str(stray.record["id"])
    if stray.twin or not ours:
        return Difference(ENTITY, stray.record_id, missing_in=DYNAMICS, ac_record=number), Fix().as_json(None)
    reason = reason_of(standing, moved=False, from_now=False)
    if not reason and stray.alone and not (link and link.delivered):
        reason = ALONE
    reasons = {"": reason} if reason else {}
    difference = Difference(ENTITY, stray.record_id, missing_in=DYNAMICS, reasons=reasons, ac_record=number)
    return difference, None if reason else _fix(run, stray, link)


def _fix(run: Run, stray: Stray, link: Link | None) -> dict[str, Any]:
    """Reading it again tells the record that it was deleted, if it is linked."""
    fix = Fix(read=True).as_json(link)
    if link is not None and link.delivered:
        return fix
    theirs = run.context.rules[ENTITY].mapping.read_object(stray.record.get("fields") or ())
    held = {**theirs, CONTACT: contact_of(stray.record)}
    return {**fix, "hold": {key: value for key, value in held.items() if value is not None}}
