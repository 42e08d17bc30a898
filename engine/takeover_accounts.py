"""Accounts taken over: by the Dynamics id they carry, by name where that is unique, by web domain (decision Q22)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from clients.caller import PAGE
from engine.context import Context
from engine.inbound import companies, matching
from engine.patience import patiently
from engine.takeover_report import Difference, Report, Tally
from engine.takeover_values import alike, unlike
from store import links
from sync.model import Change, Entity, Lane, Link
from sync.tags import UNMARKED

LANE: Final = Lane.SYNC
MADE: Final = "has no counterpart; the next sync creates it in Dynamics"
LEFT: Final = "has no counterpart; it stays as it is"
TWICE: Final = "its account in Dynamics is linked to another one"

Progress = Callable[[str, int], None]
Row = Mapping[str, Any]


def run(context: Context, report: Report, store: bool, progress: Progress) -> dict[int, str]:
    """Links accounts, or counts what would be linked; answers with Dynamics ids by ActiveCampaign's ids."""
    values = patiently(partial(context.activecampaign.account_values, lane=LANE))
    found: dict[int, str] = {}
    while True:
        page = patiently(partial(context.activecampaign.accounts_page, report.accounts, lane=LANE))
        rows = [{**row, "field_values": values.get(row["id"], {})} for row in page]
        _page(context, report.tallies[Entity.ACCOUNT], rows, found, store)
        report.accounts += len(page)
        progress("ActiveCampaign accounts", report.accounts)
        if len(page) < PAGE:
            return found


def _page(context: Context, tally: Tally, rows: list[dict[str, Any]], found: dict[int, str], store: bool) -> None:
    with context.db.transaction() as tx:
        linked = companies.links_of(tx, context, rows)
    strangers = {row["id"]: row for row in rows if row["id"] not in linked}
    carried = {number: companies.carried_by(context, row) for number, row in strangers.items()}
    matched = patiently(lambda: matching.companies(context, strangers, carried, LANE)) if strangers else None
    with context.db.transaction() as tx:
        ids = [change.record_id for change in matched.best.values()] if matched else []
        taken = {*links.of_records(tx, context.id, Entity.ACCOUNT, ids), *found.values()}
    _known(tally, linked, found)
    new = []
    for number, row in strangers.items():
        record = matched.best.get(number) if matched else None
        if record is None or record.record_id in taken:
            tally.leave(number, TWICE if record else _reason(context, row, matched or matching.Found()))
            continue
        taken.add(record.record_id)
        found[number] = record.record_id
        new.append(_new(context, tally, row, record, carried[number]))
    if store:
        with context.db.transaction() as tx:
            links.take_over(tx, context.id, new)


def _known(tally: Tally, linked: Mapping[int, Link], found: dict[int, str]) -> None:
    tally.known += len(linked)
    found.update({number: link.record_id for number, link in linked.items()})


def _reason(context: Context, row: Row, matched: matching.Found) -> str:
    why = companies.hindrance(context, row, matched)
    return MADE if not why else LEFT if why == companies.NEVER else why


def _new(context: Context, tally: Tally, row: Row, record: Change, carried: str) -> dict[str, Any]:
    """The row of the link. An account that carries its Dynamics id needn't be given it."""
    rules = context.rules[Entity.ACCOUNT]
    theirs = rules.mapping.read_account(row, row["field_values"])
    tally.link(
        _by(row, record, carried),
        [
            Difference(record.record_id, row["id"], key, record.values.get(key), theirs.get(key))
            for key in unlike(rules, record, theirs)
        ],
    )
    facts = companies.taken(context, row, record)
    agreed = {**alike(rules, record, theirs), **facts["agreed"]}
    return {**facts, "agreed": agreed, "tagged": [] if carried else [UNMARKED]}


def _by(row: Row, record: Change, carried: str) -> str:
    if carried:
        return "id"
    return "name" if _key(row["name"]) == _key(record.values.get("name")) else "domain"


def _key(name: Any) -> str:
    return str(name or "").strip().casefold()
