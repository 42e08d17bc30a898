"""What must be there before the first write: the field that carries the Dynamics id, options, the account index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from clients.caller import PAGE
from engine import belongings, configure, known_tags, metadata
from engine.accounts import ID_FIELD, domain
from engine.context import Context, Rules
from engine.opportunities import preparation as opportunities
from store import counterparts, snapshots
from sync.errors import Stop
from sync.model import CycleKind, Direction, Entity, Lane
from sync.tags import CONTACT, DELETED, LEAD, PULLED, PUSHED

INDEX_KEY = "activecampaign:account_index"
INDEX_FRESH_FOR = timedelta(hours=24)
PAGES_AT_ONCE = 20
MARKS = (CONTACT, LEAD, PUSHED, PULLED, DELETED)
"""Tags that reading contacts has to recognise."""
DESCRIBED_FOR = timedelta(minutes=15)
"""A description costs six requests; a column that vanishes in between is noticed when it is asked for."""


def ready(context: Context, stream: dict[str, Any]) -> bool:
    """Does one bounded step of preparation for this stream; False while there is more to do.

    Nothing is written on a baseline: it only takes up the change token.
    """
    if stream["pages"]:
        return True
    if not stream["cursor"]:
        configure.bind(context.db, context.id, context.dynamics, Lane(stream["lane"]))
    if metadata.stale(context.db, context.id, context.now(), DESCRIBED_FOR):
        context.refresh(Lane(stream["lane"]))
        return False
    _refuse(context.rules[Entity(stream["entity"])], Entity(stream["entity"]))
    if stream["kind"] == CycleKind.BASELINE:
        return True
    entity, lane = Entity(stream["entity"]), Lane(stream["lane"])
    if entity is Entity.OPPORTUNITY:
        return opportunities.ready(context, lane)
    if stream["direction"] == Direction.OUTBOUND:
        _add_options(context, entity, lane)
    if entity is not Entity.ACCOUNT:
        if not known_tags.known(context, MARKS, lane):
            return False
        return (
            stream["direction"] == Direction.INBOUND
            or not context.rules[Entity.ACCOUNT].settings["enabled"]
            or belongings.known(context, lane)
        )
    if ID_FIELD not in context.rules[entity].fields:
        context.activecampaign.add_account_field(ID_FIELD, "text", lane=lane)
        context.refresh(lane)
        return False
    return stream["direction"] == Direction.INBOUND or _index(context, lane)


def _refuse(rules: Rules, entity: Entity) -> None:
    """Raises Stop for an entity that may not be read: it is switched off, or nobody can tell its scope."""
    if not rules.settings["enabled"]:
        raise Stop(f"{entity} is switched off", code="entity.off", advice="Switch it on in the configuration.")
    _ = rules.criteria


def _add_options(context: Context, entity: Entity, lane: Lane) -> None:
    missing: dict[int, list[str]] = {}
    for field, label in context.rules[entity].mapping.missing_options():
        if field.id is not None:
            missing.setdefault(field.id, []).append(label)
    for field_id, labels in missing.items():
        context.activecampaign.add_options(field_id, labels, lane=lane)
    if missing:
        context.refresh(lane)


def _index(context: Context, lane: Lane) -> bool:
    """Reads the next pages of ActiveCampaign's accounts into the index, from where it stopped."""
    now = context.now()
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, INDEX_KEY)
    state = kept[0] if kept else {"offset": 0, "complete": False}
    if state["complete"]:
        if kept and now - kept[1] < INDEX_FRESH_FOR:
            return True
        state = {"offset": 0, "complete": False}
    id_field = context.rules[Entity.ACCOUNT].fields[ID_FIELD].id or 0
    offset = state["offset"]
    # The Dynamics ids are asked for once: of accounts linked later, the links know them.
    ids = context.activecampaign.account_values(lane=lane) if kept is None else {}
    for _ in range(PAGES_AT_ONCE):
        rows = context.activecampaign.accounts_page(offset, lane=lane)
        offset += len(rows)
        state = {"offset": offset, "complete": len(rows) < PAGE}
        with context.db.transaction() as tx:
            counterparts.put(tx, context.id, [_entry(row, ids.get(row["id"], {}).get(id_field)) for row in rows])
            snapshots.put(tx, context.id, INDEX_KEY, state)
        if state["complete"]:
            return True
    return False


def _entry(row: dict[str, Any], record_id: str | None) -> dict[str, Any]:
    return {
        "ac_id": row["id"],
        "name_key": row["name"].strip().lower(),
        "domain": domain(row.get("accountUrl")),
        "record_id": record_id or None,
    }
