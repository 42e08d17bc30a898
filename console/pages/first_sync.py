"""The initial sync: a dry run, a sample that can be looked at on both sides, then all of it, with its progress."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console import background, desk, forms
from console.access.roles import Role, needs
from console.forms import FormSchema
from engine import configure, dry_run, first_sync, pausing, saving
from engine.first_sync import How
from engine.request import Refused
from store import pauses
from sync.model import ORDER, Entity

blueprint = Blueprint("first_sync", __name__, url_prefix="/c/<int:connection_id>/initial-sync")
STOPPED = "the initial sync was stopped"
RUNS = "A dry run is under way already."


class Wish(FormSchema):
    """Which entities, and what of them."""

    entity = fields.List(fields.String(validate=validate.OneOf([str(one) for one in ORDER])), load_default=list)
    how = fields.String(load_default=How.ALL.value, validate=validate.OneOf([str(one) for one in How]))


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def show(connection_id: int) -> str:
    """How every entity stands, the last dry run, the last sample, and what is under way."""
    row, services = desk.connection(connection_id), desk.desk().services
    _, document = saving.current(services, connection_id)
    now = services.now()
    with desk.desk().transaction() as tx:
        return render_template(
            "first_sync/show.html",
            row=row,
            document=document,
            standings=first_sync.standings(tx, connection_id, document),
            going=first_sync.under_way(tx, connection_id, now),
            dry=dry_run.look(tx, connection_id, now),
            sample=first_sync.last_sample(tx, connection_id),
            held=[one for one in pauses.active(tx, connection_id) if not (one["entity"] or one["direction"])],
        )


@blueprint.post("/dry-run")
@needs(Role.ADMINISTRATOR)
def try_it(connection_id: int) -> Response:
    """Begins a dry run in the background."""
    try:
        flash(*(("The dry run has begun.", "good") if begin_dry_run(connection_id, *_wish()) else (RUNS, "warn")))
    except Refused as refused:
        flash(f"It can't run: {refused}.", "bad")
    return _back(connection_id)


@blueprint.post("/dry-run/end")
@needs(Role.ADMINISTRATOR)
def forget(connection_id: int) -> Response:
    """Ends a dry run, and forgets the last one."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        dry_run.stop(tx, connection_id)
    return _back(connection_id)


@blueprint.post("/start")
@needs(Role.ADMINISTRATOR)
def start(connection_id: int) -> Response:
    """Starts what was chosen."""
    try:
        cycle_id, wakes = first_sync.start(desk.context(connection_id), *_wish(), desk.author())
    except Refused as refused:
        flash(f"It was not started: {refused}.", "bad")
        return _back(connection_id)
    desk.desk().send(wakes)
    flash(f"Cycle {cycle_id} has begun.", "good")
    return _back(connection_id)


@blueprint.post("/stop")
@needs(Role.ADMINISTRATOR)
def stop(connection_id: int) -> Response:
    """Pauses the connection: what is on its way stays, and goes on later."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        pausing.pause(tx, connection_id, pausing.Scope(), desk.author(), STOPPED, None, desk.desk().services.now())
    flash("Stopped: the connection is paused. What is on its way waits, and nothing is lost.", "good")
    return _back(connection_id)


@blueprint.post("/go-on")
@needs(Role.ADMINISTRATOR)
def go_on(connection_id: int) -> Response:
    """Ends the pause of the whole connection."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        pauses.resume(tx, connection_id, None, None, desk.author())
    flash("It goes on within a minute.", "good")
    return _back(connection_id)


def begin_dry_run(connection_id: int, entities: list[Entity], how: How) -> bool:
    """Begins a dry run in the background. False: one runs already. Raises Refused, SyncError."""
    context = desk.context(connection_id)
    configure.bind(context.db, context.id, context.dynamics)
    with desk.desk().transaction() as tx:
        planned = first_sync.plan(tx, context, entities, how)
        token = dry_run.begin(tx, connection_id, context.version, planned.entities, context.now())
    if token:
        background.run(partial(dry_run.carry_out, context, planned, token), "dry run")
    return token is not None


def _wish() -> tuple[list[Entity], How]:
    """What was chosen. Raises Refused for words that nobody offers."""
    said, form = forms.read(Wish)
    if said is None:
        raise Refused("; ".join(form.error(name) for name in form.errors))
    return [Entity(one) for one in said["entity"]], How(said["how"])


def _back(connection_id: int) -> Response:
    return redirect(url_for("first_sync.show", connection_id=connection_id), 303)
