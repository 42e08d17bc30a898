"""The inbound half of a dry run, people: ActiveCampaign's contacts are read and decided as a cycle would."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from clients import contact_rows
from engine.context import Context
from engine.inbound import filing, matching, reading, rows
from engine.inbound import people as stage
from engine.inbound.filing import Page
from engine.patience import patiently
from engine.preview_ahead import Ahead
from engine.preview_inbound import LANE, Seen, against_dynamics, page, provided, stream, would_link
from engine.preview_report import Preview
from engine.request import Plan
from store import links
from store.db import Tx
from sync.model import Change, Counterpart, Entity, Link, Outcome

Progress = Callable[[str, int], None]


def run(
    context: Context,
    planned: Plan,
    previews: Mapping[Entity, Preview],
    ahead: Ahead,
    moved: Sequence[int],
    progress: Progress,
) -> None:
    """Decides about every contact that the cycle would read. moved: contacts that belong to another account now."""
    reader = next(iter(previews))
    read = 0
    for one in _of_moved(context, planned, reader, moved):
        _page(context, one, previews, ahead)
    for one in _pages(context, planned, previews, reader):
        _page(context, one, previews, ahead)
        read += len(one["rows"])
        progress("ActiveCampaign contacts", read)


def _pages(context: Context, planned: Plan, previews: Mapping[Entity, Preview], reader: Entity) -> Iterator[Page]:
    """The pages of `engine.inbound.reading`; of its last phase nothing is noted down."""
    at = stream(planned)
    cursor = reading.begin(context, at)
    for one in previews.values():
        one.since = cursor.since
    more = True
    while more and cursor.phase == "contacts":
        at["cursor"] = cursor.text()
        found = patiently(partial(reading.page, context, dict(at)))
        cursor, more = found.cursor, found.more
        yield page(planned, reader, found.rows, full=cursor.whole)
    yield from _bounced(context, planned, reader) if cursor.phase == "bounced" else ()


def _bounced(context: Context, planned: Plan, reader: Entity) -> Iterator[Page]:
    after, more = 0, True
    while more:
        ask = partial(context.activecampaign.contacts_page, after_id=after, bounced=True, lane=LANE)
        found = patiently(ask)
        after, more = found.last_id, found.more
        yield page(planned, reader, [contact_rows.trimmed(row) for row in found.rows], full=False)


def _of_moved(context: Context, planned: Plan, reader: Entity, moved: Sequence[int]) -> Iterator[Page]:
    for first in range(0, len(moved), reading.AT_ONCE):
        some = list(moved[first : first + reading.AT_ONCE])
        found = patiently(partial(context.activecampaign.contacts_by_ids, some, lane=LANE))
        kept = [contact_rows.trimmed(row) | {rows.ACCOUNT: _account(context, int(row["id"]))} for row in found]
        yield page(planned, reader, kept, full=False)


def _account(context: Context, number: int) -> int:
    belongs = patiently(partial(context.activecampaign.account_of, number, lane=LANE))
    return belongs.account_id if belongs else 0


def _page(context: Context, one: Page, previews: Mapping[Entity, Preview], ahead: Ahead) -> None:
    """The twin of `engine.inbound.people.transform`: the same questions, the links only thought of."""
    found = patiently(lambda: stage.sort(context, one))
    matched = patiently(lambda: matching.people(context, *stage.wanting(found), LANE))
    seen = Seen(one, previews=previews)
    belongs = {row.get(rows.ACCOUNT) or 0 for row in found.living.values()}
    with context.db.transaction() as tx:
        stage.forget_deleted(tx, context, found)
        _gone(tx, context, seen, found.gone)
        accounts = {**links.record_ids(tx, context.id, belongs), **ahead.accounts}
        taken = _taken(tx, context, matched.best)
    for number, row in found.living.items():
        link = found.linked.get(number)
        if link is None and number in found.wishes:
            link = _linked(context, seen, row, found.wishes[number], matched, taken, accounts, ahead)
        elif link is None:
            seen.settle(None, Outcome.SKIPPED, stage.STRANGER)
        if link is not None:
            stage.decide(context, seen, row, link, accounts)
    against_dynamics(context, seen, ahead)


def _taken(tx: Tx, context: Context, best: Mapping[str, Change]) -> set[str]:
    """The addresses of which the record, or the address itself, has a link already."""
    held = set(links.of_addresses(tx, context.id, list(best)))
    for entity in {change.entity for change in best.values()}:
        mine = {change.record_id: address for address, change in best.items() if change.entity == entity}
        held |= {mine[record_id] for record_id in links.of_records(tx, context.id, entity, list(mine))}
    return held


def _linked(
    context: Context,
    seen: Seen,
    row: Mapping[str, Any],
    wish: Entity | None,
    matched: matching.Found,
    taken: set[str],
    accounts: Mapping[int, str],
    ahead: Ahead,
) -> Link | None:
    address = rows.address_of(row) or ""
    record = matched.best.get(address)
    if record is not None and address in taken:
        seen.settle(record.entity, Outcome.SKIPPED, stage.ELSEWHERE)
        return None
    if record is not None:
        link = would_link(stage.taken(context, row, record, rows.person(context, record.entity, row, accounts)))
        ahead.keep(link)
        seen.of(record.entity).linked += 1
        return link
    why = stage.hindrance(context, row, wish) or matched.barred.get(address, "")
    if why or wish is None:
        seen.settle(wish, Outcome.SKIPPED, why)
        return None
    return provided(wish, int(row["id"]), rows.address_of(row), rows.borne(context, row))


def _gone(tx: Tx, context: Context, seen: Seen, gone: Sequence[int]) -> None:
    """What was deleted in ActiveCampaign, see `engine.inbound.filing.removed`."""
    found = links.of_ac_ids(tx, context.id, "person", gone)
    for number in gone:
        link = found.get(number)
        ends = link is not None and not link.removed
        if link is not None and ends and context.rules[link.entity].terms.on_removed == "deactivate":
            seen.held[link.record_id] = link
            there = Counterpart(link.entity, number, address=link.address)
            seen.waiting[link.entity].append(filing.deactivation(link, there))
        else:
            seen.settle(link.entity if link else None, Outcome.SKIPPED, filing.REMOVED)
