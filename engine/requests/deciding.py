"""Gathers all that counts for a request, as fresh as it can be had, and has it decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from engine.context import Context
from engine.requests.ending import Ended
from engine.requests.kept import kept
from mapping.companion import Ask, State
from store import records, requests
from store.statements import Row
from sync.consent import Ours, Theirs
from sync.errors import Missing
from sync.marketing import Automation, Campaign, Receiver
from sync.model import Entity, Lane, Link
from sync.requests import CAMPAIGN, Case, Earlier, Person, Target, Verdict, decide, target_of

GOOD_FOR: Final = timedelta(seconds=30)
"""An automation that was switched off since lets nobody in, so nothing worse than a refusal can come of an old look."""
HIDDEN: Final = (
    "Dynamics doesn't show ac365 whether this person wants e-mail, so nothing was started. Ask the administrator of "
    "Dynamics to let it read these columns."
)
GONE_THERE: Final = "This person was deleted in ActiveCampaign, so nothing was done."


def verdict(context: Context, row: Row, record: Mapping[str, Any], link: Link) -> tuple[Verdict, Case, Receiver]:
    """What to do, with what it was decided by. Raises Ended where the contact is gone, SyncError."""
    target = target_of(row["target"])
    if target is None or link.ac_id is None:
        raise ValueError("only what was found fit is decided")
    if None in (record["donotbulkemail"], record["donotemail"]) and row["kind"] != Ask.REMOVE_FROM_AUTOMATION:
        raise Ended(State.REFUSED, HIDDEN)
    offered = _offered(context, target)
    receiver = _receiver(context, link.ac_id)
    with context.db.transaction() as tx:
        earlier = requests.earlier(tx, {**row, "ac_id": link.ac_id})
        addresses = sorted({one for one in (link.address, _address(record)) if one})
        sharing = records.opted_out(tx, context.id, addresses)
    mine = (Entity(row["entity"]), str(row["record_id"]))
    case = Case(
        ask=Ask(row["kind"]),
        target=target,
        offered=offered,
        panel=context.document["panel"],
        person=Person(
            Ours(bool(record["donotbulkemail"]), bool(record["donotemail"])),
            Theirs(receiver.states, receiver.bounced),
            link.opted_out,
            any(keys - {mine} for keys in sharing.values()),
        ),
        rules=context.consent,
        now=context.now(),
        enrolments=receiver.enrolments,
        earlier=Earlier(earlier["at"], earlier["enrolment"], earlier["sure"]) if earlier else None,
    )
    return decide(case), case, receiver


def _receiver(context: Context, ac_id: int) -> Receiver:
    try:
        return context.activecampaign.receiver(ac_id, lane=Lane.LIVE)
    except Missing as error:
        raise Ended(State.REFUSED, GONE_THERE) from error


def _offered(context: Context, target: Target) -> Automation | Campaign | None:
    client = context.activecampaign
    look = client.campaign if target.kind == CAMPAIGN else client.automation
    key = (look.__name__, context.id, target.number)
    found: Automation | Campaign | None = kept(
        key, context.now(), GOOD_FOR, lambda: look(target.number, lane=Lane.LIVE)
    )
    return found


def _address(record: Mapping[str, Any]) -> str:
    return str(record["emailaddress1"] or "").strip().lower()
