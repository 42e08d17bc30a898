"""`ac365 sync`: now, on request."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from cli import previews, watch
from cli.cycle_tables import ASKS, print_cycle, status_of
from cli.errors import COULD_NOT_RUN, DONE, SOME_FAILED, CannotRun
from cli.options import AsJson, ConnectionName, Entities, Yes
from cli.output import note, on_terminal, print_json, say
from cli.session import author, chosen, send, session
from engine import configure, report, request
from engine.context import Context
from engine.request import Plan
from engine.wake import Wake
from sync.model import CycleKind, Entity
from worker.services import Services


def sync(
    entity: Entities = None,
    record: Annotated[str | None, typer.Option(metavar="ID", help="Only this record, by its Dynamics id.")] = None,
    initial: Annotated[bool, typer.Option("--initial", help="Read all records again, not only changes.")] = False,
    from_now: Annotated[
        bool, typer.Option("--from-now", help="First sync without old records: only changes from now on travel.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Show progress; wait for the end, and for what follows.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    connection: ConnectionName = "",
) -> None:
    """Sync now: changes since the last time; the first time all records of an entity.

    The first sync of an entity always starts here, never by itself. It brings every active record that meets the
    criteria; --from-now takes only what changes from now on, and --dry-run shows in advance what would be written in
    both directions. Without --wait the sync runs in the background; look at it with `ac365 cycles`. A sync that would
    change more than its guards allow stops and asks; answer with `ac365 cycles approve` or `ac365 cycles reject`.
    Some records are read once more in cycles of their own, such as those whose value goes back to ActiveCampaign;
    --wait ends when these are through as well, so that `ac365 verify` finds both sides at rest.

    Exit status: 0 done, 1 could not run, 2 wrong usage, 3 done but some records failed or wait, or stopped and asks.
    """
    _check_usage(record, initial, from_now, dry_run, entity)
    with session() as services:
        row = chosen(services, connection)
        context = services.context(row["id"])
        if record:
            cycle_id, wakes = _one_record(context, entity, record)
        else:
            planned = _plan(context, entity or [], initial=initial, from_now=from_now)
            if dry_run:
                previews.run(context, planned, as_json=as_json)
                return
            _confirm(context, planned, ask=not (yes or as_json))
            configure.bind(context.db, context.id, context.dynamics)
            with context.db.transaction() as tx:
                cycle_id, wakes = request.start(tx, context.id, planned, author())
        send(services, wakes)
        status = _waited(services, row["id"], cycle_id, as_json) if wait else _started(services, cycle_id, as_json)
    raise typer.Exit(status)


def _check_usage(
    record: str | None, initial: bool, from_now: bool, dry_run: bool, entities: list[Entity] | None
) -> None:
    if from_now and initial:
        raise typer.BadParameter("--initial brings all records, --from-now none: choose one.")
    if record and (initial or from_now or dry_run):
        raise typer.BadParameter("--record does not go with --initial, --from-now or --dry-run.")
    if record and len(entities or []) > 1:
        raise typer.BadParameter("--record wants one --entity.")


def _one_record(context: Context, entities: list[Entity] | None, record: str) -> tuple[int, list[Wake]]:
    try:
        record_id = str(UUID(record))
    except ValueError:
        raise typer.BadParameter(f"{record!r} is not a record id like 5531d753-95af-e711-a94e-000d3a11e605.") from None
    with context.db.transaction() as tx:
        entity = entities[0] if entities else request.entity_of(tx, context.id, record_id)
        if entity is None:
            raise CannotRun("this record was never read before", "Say what it is with --entity.")
        return request.one_record(tx, context.id, context.document, entity, record_id, author())


def _plan(context: Context, entities: list[Entity], *, initial: bool, from_now: bool) -> Plan:
    with context.db.transaction() as tx:
        return request.plan(tx, context.id, context.document, entities, initial=initial, from_now=from_now)


def _confirm(context: Context, planned: Plan, *, ask: bool) -> None:
    """Before many records are written for the first time: how many, and the question."""
    if not context.document["sync"]["enabled"]:
        note("The global switch is off: this one sync runs because you ask for it, and no other follows by itself.")
    if planned.kind is not CycleKind.INITIAL or not ask:
        return
    previews.print_sizes(context, planned.reads_all)
    if on_terminal() and not typer.confirm("Start now? (--dry-run shows what would happen)"):
        raise CannotRun("nothing was started")


def _waited(services: Services, connection_id: int, cycle_id: int, as_json: bool) -> int:
    try:
        found = watch.until_ended(services, cycle_id)
        followed = [] if found.asks else watch.until_quiet(services, connection_id, cycle_id)
    except KeyboardInterrupt:
        note(f"Cycle {cycle_id} goes on in the background; look at it with `ac365 cycles show {cycle_id}`.")
        return COULD_NOT_RUN
    if as_json:
        print_json(found.as_json())
        # The object is promised key by key, so what a stopped cycle asks stands beside it, as does what followed.
        if found.asks:
            note(f"Cycle {found.id} asks: {found.note}")
            note(f"Answer with `ac365 cycles approve {found.id}` or `ac365 cycles reject {found.id}`.")
    else:
        print_cycle(found)
        _point_to_failures(found)
    return _status(found, followed)


def _status(found: report.CycleReport, followed: list[report.CycleReport]) -> int:
    """The exit status, that of the cycle that was asked for; what followed it can only keep it from being 0."""
    if found.asks:
        return SOME_FAILED
    wrong = [one for one in followed if one.state != "complete"]
    for one in wrong:
        state = ASKS if one.asks else f"is {one.state}"
        note(f"Cycle {one.id}, which followed ({one.requested_by}), {state}; see `ac365 cycles show {one.id}`.")
    status = status_of(found)
    return SOME_FAILED if wrong and status == DONE else status


def _started(services: Services, cycle_id: int, as_json: bool) -> int:
    with services.db.transaction() as tx:
        found = report.of_cycle(tx, cycle_id)
    if as_json:
        print_json(found.as_json())
    else:
        say(f"Cycle {cycle_id} is {found.state}; look at it with `ac365 cycles show {cycle_id}`.")
    return DONE


def _point_to_failures(found: report.CycleReport) -> None:
    if any(stream.counts["failed"] for stream in found.streams):
        say("Some records failed; see why with `ac365 failures`.")
