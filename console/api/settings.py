"""Sync settings: when it runs and how much it may do; the global switch; pauses."""

from __future__ import annotations

from typing import Any, Final

from flask_smorest import Blueprint, abort
from marshmallow import Schema, fields, validate

from config.faults import ConfigFaults
from console import desk
from console.access.roles import Role, needs
from console.api.connections import GONE, REFUSED, refuse
from console.api.parts import At, EntityName, Way
from console.plain import Text
from engine import pausing, saving
from store import pauses
from store.errors import Stale

blueprint: Final = Blueprint(
    "api_settings", __name__, url_prefix="/api/v1/connections/<int:connection_id>", description="When and how much."
)
OWN: Final = ("frequency", "quiet")
SECTIONS: Final = ("limits", "guards", "consent")
MARKETING: Final = ("activities", "panel")
"""Those that may be left out, and then stay as they are: programs of earlier versions don't know them."""
MOVED: Final = "Somebody saved another version meanwhile. Read it and decide again."
SWITCHED: Final = "is turned with PUT …/switch."


def _section(told: str, *, required: bool = True) -> fields.Dict:
    return fields.Dict(keys=fields.String(), required=required, metadata={"description": told})


class SyncSettings(Schema):
    """The settings. Shares are 0 to 1; see docs/configuration.md for every key."""

    version = fields.Integer(
        required=True, validate=validate.Range(1, 2**31 - 1), metadata={"description": "The version that was read."}
    )
    zone = Text(required=True)
    sync = _section("frequency and quiet")
    limits = _section("calls_per_second and headroom")
    guards = _section("creates, changes, deletes and from")
    consent = _section("enabled, lists, do_not_email and bounces")
    activities = _section("enabled, kinds, first_load_days and keep_days; left out: as it is", required=False)
    panel = _section("enabled, automations, mailings and campaigns; left out: as it is", required=False)


class Saved(Schema):
    """changed: False where it was so already."""

    version = fields.Integer()
    changed = fields.Boolean()


class GlobalSwitch(Schema):
    """The global switch."""

    on = fields.Boolean(required=True)


class Turned(GlobalSwitch):
    """The global switch after it was turned. changed: False where it stood like that already."""

    changed = fields.Boolean()


class PauseScope(Schema):
    """What is paused; left out for all."""

    entity = EntityName(load_default=None, allow_none=True)
    direction = Way(load_default=None, allow_none=True)


class NewPause(PauseScope):
    """until: when it ends by itself, left out for when somebody ends it."""

    reason = Text(load_default="")
    until = At(load_default=None, allow_none=True)


class Pause(PauseScope):
    """A pause that is in force."""

    author = fields.String()
    reason = fields.String()
    paused_at = At()
    until = At(allow_none=True)


class Paused(Schema):
    """changed: False where it is paused already without an end."""

    changed = fields.Boolean()


@blueprint.get("/settings")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, SyncSettings)
@blueprint.alt_response(404, description=GONE)
def show(connection_id: int) -> dict[str, Any]:
    """The settings as they are."""
    desk.connection(connection_id)
    version, document = saving.current(desk.desk().services, connection_id)
    sections = {name: document[name] for name in (*SECTIONS, *MARKETING)}
    own = {name: document["sync"][name] for name in OWN}
    return {"version": version, "zone": document["zone"], "sync": own, **sections}


@blueprint.put("/settings")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(SyncSettings)
@blueprint.response(200, Saved)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(409, description=MOVED)
@blueprint.alt_response(422, description=REFUSED)
def save(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Saves all of them as a new version of the configuration. What is left out of a section has its default."""
    row, services = desk.connection(connection_id), desk.desk().services
    if "enabled" in said["sync"]:
        refuse({"sync.enabled": SWITCHED})
    version, document = saving.current(services, connection_id)
    if version != said["version"]:
        abort(409, message=MOVED)
    sections: dict[str, Any] = {name: said[name] for name in (*SECTIONS, *MARKETING) if name in said}
    own = {"enabled": document["sync"]["enabled"], **said["sync"]}
    wanted = {**document, **sections, "zone": said["zone"], "sync": own}
    try:
        saved, changed = saving.replace(services, row, version, wanted, desk.author())
    except ConfigFaults as error:
        _refuse(error)
    except Stale:
        abort(409, message=MOVED)
    return {"version": saved, "changed": changed}


@blueprint.get("/switch")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, GlobalSwitch)
@blueprint.alt_response(404, description=GONE)
def switched(connection_id: int) -> dict[str, Any]:
    """Whether the global switch is on."""
    desk.connection(connection_id)
    return {"on": saving.current(desk.desk().services, connection_id)[1]["sync"]["enabled"]}


@blueprint.put("/switch")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(GlobalSwitch)
@blueprint.response(200, Turned)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(422, description="The configuration has faults, so it stays off; `errors` names them.")
def switch(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Turns the global switch."""
    try:
        changed = saving.switch(desk.desk().services, desk.connection(connection_id), said["on"], desk.author())
    except ConfigFaults as error:
        _refuse(error)
    return {"on": said["on"], "changed": changed}


@blueprint.get("/pauses")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Pause(many=True))
@blueprint.alt_response(404, description=GONE)
def paused(connection_id: int) -> list[dict[str, Any]]:
    """The pauses that are in force, oldest first."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        return pauses.active(tx, connection_id)


@blueprint.put("/pauses")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(NewPause)
@blueprint.response(200, Paused)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(422, description=REFUSED)
def pause(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Pauses everything or a part. Changes made meanwhile travel once the pause ends."""
    desk.connection(connection_id)
    scope, now = pausing.Scope.of(said["entity"], said["direction"]), desk.desk().services.now()
    try:
        with desk.desk().transaction() as tx:
            new = pausing.pause(tx, connection_id, scope, desk.author(), said["reason"], said["until"], now)
    except pausing.Refused as refused:
        refuse({"until": str(refused)})
    return {"changed": new}


@blueprint.delete("/pauses")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(PauseScope, location="query")
@blueprint.response(204)
@blueprint.alt_response(404, description="There is no such connection, or exactly this is not paused.")
def resume(said: dict[str, Any], connection_id: int) -> None:
    """Ends the pause of exactly this part."""
    desk.connection(connection_id)
    scope = pausing.Scope.of(said["entity"], said["direction"])
    with desk.desk().transaction() as tx:
        ended = pauses.resume(tx, connection_id, scope.entity, scope.direction, desk.author())
    if not ended:
        abort(404, message="Exactly this is not paused.")


def _refuse(error: ConfigFaults) -> None:
    faults: dict[str, list[str]] = {}
    for one in error.faults:
        faults.setdefault(one.path, []).append(one.message)
    refuse(dict(faults))
