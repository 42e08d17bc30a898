"""An explanation as one JSON object. Its keys are always there; null is what nobody knows, or what there is none of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.explain import Explained, Explanation
from engine.explain_opportunity import Belonging
from engine.explain_stranger import Stranger
from sync.inbound import Inbound
from sync.model import Decision, Link


def document(found: Explanation) -> dict[str, Any]:
    """records: the holder first; stranger: the contact of an address that no record of Dynamics has."""
    return {
        "records": [_record(one) for one in found.records],
        "stranger": _stranger(found.stranger) if found.stranger else None,
        "remarks": found.remarks,
    }


def _stranger(one: Stranger) -> dict[str, Any]:
    told = {"wish": one.wish, "made": one.made, "reason": one.reason, "asked": one.asked, "failures": one.failures}
    return {**one.there.as_json(), **told}


def _record(one: Explained) -> dict[str, Any]:
    return {
        "entity": one.entity,
        "record": one.record_id,
        "address": one.address,
        "in_scope": one.in_scope,
        "holder": one.holder,
        "dynamics": _dynamics(one),
        "checks": [asdict(check) for check in one.checks],
        "last_read": _last_read(one.stored.row),
        "link": _link(one, one.stored.link),
        "activecampaign": {**one.there.as_json(), "comes_back": one.comes_back},
        "would": _would(one.decision),
        "inbound": _inbound(one.inbound),
        "consent": asdict(one.consent) if one.consent else None,
        "fields": [asdict(state) for state in one.fields],
        "account": asdict(one.account) if one.account else None,
        "opportunity": _belonging(one.belonging) if one.belonging else None,
        "pending": one.stored.pending,
        "wanted": one.stored.wanted,
        "asked": one.stored.asked,
        "conflicts": one.stored.conflicts,
        "failures": one.stored.failures,
        "history": one.stored.history,
        "held_back": one.stored.held_back,
    }


def _dynamics(one: Explained) -> dict[str, Any]:
    change = one.change
    alive = change if change and not change.deleted else None
    return {
        "exists": None if change is None else alive is not None,
        "active": alive.active if alive else None,
        "modified": alive.modified_on if alive else None,
        "version": alive.version if alive else None,
        "opted_out": alive.opted_out if alive else None,
        "warnings": alive.warnings if alive else (),
    }


def _last_read(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: row[name] for name in ("state", "reason", "version", "seen_at")} if row else None


def _belonging(one: Belonging) -> dict[str, Any]:
    target = one.target
    found = {"contact": target.contact_id, "activecampaign_id": target.contact, "waits": target.why} if target else None
    return {
        "contacts": [asdict(relative) for relative in one.relatives],
        "target": found,
        "contact": asdict(one.contact) if one.contact else None,
        "summed_up": one.summed_up,
    }


def _link(one: Explained, link: Link | None) -> dict[str, Any] | None:
    if link is None:
        return None
    return {
        "activecampaign_id": link.ac_id,
        "address": link.address,
        "delivered": link.delivered,
        "since": one.stored.since,
        "written": one.stored.written,
        "version": link.agreed_version,
        "tags": link.tagged,
        "origin": link.origin,
        "removed": link.removed,
        "parked": link.parked,
    }


def _would(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    names = ("outcome", "action", "reason", "previous_address", "tags_add", "tags_remove")
    return {name: getattr(decision, name) for name in names}


def _inbound(decided: Inbound | None) -> dict[str, Any] | None:
    return {"outcome": decided.outcome, "action": decided.action, "reason": decided.reason} if decided else None
