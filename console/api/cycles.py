"""What ran, what came of it, and the answer to a cycle that asks."""

from __future__ import annotations

from typing import Any, Final

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from console import desk
from console.access.roles import Role, needs
from console.api.parts import At, EntityName, Way
from console.inputs import Limit, Number, or_abort
from console.plain import Text
from engine import choices, cycle_records, report, stopping
from engine.report import CycleReport
from sync.model import Direction, Entity, Outcome

blueprint: Final = Blueprint("api_cycles", __name__, url_prefix="/api/v1", description="What ran.")
PATH: Final = "/connections/<int:connection_id>/cycles"
MISSING: Final = "There is no such cycle."
NOT_NOW: Final = "It does not wait for an answer, or another cycle runs."


class Listed(Schema):
    """Which cycles. before: the number behind which to go on."""

    before = Number(load_default=None)
    limit = Limit()


class StreamAnswer(Schema):
    """One entity in one direction. The outcomes add up to `read`."""

    entity = EntityName()
    direction = Way()
    state = fields.String()
    read = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    error = fields.Dict(allow_none=True)


class CycleAnswer(Schema):
    """One cycle. asks: it waits for an answer to `question`."""

    id = fields.Integer()
    kind = fields.String()
    state = fields.String()
    requested_by = fields.String()
    requested = At(allow_none=True)
    started = At(allow_none=True)
    finished = At(allow_none=True)
    note = fields.String()
    asks = fields.Boolean()
    question = fields.String()
    read = fields.Integer()
    sums = fields.Dict(keys=fields.String(), values=fields.Integer())
    streams = fields.List(fields.Nested(StreamAnswer))


class Held(Schema):
    """What a stream of a cycle that asks holds back."""

    entity = EntityName()
    direction = Way()
    create = fields.Integer()
    update = fields.Integer()
    unlink = fields.Integer()


class CycleShown(CycleAnswer):
    """One cycle with what it holds back while it asks."""

    held = fields.List(fields.Nested(Held))


class Which(Schema):
    """Records of a cycle that came to this outcome."""

    outcome = fields.Enum(Outcome, by_value=True, required=True)


class WhichRecords(Which):
    """The same, narrowed. after: the `next` of the page before."""

    entity = fields.Enum(Entity, by_value=True, load_default=None)
    direction = fields.Enum(Direction, by_value=True, load_default=None)
    reason = Text(5000, load_default=None)
    after = fields.String(load_default=None, validate=validate.Regexp(cycle_records.PLACE))
    limit = Limit()


class Reason(Schema):
    """Why, and how often."""

    entity = EntityName()
    direction = Way()
    reason = fields.String()
    count = fields.Integer()


class RecordAnswer(Schema):
    """One record."""

    record_id = fields.String()
    entity = EntityName()
    direction = Way()
    outcome = fields.String()
    reason = fields.String()
    at = At()


class RecordsAnswer(Schema):
    """A page of records. next: what to send as `after` for the following page, null at the end."""

    records = fields.List(fields.Nested(RecordAnswer))
    next = fields.String(allow_none=True)


class Unwritten(Schema):
    """How many records stay unwritten."""

    cycle = fields.Integer()
    unwritten = fields.Integer()


@blueprint.get(PATH)
@needs(Role.USER)
@blueprint.arguments(Listed, location="query")
@blueprint.response(200, CycleAnswer(many=True))
@blueprint.alt_response(404, description="There is no such connection.")
def listed(said: dict[str, Any], connection_id: int) -> list[CycleReport]:
    """Cycles, the newest first."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        return report.recent(tx, said["limit"], connection_id, said["before"])


@blueprint.get(f"{PATH}/<int:cycle_id>")
@needs(Role.USER)
@blueprint.response(200, CycleShown)
@blueprint.alt_response(404, description=MISSING)
def show(connection_id: int, cycle_id: int) -> dict[str, Any]:
    """One cycle."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        found = _one(tx, connection_id, cycle_id)
        held = choices.planned(tx, cycle_id) if found.asks else []
    return {**{name: getattr(found, name) for name in CycleAnswer._declared_fields}, "held": held}


@blueprint.get(f"{PATH}/<int:cycle_id>/reasons")
@needs(Role.USER)
@blueprint.arguments(Which, location="query")
@blueprint.response(200, Reason(many=True))
@blueprint.alt_response(404, description=MISSING)
def reasons(said: dict[str, Any], connection_id: int, cycle_id: int) -> list[dict[str, Any]]:
    """Why records came to an outcome, the most frequent reason first, among the first 20,000 of them."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        chosen = cycle_records.those(_one(tx, connection_id, cycle_id), **said)
        return cycle_records.reasons(tx, chosen)


@blueprint.get(f"{PATH}/<int:cycle_id>/records")
@needs(Role.USER)
@blueprint.arguments(WhichRecords, location="query")
@blueprint.response(200, RecordsAnswer)
@blueprint.alt_response(404, description=MISSING)
def records(said: dict[str, Any], connection_id: int, cycle_id: int) -> dict[str, Any]:
    """Records of a cycle that came to an outcome, among the first 20,000 of them."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        chosen = cycle_records.those(_one(tx, connection_id, cycle_id), **said)
        rows, after = cycle_records.page(tx, chosen, said["limit"], said["after"])
    return {"records": rows, "next": after}


@blueprint.post(f"{PATH}/<int:cycle_id>/approve")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, CycleAnswer)
@blueprint.alt_response(404, description=MISSING)
@blueprint.alt_response(409, description=NOT_NOW)
def approve(connection_id: int, cycle_id: int) -> CycleReport:
    """Lets a cycle go on that asks."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        _one(tx, connection_id, cycle_id)
        with or_abort(409, NOT_NOW):
            wakes = choices.approve(tx, connection_id, cycle_id, desk.author())
        found = _one(tx, connection_id, cycle_id)
    desk.desk().send(wakes)
    return found


@blueprint.post(f"{PATH}/<int:cycle_id>/reject")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Unwritten)
@blueprint.alt_response(404, description=MISSING)
@blueprint.alt_response(409, description=NOT_NOW)
def reject(connection_id: int, cycle_id: int) -> dict[str, int]:
    """Ends a cycle that asks: nothing of what it holds back is written."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        _one(tx, connection_id, cycle_id)
        with or_abort(409, NOT_NOW):
            number = choices.reject(tx, connection_id, cycle_id, desk.author())
    return {"cycle": cycle_id, "unwritten": number}


@blueprint.post(f"{PATH}/<int:cycle_id>/stop")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Unwritten)
@blueprint.alt_response(404, description=MISSING)
@blueprint.alt_response(409, description="It has ended, or asks, or reads chosen records only.")
def stop(connection_id: int, cycle_id: int) -> dict[str, int]:
    """Stops a cycle that waits or runs: it reads no further, and the next sync reads what was not read to its end."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        _one(tx, connection_id, cycle_id)
        with or_abort(409, "This cycle can't be stopped: it has ended, or asks, or reads chosen records only."):
            number, wakes = stopping.stop(tx, connection_id, cycle_id, desk.author())
    desk.desk().send(wakes)
    return {"cycle": cycle_id, "unwritten": number}


def _one(tx: Any, connection_id: int, cycle_id: int) -> CycleReport:
    with or_abort(404, MISSING):
        return report.of_cycle(tx, cycle_id, connection_id)
