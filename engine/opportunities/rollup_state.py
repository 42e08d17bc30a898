"""How opportunities are shown in ActiveCampaign, and since when: where that changes, everything is shown anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engine.context import Context
from engine.opportunities import deal_place
from engine.opportunities.deliver import MAKE
from mapping import deals, rollups
from mapping.fields import Field
from store import opportunities, snapshots, watermarks
from store.db import Tx
from sync.errors import Stop
from sync.model import Direction, Entity

KEY: Final = "activecampaign:opportunities_shown"
MARK: Final = "shown as contact fields"
"""What the link of an opportunity bears that was summed up in its contact's fields."""
DEAL: Final = "shown as a deal"
"""What the link of an opportunity bears that is a deal; those of records bear neither."""
MARKS: Final = (MARK, DEAL)
NO_FIELDS: Final = "the contact fields of opportunities are not in ActiveCampaign"
STRAGGLERS_FOR: Final = timedelta(minutes=10)
"""So long after a change somebody may still settle what was written the former way."""


def chosen(context: Context) -> bool:
    """Whether opportunities are fields of their contacts, and not records."""
    return rollups.chosen(context.rules[Entity.OPPORTUNITY].settings)


def fields(context: Context) -> dict[str, Field]:
    """The contact fields that are there for them, by tag."""
    return rollups.known(context.rules[Entity.CONTACT].fields)


def there(context: Context) -> dict[str, Field]:
    """The same, all of them. Raises Stop where one is missing."""
    found = fields(context)
    if len(found) < len(rollups.FIELDS):
        raise Stop(NO_FIELDS, code="opportunities.no_fields", advice=MAKE)
    return found


def since(tx: Tx, context: Context) -> str:
    """When opportunities began to be shown as they are now, UTC ISO with seconds and Z. What is older is history."""
    kept = snapshots.get(tx, context.id, KEY)
    return str(kept[0]["since"]) if kept else _iso(context.now())


def settle_in(context: Context) -> None:
    """Notes where opportunities go. Where that is another place than before, all of them are read and shown anew."""
    place = _place(context)
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, KEY)
        if kept is None:
            began = opportunities.first_read(tx, context.id) or context.now()
            snapshots.put(tx, context.id, KEY, {"place": place, "since": _iso(began)})
            return
        before, taken_at = kept
        moved = before["place"] != place
        if not moved and context.now() - taken_at > STRAGGLERS_FOR:
            return
        same_way = before["place"][0] == place[0]
        if opportunities.begin_anew(tx, context.id, _mark(context), MARKS, whole=moved and same_way):
            _read_all(tx, context)
        if moved:
            snapshots.put(tx, context.id, KEY, {"place": place, "since": _iso(context.now())})


def _place(context: Context) -> list[str]:
    """The way, and the ids of what they go to: what was deleted there and made again is empty."""
    if deal_place.chosen(context):
        return [deals.SHOWN_AS, *deal_place.ids(context)]
    if not chosen(context):
        return ["object", context.opportunities]
    return [rollups.SHOWN_AS, *(str(field.id) for field in fields(context).values())]


def _mark(context: Context) -> str:
    return DEAL if deal_place.chosen(context) else MARK if chosen(context) else ""


def _read_all(tx: Tx, context: Context) -> None:
    """The next reading is one of all records. The watermark stays: it says that the first sync was had."""
    where = (context.id, Entity.OPPORTUNITY, Direction.OUTBOUND)
    mark = watermarks.get(tx, *where)
    if mark:
        watermarks.move(tx, *where, kind=mark["kind"], link=None, select_hash=mark["select_hash"])


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
