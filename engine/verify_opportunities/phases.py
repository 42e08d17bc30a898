"""What is read of opportunities, page by page: Dynamics, ActiveCampaign's records, and those that were not among them.

Dynamics is noted without its values and read anew with every page of records, so that both sides are as of the same
moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from clients.caller import PAGE
from engine import verify_here
from engine.opportunities import deal_place, deal_records
from engine.opportunities.deliver import GONE, MAKE
from engine.patience import patiently
from engine.verify_opportunities import expected, judge, sorting, strays
from engine.verify_opportunities.pairs import ENTITY, Row, paired
from engine.verify_report import Tally
from engine.verify_run import Run, opportunities_hindered
from store import verifications
from store.db import Tx
from sync.errors import Missing
from sync.model import Change

AT_ONCE: Final = 100
LEFT_OUT: Final = "Opportunities were not compared: {}"


def notes(run: Run) -> list[str]:
    """What was not compared of opportunities, in sentences."""
    if ENTITY not in run.tallies:
        return []
    why = opportunities_hindered(run.context) or (f"{GONE}. {MAKE}" if run.counts["left_out"] else "")
    return [LEFT_OUT.format(why)] if why else []


def here(run: Run) -> None:
    """One page of Dynamics' opportunities, noted with why they are expected or not."""
    read = verify_here.page(run, ENTITY)
    if read is None:
        return
    changes, further = read
    with run.advance(further) as tx:
        _note(tx, run, changes)
        if further is None:
            verifications.expect(tx, run.id, ENTITY)
            verify_here.count(tx, run, ENTITY)
    run.progress("Dynamics opportunities", run.counts["read"])


def _note(tx: Tx, run: Run, changes: Sequence[Change]) -> None:
    living = [change for change in changes if not change.deleted]
    known = expected.judged(tx, run.context, living)
    nothing = {"entity": ENTITY, "match_key": None, "host": None, "modified_on": "", "opted_out": False}
    rows = [
        {**nothing, "record_id": one.record_id, "version": one.version, "hindrance": known[one.record_id][1]}
        for one in living
    ]
    verifications.put_here(tx, run.id, rows)
    run.counts["read"] += len(changes)


def records(run: Run) -> None:
    """One page of ActiveCampaign's records, each compared with its opportunity, or asked what it is."""
    at = (run.cursor or {"at": 0})["at"]
    try:
        rows, number = _page(run, at)
    except Missing:
        _leave_out(run)
        return
    page = sorting.sort(run, rows)
    pairs = paired(run, page.awaited, page.versions)
    left = strays.looked_at(run, page.strays)
    at += number
    run.counts["opportunities"] = at
    with run.advance({"at": at} if number == PAGE else None) as tx:
        verifications.put_judged(tx, run.id, sorting.numbers(rows))
        verifications.found(tx, run.id, ENTITY, page.awaited)
        run.add(tx, judge.judged(tx, run, pairs, len(page.awaited)))
        run.add(tx, strays.judged(tx, run, left))
    run.progress("ActiveCampaign opportunities", at)


def _page(run: Run, at: int) -> tuple[list[Row], int]:
    """Records from there on, and how many rows that were."""
    if deal_place.chosen(run.context):
        return deal_records.page(run.context, at, run.lane)
    client = run.context.activecampaign
    rows = patiently(partial(client.records_page, run.context.opportunities, at, lane=run.lane))
    return rows, len(rows)


def _leave_out(run: Run) -> None:
    """The object was deleted since both sides were described last."""
    run.counts["left_out"] = 1
    run.tallies[ENTITY] = Tally(ENTITY)
    with run.advance(None) as tx:
        verifications.drop_here(tx, run.id, ENTITY)


def missing(run: Run) -> None:
    """The next opportunities that no record was found for."""
    after = (run.cursor or {"after": None})["after"]
    with run.context.db.transaction() as tx:
        awaited = verifications.missing(tx, run.id, ENTITY, after, AT_ONCE)
    pairs = paired(run, {}, {row["record_id"]: row["version"] for row in awaited})
    run.counts["opportunities"] += sum(pair.record is not None for pair in pairs)
    further = {"after": awaited[-1]["record_id"]} if len(awaited) == AT_ONCE else None
    with run.advance(further) as tx:
        run.add(tx, judge.judged(tx, run, pairs, len(awaited)))
    run.progress("ActiveCampaign opportunities", run.counts["opportunities"])
