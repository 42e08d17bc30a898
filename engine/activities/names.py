"""Names for events: what came along with the feed, what was learnt before, and what is asked for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from engine.context import Context
from mapping.activities import Event, Side
from store import activity_names
from store.activity_names import AUTOMATION, CAMPAIGN, MESSAGE, Key
from sync.model import Lane

KNOWN_FOR: Final = timedelta(days=30)
ASKED_AT_ONCE: Final = 25
"""So many campaigns and automations are asked about for one page; events of others go without a name."""


def named(context: Context, events: Sequence[Event], side: Side, lane: Lane) -> tuple[list[Event], int]:
    """The events with names and subjects, and how many calls that took. What is gone in ActiveCampaign has none."""
    told = {**_told(side, "campaigns", CAMPAIGN), **_told(side, "automations", AUTOMATION)}
    wanted = {key for event in events for key in _keys(event)}
    with context.db.transaction() as tx:
        activity_names.put(tx, context.id, told)
        known = activity_names.get(tx, context.id, wanted, context.now() - KNOWN_FOR)
    known |= told
    learnt, calls = _ask(context, events, known, lane)
    with context.db.transaction() as tx:
        activity_names.put(tx, context.id, learnt)
    lists = {str(number): name for name, number in context.lists.items() if name != str(number)}
    return [_with(event, {**known, **learnt}, lists) for event in events], calls


def _told(side: Side, name: str, kind: str) -> dict[Key, str]:
    rows = side.get(name, {}).values()
    return {
        (kind, int(str(row["id"]))): str(row["name"])
        for row in rows
        if str(row.get("id", "")).isdecimal() and row.get("name")
    }


def _keys(event: Event) -> list[Key]:
    ids = ((CAMPAIGN, event.campaign), (MESSAGE, event.message), (AUTOMATION, event.automation))
    return [key for kind, text in ids if (key := _key(kind, text))]


def _key(kind: str, text: str) -> Key | None:
    usable = text.isascii() and text.isdecimal() and len(text) <= 18
    return (kind, int(text)) if usable else None


def _ask(context: Context, events: Sequence[Event], known: Mapping[Key, str], lane: Lane) -> tuple[dict[Key, str], int]:
    learnt: dict[Key, str] = {}
    calls = 0
    for event in events:
        for key in _keys(event):
            if key in known or key in learnt or calls >= ASKED_AT_ONCE:
                continue
            campaign = _key(CAMPAIGN, event.campaign)
            if key[0] == MESSAGE:
                learnt |= _subjects(context, campaign, lane) if campaign else {}
                learnt.setdefault(key, "")
            elif key[0] == CAMPAIGN:
                learnt[key] = context.activecampaign.campaign_name(key[1], lane=lane)
            else:
                learnt[key] = context.activecampaign.automation_name(key[1], lane=lane)
            calls += 1
    return learnt, calls


def _subjects(context: Context, campaign: Key, lane: Lane) -> dict[Key, str]:
    found = context.activecampaign.campaign_subjects(campaign[1], lane=lane)
    return {key: subject for number, subject in found.items() if (key := _key(MESSAGE, number))}


def _with(event: Event, names: Mapping[Key, str], lists: Mapping[str, str]) -> Event:
    keys = {key[0]: names.get(key, "") for key in _keys(event)}
    source = event.source or keys.get(CAMPAIGN) or keys.get(AUTOMATION) or ""
    if not source and not event.campaign and not event.automation:
        source = lists.get(event.source_id, "")
    return replace(event, source=source, subject=keys.get(MESSAGE, ""))
