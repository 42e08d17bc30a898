"""Tracked events of opportunities. They can't be taken back or told apart, so each is sent at most once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from clients.events import Tracking, sender
from engine.context import Context
from engine.opportunities import rollup_state
from engine.work import Work
from store import opportunities
from sync import rollup, rollup_events
from sync.errors import SyncError, Throttled, Unavailable, UnknownOutcome
from sync.model import Lane

TOLD: Final = "told "
"""With the version behind it: a mark of an opportunity whose event was about to be sent."""
UNCLEAR: Final = "whether its event was recorded is not known, and it is not sent again"


def send(context: Context, lane: Lane, group: Sequence[Work], words: Mapping[int, str]) -> list[Work]:
    """Sends the events of these rows that are due; answers with the rows, and what is to be said about their events.

    First loads and re-runs are history and start nothing. Raises Throttled or Unavailable where an event surely was not
    sent: then it is sent with the next try. words: what the states of opportunities are called.
    """
    client = sender(context.activecampaign)
    if lane is Lane.BACKFILL or client is None:
        return list(group)
    with context.db.transaction() as tx:
        since = rollup_state.since(tx, context)
    return [_sent(context, client, lane, item, since, words) for item in group]


def _sent(context: Context, client: Tracking, lane: Lane, item: Work, since: str, words: Mapping[int, str]) -> Work:
    name = rollup_events.due(item.decision.action, item.change, item.link, since)
    if not name or not _first(context, item):
        return item
    one = rollup.opportunity(item.change.record_id, item.change.version, item.decision.values, words)
    try:
        client.track(item.target.address or "", name, rollup_events.data(one), lane=lane)
    except (Throttled, Unavailable):
        _forget(context, item)
        raise
    except UnknownOutcome:
        return _remarked(item, UNCLEAR)
    except SyncError as error:
        return _remarked(item, f"its event was refused: {error.message}")
    return item


def _first(context: Context, item: Work) -> bool:
    """Whether nobody was about to send this version's event before. It is noted before it is sent."""
    with context.db.transaction() as tx:
        return opportunities.mark(tx, context.id, [item.change.record_id], _mark(item)) == 1


def _forget(context: Context, item: Work) -> None:
    with context.db.transaction() as tx:
        opportunities.unmark(tx, context.id, [item.change.record_id], _mark(item))


def _mark(item: Work) -> str:
    return f"{TOLD}{item.change.version}"


def _remarked(item: Work, remark: str) -> Work:
    return replace(item, change=replace(item.change, warnings=(*item.change.warnings, remark)))
