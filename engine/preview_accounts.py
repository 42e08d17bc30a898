"""The inbound half of a dry run, accounts: ActiveCampaign's accounts and who belongs to them, as a sweep sees them.

An estimate in one case: who belongs to no account at all any more is found by a cycle, and not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from clients.caller import PAGE
from engine.context import Context
from engine.inbound import companies, matching, reading, sweep
from engine.inbound.cursor import Cursor
from engine.inbound.filing import Page
from engine.patience import patiently
from engine.preview_ahead import Ahead
from engine.preview_inbound import LANE, Seen, against_dynamics, page, provided, stream, would_link
from engine.preview_report import Preview
from engine.request import Plan
from store import links
from sync.model import Change, Entity, Link, Outcome
from sync.tags import UNMARKED

Progress = Callable[[str, int], None]
Row = Mapping[str, Any]


def run(context: Context, planned: Plan, preview: Preview, ahead: Ahead, progress: Progress) -> list[int]:
    """Decides about every account that the cycle would look at; answers with contacts that belong elsewhere now."""
    cursor = sweep.begin(context, stream(planned))
    if cursor is None:
        return []
    preview.since = cursor.since
    for one in _pages(context, planned, cursor):
        _page(context, one, preview, ahead)
        progress("ActiveCampaign accounts", preview.read)
    return _moved(context, ahead) if reading.partakers(context) else []


def _pages(context: Context, planned: Plan, cursor: Cursor) -> Iterator[Page]:
    offset, all_values = 0, None
    while True:
        rows = patiently(partial(context.activecampaign.accounts_page, offset, lane=LANE))
        changed = [sweep.trimmed(row) for row in rows if sweep.changed_since(cursor, row)]
        if all_values is None and len(changed) > sweep.FEW:
            all_values = patiently(partial(context.activecampaign.account_values, lane=LANE))
        for row in changed:
            number = int(row["id"])
            known = all_values if all_values is not None else _values(context, number)
            row["field_values"] = dict(known.get(number, {}))
        yield page(planned, Entity.ACCOUNT, changed, full=cursor.whole)
        offset += len(rows)
        if len(rows) < PAGE:
            return


def _values(context: Context, number: int) -> dict[int, dict[int, Any]]:
    return patiently(partial(context.activecampaign.account_values, number, lane=LANE))


def _page(context: Context, one: Page, preview: Preview, ahead: Ahead) -> None:
    """The twin of `engine.inbound.companies.transform`: the same questions, the links only thought of."""
    living = one["rows"]
    with context.db.transaction() as tx:
        linked = companies.links_of(tx, context, living)
    strangers = {int(row["id"]): row for row in living if int(row["id"]) not in linked}
    carried = {number: companies.carried_by(context, row) for number, row in strangers.items()}
    matched = (
        patiently(lambda: matching.companies(context, strangers, carried, LANE)) if strangers else matching.Found()
    )
    seen = Seen(one, previews={Entity.ACCOUNT: preview})
    with context.db.transaction() as tx:
        ids = [change.record_id for change in matched.best.values()]
        taken = set(links.of_records(tx, context.id, Entity.ACCOUNT, ids)) | set(ahead.accounts.values())
    for row in living:
        link = linked.get(int(row["id"])) or _linked(context, seen, row, matched, taken, ahead)
        if link is not None:
            companies.decide(context, seen, row, link)
    against_dynamics(context, seen, ahead)


def _linked(
    context: Context, seen: Seen, row: Row, matched: matching.Found, taken: set[str], ahead: Ahead
) -> Link | None:
    number = int(row["id"])
    record: Change | None = matched.best.get(number)
    if record is not None and record.record_id in taken:
        seen.settle(Entity.ACCOUNT, Outcome.SKIPPED, companies.ELSEWHERE)
        return None
    if record is not None:
        taken.add(record.record_id)
        link = would_link(companies.taken(context, row, record))
        ahead.keep(link)
        seen.of(Entity.ACCOUNT).linked += 1
        return link
    if why := companies.hindrance(context, row, matched):
        seen.settle(Entity.ACCOUNT, Outcome.SKIPPED, why)
        return None
    return provided(Entity.ACCOUNT, number, None, [UNMARKED])


def _moved(context: Context, ahead: Ahead) -> list[int]:
    """Linked people whose account in ActiveCampaign is another one than was last agreed on."""
    found: list[int] = []
    offset = 0
    while len(found) < sweep.MOVED_AT_ONCE:
        some = patiently(partial(context.activecampaign.associations_page, offset, lane=LANE))
        with context.db.transaction() as tx:
            people = links.of_ac_ids(tx, context.id, "person", [one.contact_id for one in some])
            records = links.record_ids(tx, context.id, {one.account_id for one in some}) | ahead.accounts
        delivered = {number: link for number, link in people.items() if link.delivered and not link.removed}
        for one in some:
            link = delivered.get(one.contact_id)
            if link is not None and records.get(one.account_id) != link.account_id:
                found.append(one.contact_id)
        offset += len(some)
        if len(some) < PAGE:
            break
    return found[: sweep.MOVED_AT_ONCE]
