"""Tells Dynamics what may be picked on a lead or contact: automations, mails that automations send, campaigns.

The rows of `ac365_choice` are compared with what is offered, and what differs is written. A row that is not offered
any more stays, so that old requests keep their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid5

import structlog

from clients.tables import CHOICES
from engine.context import Context
from engine.wake import Stage, Wake
from mapping.companion import Offer
from mapping.companion_tables import CHOICE, NAME_LENGTH
from store import listening, snapshots
from sync.errors import SyncError
from sync.marketing import Automation, Campaign
from sync.model import Lane
from sync.requests import AUTOMATION, CAMPAIGN, MAILING, Target, not_offered

MOST: Final = 500
"""So many campaigns are offered, the newest."""
AT_ONCE: Final = 100
"""Rows that are written, and messages that are read, by one task."""
MESSAGES: Final = "activecampaign:campaign_messages"
SPACE: Final = UUID("0f5a3cf4-5d3e-4a62-9a5e-365365365365")
COLUMNS: Final = ("ac365_name", "ac365_kind", "ac365_subject", "ac365_sender", "ac365_preheader", "ac365_offered")
EVERY_ONE: Final = "ac365_key ne null"
TRY_AGAIN: Final = timedelta(minutes=1)
LENGTHS: Final = {"ac365_name": NAME_LENGTH} | {one.logical: one.length for one in CHOICE.columns if one.length}

Row = dict[str, Any]
log = structlog.get_logger()


def refresh(context: Context) -> list[Wake]:
    """Writes what differs, a hundred rows at once; whatever is left is the next task's."""
    try:
        more = _refreshed(context)
    except SyncError as error:
        log.warning("choices_not_told", connection_id=context.id, code=error.code)
        now = context.now()
        with context.db.transaction() as tx:
            listening.choose_again(tx, context.id, now + TRY_AGAIN)
        return []
    return [Wake(Stage.CHOICES, (context.id,), Lane.SYNC)] if more else []


def _refreshed(context: Context) -> bool:
    """Whether there is more to do."""
    offered, more = _offered(context) if context.document["panel"]["enabled"] else ({}, False)
    present = context.dynamics.rows_where(
        CHOICES.entity_set, CHOICES.key, (CHOICES.key, "ac365_key", *COLUMNS), EVERY_ONE, lane=Lane.SYNC
    )
    differing = list(differences(offered, present))
    for record_id, body in islice(differing, AT_ONCE):
        context.dynamics.upsert_record(CHOICES.entity_set, CHOICES.key, record_id, body, lane=Lane.SYNC)
    return more or len(differing) > AT_ONCE


def differences(offered: Mapping[str, Row], present: Iterable[Row]) -> Iterable[tuple[str, Row]]:
    """What has to be written so that the rows in Dynamics say what is offered: id and body."""
    known = {row["ac365_key"]: row for row in present}
    for key, body in offered.items():
        row = known.get(key)
        if row is None:
            yield str(uuid5(SPACE, key)), {"ac365_key": key, **body}
        elif any((row[name] or "") != (value or "") for name, value in body.items()):
            yield row[CHOICES.key], body
    for key, row in known.items():
        if key not in offered and row["ac365_offered"]:
            yield row[CHOICES.key], {"ac365_offered": False}


def _offered(context: Context) -> tuple[dict[str, Row], bool]:
    """What may be picked, by key, and whether some of it isn't known yet."""
    client, panel = context.activecampaign, context.document["panel"]
    automations = client.automations(lane=Lane.SYNC)
    found = {**_of_kind(AUTOMATION, automations, panel), **_of_kind(MAILING, automations, panel)}
    wanted = panel["campaigns"]
    if wanted == [] or not client.sends_copies(lane=Lane.SYNC):
        return found, False
    campaigns = [
        one for one in client.campaigns(lane=Lane.SYNC) if not not_offered(Target(CAMPAIGN, one.id), one, panel)
    ]
    messages, more = _messages(context, campaigns[:MOST])
    for one in campaigns[:MOST]:
        if str(one.id) in messages:
            found[f"{CAMPAIGN}:{one.id}"] = _row(one.name, Offer.CAMPAIGN, messages[str(one.id)])
    return found, more


def _of_kind(kind: str, automations: Iterable[Automation], panel: Mapping[str, Any]) -> dict[str, Row]:
    offer = Offer.AUTOMATION if kind == AUTOMATION else Offer.CAMPAIGN
    return {
        f"{kind}:{one.id}": _row(one.name, offer, {})
        for one in automations
        if not not_offered(Target(kind, one.id), one, panel)
    }


def _row(name: str, offer: Offer, message: Mapping[str, str]) -> Row:
    texts = {f"ac365_{key}": message.get(key, "") for key in ("subject", "sender", "preheader")}
    texts["ac365_name"] = name
    cut = {column: text[: LENGTHS[column]] for column, text in texts.items()}
    return {**cut, "ac365_kind": offer.value, "ac365_offered": True}


def _messages(context: Context, campaigns: Iterable[Campaign]) -> tuple[dict[str, dict[str, str]], bool]:
    """Subject, sender and preheader by the campaign's id, each read once unless the campaign changes."""
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, MESSAGES)
    before: dict[str, Any] = kept[0] if kept else {}
    known = {str(one.id): before.get(str(one.id)) for one in campaigns}
    stamps = {str(one.id): f"{one.message} {one.changed}" for one in campaigns}
    stale = [one for one in campaigns if (known[str(one.id)] or {}).get("stamp") != stamps[str(one.id)]]
    for one in stale[:AT_ONCE]:
        message = context.activecampaign.message(one.message, lane=Lane.SYNC)
        known[str(one.id)] = {"stamp": stamps[str(one.id)], **message}
    told = {key: found for key, found in known.items() if found}
    if stale or len(before) != len(told):
        with context.db.transaction() as tx:
            snapshots.put(tx, context.id, MESSAGES, told)
    return told, len(stale) > AT_ONCE
