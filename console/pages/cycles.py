"""Cycles: what ran, what came of it, and the answer to one that asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console import desk
from console.access.roles import Role, needs
from console.forms import FormSchema
from console.inputs import PAGE, Number, asked, or_abort
from console.plain import Text
from engine import choices, cycle_records, report, stopping
from engine.report import COUNTERS, CycleReport
from sync.model import Direction, Entity, Outcome

blueprint = Blueprint("cycles", __name__, url_prefix="/c/<int:connection_id>/cycles")
MISSING: Final = "There is no such cycle."
ANSWERED: Final = "This cycle does not wait for an answer any more, or another cycle runs."
FIRST_LOOK: Final = (Outcome.FAILED, Outcome.WAITING, Outcome.SKIPPED, Outcome.UPDATED, Outcome.CREATED)


class Before(FormSchema):
    """Behind which cycle the list goes on."""

    before = Number(load_default=None)


class Those(FormSchema):
    """Which records of a cycle are looked at."""

    outcome = fields.Enum(Outcome, by_value=True, load_default=None)
    entity = fields.Enum(Entity, by_value=True, load_default=None)
    direction = fields.Enum(Direction, by_value=True, load_default=None)
    reason = Text(5000, load_default=None)
    after = fields.String(load_default=None, validate=validate.Regexp(cycle_records.PLACE))


@blueprint.get("/")
@needs(Role.USER)
def index(connection_id: int) -> str:
    """What ran, the newest first."""
    desk.connection(connection_id)
    wanted, _ = asked(Before)
    with desk.desk().transaction() as tx:
        rows = report.recent(tx, PAGE + 1, connection_id, wanted["before"])
    shown = {"here_id": connection_id, "found": rows[:PAGE], "more": len(rows) > PAGE, "before": wanted["before"]}
    return render_template("cycles/index.html", took=took, counters=COUNTERS, **shown)


@blueprint.get("/<int:cycle_id>")
@needs(Role.USER)
def show(connection_id: int, cycle_id: int) -> str:
    """All about one cycle."""
    desk.connection(connection_id)
    wanted, _ = asked(Those)
    with desk.desk().transaction() as tx:
        with or_abort(404, MISSING):
            found = report.of_cycle(tx, cycle_id, connection_id)
        planned = choices.planned(tx, cycle_id) if found.asks else []
        shown = _records(tx, found, wanted)
    stoppable = stopping.can_stop(found.state, found.kind)
    told = {"found": found, "planned": planned, "took": took, "counters": COUNTERS, "stoppable": stoppable}
    around = {"here_id": connection_id, "live": request.full_path.rstrip("?"), "window": cycle_records.WINDOW}
    return render_template("cycles/show.html", **told, **around, **shown)


def _records(tx: Any, found: CycleReport, wanted: Mapping[str, Any]) -> dict[str, Any]:
    outcome = wanted["outcome"] or next((one for one in FIRST_LOOK if found.sums[one]), None)
    if outcome is None:
        return {"outcome": None}
    those = cycle_records.those(found, **{**wanted, "outcome": outcome})
    rows, after = cycle_records.page(tx, those, PAGE, wanted["after"])
    groups = cycle_records.reasons(tx, those)
    return {"outcome": outcome, "groups": groups, "rows": rows, "after": after, "wanted": wanted}


@blueprint.post("/<int:cycle_id>/approve")
@needs(Role.ADMINISTRATOR)
def approve(connection_id: int, cycle_id: int) -> Response:
    """Lets a cycle go on that asks."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx, or_abort(409, ANSWERED):
        wakes = choices.approve(tx, connection_id, cycle_id, desk.author())
    desk.desk().send(wakes)
    flash(f"Cycle {cycle_id} goes on.", "good")
    return _shown(connection_id, cycle_id)


@blueprint.post("/<int:cycle_id>/reject")
@needs(Role.ADMINISTRATOR)
def reject(connection_id: int, cycle_id: int) -> Response:
    """Ends a cycle that asks."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx, or_abort(409, ANSWERED):
        dropped = choices.reject(tx, connection_id, cycle_id, desk.author())
    flash(f"Cycle {cycle_id} has ended; {dropped:,} records were not written.", "warn")
    return _shown(connection_id, cycle_id)


@blueprint.post("/<int:cycle_id>/stop")
@needs(Role.ADMINISTRATOR)
def stop(connection_id: int, cycle_id: int) -> Response:
    """Stops a cycle that waits or runs."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx, or_abort(409, "This cycle can't be stopped: it has ended, or asks."):
        number, wakes = stopping.stop(tx, connection_id, cycle_id, desk.author())
    desk.desk().send(wakes)
    flash(f"Cycle {cycle_id} stops. {number:,} records that it read are not written; the next sync reads them.", "warn")
    return _shown(connection_id, cycle_id)


def _shown(connection_id: int, cycle_id: int) -> Response:
    return redirect(url_for("cycles.show", connection_id=connection_id, cycle_id=cycle_id), 303)


def took(found: CycleReport, now: datetime | None = None) -> float | None:
    """How long a cycle ran, or runs, in seconds; None before it began."""
    ended = found.finished or now or desk.desk().services.now()
    return (ended - found.started).total_seconds() if found.started else None
