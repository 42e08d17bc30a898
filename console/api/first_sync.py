"""The initial sync: dry run, sample, all of it or from now on, and how far it is."""

from __future__ import annotations

from typing import Any, Final

from flask_smorest import Blueprint, abort
from marshmallow import Schema, fields, validate

from console import desk
from console.access.roles import Role, needs
from console.api.connections import GONE
from console.api.parts import At, EntityName, Way
from console.api.setup import AWAY
from console.pages import first_sync as page
from engine import dry_run, first_sync, saving
from engine.first_sync import How
from engine.request import Refused
from sync.model import Entity

blueprint: Final = Blueprint(
    "api_first_sync", __name__, url_prefix="/api/v1/connections/<int:connection_id>", description="The initial sync."
)
NOT_NOW: Final = "It can't be started like this; `message` says why."
WORDS: Final = "all: every record; from_now: nothing old; sample: the ten newest; again: read everything once more."


class SyncWish(Schema):
    """What is to run."""

    entities = fields.List(EntityName(), load_default=list, metadata={"description": "None for all that are on."})
    how = fields.String(
        load_default=How.ALL.value,
        validate=validate.OneOf([one.value for one in How]),
        metadata={"description": WORDS},
    )


class SyncSize(Schema):
    """Records in Dynamics; without exact they are at least so many."""

    entity = EntityName()
    records = fields.Integer()
    in_scope = fields.Integer()
    exact = fields.Boolean()
    stopped = fields.String()


class DryRun(Schema):
    """The last dry run. seconds: what a first sync takes at ActiveCampaign's limits at least."""

    state = fields.String(validate=validate.OneOf(["none", "running", "done", "failed"]))
    at = At(allow_none=True)
    version = fields.Integer()
    entities = fields.List(EntityName())
    seen = fields.Dict(keys=fields.String(), values=fields.Integer())
    sizes = fields.List(fields.Nested(SyncSize))
    seconds = fields.Float(allow_none=True)
    previews = fields.List(fields.Dict())
    error = fields.Dict(allow_none=True)


class DryRunBegun(Schema):
    """begun: False where one runs already."""

    begun = fields.Boolean()


class SyncStarted(Schema):
    """The cycle that was opened, or that waits already for the same."""

    cycle = fields.Integer()


class FirstSyncOfEntity(Schema):
    """How an entity had its first sync, by direction: initial, baseline or null."""

    entity = EntityName()
    done = fields.Boolean()
    how = fields.Dict(keys=Way(), values=fields.String(allow_none=True))


class SyncPart(Schema):
    """A stream of the cycle that is under way."""

    entity = EntityName()
    direction = Way()
    state = fields.String()
    percent = fields.Integer(allow_none=True)
    read = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class SyncGoing(Schema):
    """The cycle that is under way."""

    cycle = fields.Integer()
    state = fields.String()
    question = fields.String()
    percent = fields.Integer(allow_none=True)
    seconds_left = fields.Float(allow_none=True)
    parts = fields.List(fields.Nested(SyncPart))


class FirstSync(Schema):
    """How every entity stands that is switched on, and what is under way."""

    entities = fields.List(fields.Nested(FirstSyncOfEntity))
    going = fields.Nested(SyncGoing, allow_none=True)


@blueprint.get("/dry-run")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, DryRun)
@blueprint.alt_response(404, description=GONE)
def look(connection_id: int) -> dict[str, Any]:
    """The last dry run, or the one that runs."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        return dry_run.look(tx, connection_id, desk.desk().services.now()) or {"state": "none", "at": None}


@blueprint.post("/dry-run")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(SyncWish)
@blueprint.response(202, DryRunBegun)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(409, description=NOT_NOW)
@blueprint.alt_response(503, description=AWAY)
def try_it(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Begins a dry run in the background: every decision is taken, nothing is written."""
    try:
        return {"begun": page.begin_dry_run(connection_id, *_wish(said))}
    except Refused as refused:
        abort(409, message=str(refused))
        raise AssertionError from refused


@blueprint.delete("/dry-run")
@needs(Role.ADMINISTRATOR)
@blueprint.response(204)
@blueprint.alt_response(404, description=GONE)
def forget(connection_id: int) -> None:
    """Ends a dry run, and forgets the last one."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        dry_run.stop(tx, connection_id)


@blueprint.get("/sync")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, FirstSync)
@blueprint.alt_response(404, description=GONE)
def show(connection_id: int) -> dict[str, Any]:
    """How far the first sync is. To stop it pause the connection, to go on end the pause."""
    desk.connection(connection_id)
    services = desk.desk().services
    _, document = saving.current(services, connection_id)
    with desk.desk().transaction() as tx:
        standings = first_sync.standings(tx, connection_id, document)
        going = first_sync.under_way(tx, connection_id, services.now())
    return {"entities": standings, "going": _going(going) if going else None}


@blueprint.post("/sync")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(SyncWish)
@blueprint.response(202, SyncStarted)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(409, description=NOT_NOW)
@blueprint.alt_response(503, description=AWAY)
def start(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Starts a first sync, a sample, or a sync of all again."""
    try:
        cycle_id, wakes = first_sync.start(desk.context(connection_id), *_wish(said), desk.author())
    except Refused as refused:
        abort(409, message=str(refused))
        raise AssertionError from refused
    desk.desk().send(wakes)
    return {"cycle": cycle_id}


def _wish(said: dict[str, Any]) -> tuple[list[Entity], How]:
    return [Entity(one) for one in said["entities"]], How(said["how"])


def _going(found: first_sync.Progress) -> dict[str, Any]:
    cycle = found.cycle
    parts = [
        {
            "entity": one.stream.entity,
            "direction": one.stream.direction,
            "state": one.stream.state,
            "percent": one.percent,
            "read": one.stream.read,
            "counts": one.stream.counts,
        }
        for one in found.parts
    ]
    question = cycle.note if cycle.state == "stopped" else ""
    told = {"cycle": cycle.id, "state": cycle.state, "question": question, "parts": parts}
    return {**told, "percent": found.percent, "seconds_left": found.seconds_left}
