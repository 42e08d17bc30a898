"""What must be there before the first opportunity is written: the custom object or the contact fields, and the ids of
contacts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from engine import known_tags
from engine.context import Context
from engine.opportunities import deal_place, rollup_state
from engine.opportunities.deliver import GONE, INSTEAD, MAKE
from store import links, opportunities, snapshots
from sync.errors import Stop
from sync.model import Entity, Lane
from sync.rollup import TAGS

KEY: Final = "activecampaign:contact_ids"
FEW: Final = 20
"""So many contacts without an id are rather asked for one by one."""
FRESH_FOR: Final = timedelta(hours=24)
PAGES_AT_ONCE: Final = 10
NO_TABLE: Final = "Dynamics shows no opportunities to ac365's user"
GRANT: Final = "Give the role of the application user organisation-wide Read on opportunities, or switch them off."


def ready(context: Context, lane: Lane) -> bool:
    """Does one bounded step; False while there is more to do. Raises Stop where a person has to make something."""
    if "name" not in context.rules[Entity.OPPORTUNITY].columns:
        raise Stop(NO_TABLE, code="opportunities.no_table", advice=GRANT)
    if deal_place.chosen(context):
        if not deal_place.ready(context, lane):
            return False
    elif rollup_state.chosen(context):
        if not _fields_there(context, lane):
            return False
    elif not context.opportunities:
        raise Stop(GONE, code="opportunities.no_object", advice=f"{MAKE} {INSTEAD}")
    rollup_state.settle_in(context)
    return _contacts_known(context, lane)


def _fields_there(context: Context, lane: Lane) -> bool:
    """Whether the tags are known by their ids: False when they had to be made. Raises Stop without the fields."""
    rollup_state.there(context)
    return known_tags.known(context, TAGS, lane)


def _contacts_known(context: Context, lane: Lane) -> bool:
    """Imports don't tell the ids of contacts, and a record needs that of its own: read by the hundred where many are
    missing."""
    with context.db.transaction() as tx:
        missing = opportunities.nameless(tx, context.id)
        kept = snapshots.get(tx, context.id, KEY)
    state: dict[str, Any] = kept[0] if kept else {"after": 0, "complete": False}
    fresh = kept is not None and context.now() - kept[1] < FRESH_FOR
    if missing <= FEW or (state["complete"] and fresh):
        return True
    after = 0 if state["complete"] else state["after"]
    for _ in range(PAGES_AT_ONCE):
        after, more = _page(context, after, lane)
        if not more:
            return True
    return False


def _page(context: Context, after: int, lane: Lane) -> tuple[int, bool]:
    page = context.activecampaign.contacts_page(after_id=after, lane=lane)
    ids = {str(row.get("email") or "").strip().lower(): int(row["id"]) for row in page.rows}
    with context.db.transaction() as tx:
        found = links.of_addresses(tx, context.id, [address for address in ids if address])
        links.learn(tx, context.id, {link.id: ids[at] for at, link in found.items() if link.ac_id is None})
        snapshots.put(tx, context.id, KEY, {"after": page.last_id, "complete": not page.more})
    return page.last_id, page.more
