"""What a cycle leaves to be read again: records that a full read did not show, and people whose account arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from store import links, opportunities, records, sweeps
from store.db import Tx
from sync.model import PEOPLE, Direction, Entity

Found = dict[Entity, list[str]]

FEW: Final = 100


def unseen(tx: Tx, connection_id: int, streams: Sequence[Mapping[str, Any]]) -> tuple[Found, str]:
    """Records that were there before and that reading everything did not show; and what a person should know.

    They were deleted while nobody listened (the change token had expired, or tracking was off), so each is asked for
    by its id. More than were read at all look like a withdrawn permission instead: then nothing is concluded.
    """
    found: Found = {}
    notes = []
    for stream in streams:
        if stream["state"] != "done" or not stream["full"]:
            continue
        ids = records.unseen(tx, connection_id, Entity(stream["entity"]), stream["started_at"])
        if len(ids) > max(FEW, stream["read"]):
            notes.append(f"{len(ids)} {stream['entity']} records can't be seen in Dynamics any more; nothing was done")
        elif ids:
            found[Entity(stream["entity"])] = ids
    return found, "; ".join(notes)


def vanished(tx: Tx, connection_id: int, streams: Sequence[Mapping[str, Any]]) -> tuple[dict[str, list[int]], str]:
    """What a full read of ActiveCampaign did not show, by `person` and `account`, and what a person should know.

    Each is asked for by its id before anything is concluded. More than were read at all look like something else.
    """
    found: dict[str, list[int]] = {}
    notes = []
    for stream in streams:
        if stream["state"] != "done" or not stream["full"] or _served_by_another(stream, streams):
            continue
        kind = "account" if stream["entity"] == Entity.ACCOUNT else "person"
        ids = [link.ac_id for link in links.unseen(tx, connection_id, kind, stream["started_at"]) if link.ac_id]
        if len(ids) > max(FEW, sum(one["read"] for one in streams)):
            notes.append(f"{len(ids)} linked {kind}s can't be seen in ActiveCampaign any more; nothing was done")
        elif ids:
            found[kind] = ids
    return found, "; ".join(notes)


def _served_by_another(stream: Mapping[str, Any], streams: Sequence[Mapping[str, Any]]) -> bool:
    """Leads are read along with contacts, where both take part."""
    contacts = any(one["entity"] == Entity.CONTACT for one in streams)
    return bool(stream["entity"] == Entity.LEAD and contacts)


def asked(tx: Tx, connection_id: int, streams: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a sweep of this cycle asked for contacts to be looked at."""
    swept = any(s["entity"] == Entity.ACCOUNT and s["direction"] == Direction.INBOUND for s in streams)
    return swept and sweeps.waiting(tx, connection_id)


def newcomers(tx: Tx, connection_id: int, streams: Sequence[Mapping[str, Any]]) -> bool:
    """Whether this cycle imported people whose ids nobody knows yet.

    Until they are known, an address that somebody changes in ActiveCampaign can't be told from a stranger's.
    """
    made = [Entity(s["entity"]) for s in streams if s["direction"] == Direction.OUTBOUND and s["created"]]
    people = [entity for entity in made if entity in PEOPLE]
    return bool(people) and links.nameless(tx, connection_id, people)


def arrivals(tx: Tx, connection_id: int, streams: Sequence[Mapping[str, Any]]) -> Found:
    """People who were delivered without their account, which this cycle brought."""
    brought = any(stream["entity"] == Entity.ACCOUNT and stream["created"] for stream in streams)
    return records.arrived(tx, connection_id) if brought else {}


def restless(tx: Tx, connection_id: int, streams: Sequence[Mapping[str, Any]]) -> Found:
    """Opportunities that waited for a contact which this cycle may have brought, or that got another one."""
    if not any(stream["entity"] in PEOPLE and stream["read"] for stream in streams):
        return {}
    found = opportunities.restless(tx, connection_id)
    return {Entity.OPPORTUNITY: found} if found else {}
