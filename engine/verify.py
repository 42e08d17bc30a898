"""The proof: every record that should agree, Dynamics against ActiveCampaign, both read through their APIs.

Nothing that ac365 remembers decides whether two records agree: the survivor rule is applied anew, and values are
compared as both services hold them. What is remembered (links, the failure list, what is on its way) only explains what
disagrees, and says what would end it.

It goes on page by page with its place in PostgreSQL, so it can be interrupted, and its memory doesn't grow with the
number of records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine import verify_accounts, verify_here, verify_people, verify_repair, verify_there
from engine.context import Context
from engine.verify_opportunities import phases, sums
from engine.verify_report import DETAILS, Difference, Report
from engine.verify_run import DONE, Progress, Run, open_run
from engine.wake import Wake
from store import outbox, verifications
from sync.model import Entity, Lane

STEPS: Final[Mapping[str, Callable[[Run], None]]] = {
    "values": verify_there.values,
    "companies": verify_there.companies,
    "members": verify_there.members,
    "account": verify_accounts.accounts,
    "strangers": verify_accounts.strangers,
    "contact": verify_here.people,
    "lead": verify_here.people,
    "contacts": verify_people.contacts,
    "missing": verify_people.missing,
    "opportunity": phases.here,
    "opportunities": phases.records,
    "opportunities_missing": phases.missing,
}


def compare(
    context: Context,
    *,
    lane: Lane = Lane.BACKFILL,
    progress: Progress = lambda _what, _number: None,
    anew: bool = False,
    repair: bool = False,
) -> Report:
    """Compares everything that is switched on, from where an interrupted comparison stopped.

    progress: called with what is read and how many so far; anew: begins again in any case; repair: queues what is
    wrong, and the report says what starts it. Raises SyncError when a service refuses to be read, LookupError when
    another command takes over.
    """
    run = open_run(context, lane, progress, anew=anew)
    while run.phase != DONE:
        STEPS[run.phase](run)
    wakes = verify_repair.repair(run) if repair else None
    report = _report(run, wakes)
    run.end()
    return report


def _report(run: Run, wakes: list[Wake] | None) -> Report:
    with run.context.db.transaction() as tx:
        rows = outbox.pending_counts(tx, run.context.id)
        found = [row for entity in run.tallies for row in verifications.listed(tx, run.id, entity, DETAILS)]
        notes = phases.notes(run)
        amounts = [] if notes else sums.read(tx, run)
    queued = {name: run.counts[name] for name in ("records", "dynamics", "activecampaign")}
    left_out = Entity.OPPORTUNITY if notes else None
    return Report(
        [tally for entity, tally in run.tallies.items() if entity is not left_out],
        run.counts["contacts"],
        run.counts["accounts"],
        run.counts["strays"],
        sum(row["ready"] + row["waiting"] + row["in_flight"] for row in rows),
        [_difference(row) for row in found],
        None if wakes is None else queued,
        wakes or (),
        run.counts["opportunities"],
        amounts,
        notes,
    )


def _difference(row: dict[str, object]) -> Difference:
    names = ("record_id", "ac_id", "ac_record", "missing_in", "reasons")
    told = {name: row[name] for name in names}
    return Difference(Entity(row["entity"]), fields=tuple(row["fields"]), **told)  # type: ignore[arg-type]
