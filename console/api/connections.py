"""Connections: made, changed and tested. Secrets are taken and never given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from flask_smorest import Blueprint, abort
from marshmallow import Schema, fields

from clients.probe import Finding as Found
from console import desk
from console.access.roles import Role, needs
from console.plain import LONGEST_PEM, Text
from engine import configure, connecting, findings
from store import connections

blueprint: Final = Blueprint(
    "api_connections",
    __name__,
    url_prefix="/api/v1/connections",
    description="Which sides sync.",
)
GONE: Final = "There is no such connection."
REFUSED: Final = "What was said can't be kept; `errors` has the reason by field."


class Said(Schema):
    """What both services are reached with. A secret that is left out stays as it is."""

    dynamics_url = Text()
    dynamics_tenant_id = Text()
    dynamics_client_id = Text()
    dynamics_authority = Text()
    activecampaign_url = Text()
    dynamics_client_secret = Text(load_only=True)
    dynamics_client_certificate = Text(longest=LONGEST_PEM, load_only=True)
    activecampaign_api_key = Text(load_only=True)
    activecampaign_event_account = Text(load_only=True)
    activecampaign_event_key = Text(load_only=True)


class Change(Said):
    """The same for a connection that is there."""

    forget_events = fields.Boolean(load_only=True, metadata={"description": "Forgets what is kept of event tracking."})


class New(Said):
    """The same with the name of a new connection."""

    name = Text(longest=100, required=True)


class Connection(Said):
    """A connection. secrets: the names of those that are set; environment: the variables that describe it, if any."""

    id = fields.Integer()
    name = fields.String()
    organization_id = fields.String(allow_none=True)
    secrets = fields.List(fields.String())
    environment = fields.List(fields.String())


class Finding(Schema):
    """One line of a test. required: whether something that is in use depends on it."""

    what = fields.String()
    ok = fields.Boolean()
    required = fields.Boolean()
    message = fields.String()
    advice = fields.String()


class Tested(Schema):
    """What both services said. ok: nothing that is needed is wrong."""

    ok = fields.Boolean()
    findings = fields.List(fields.Nested(Finding))


@blueprint.get("")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Connection(many=True))
def listed() -> list[dict[str, Any]]:
    """All connections, oldest first."""
    with desk.desk().transaction() as tx:
        return [_shown(row) for row in connections.listed(tx)]


@blueprint.post("")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(New)
@blueprint.response(201, Connection)
@blueprint.alt_response(422, description=REFUSED)
def create(said: dict[str, Any]) -> dict[str, Any]:
    """Makes a connection in which everything is switched off."""
    try:
        connection_id = connecting.create(desk.desk().services, said["name"].strip(), said, desk.author())
    except connecting.Refused as refused:
        refuse(refused.faults)
    return _shown(desk.connection(connection_id))


@blueprint.get("/<int:connection_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Connection)
@blueprint.alt_response(404, description=GONE)
def show(connection_id: int) -> dict[str, Any]:
    """One connection."""
    return _shown(desk.connection(connection_id))


@blueprint.patch("/<int:connection_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Change)
@blueprint.response(200, Connection)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(422, description=REFUSED)
def change(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Changes what is said. Another organisation than before is refused."""
    row = desk.connection(connection_id)
    plain = {name: row[name] for name in configure.PLAIN}
    try:
        connecting.change(desk.desk().services, row, {**plain, **said}, desk.author())
    except connecting.Refused as refused:
        refuse(refused.faults)
    with desk.desk().transaction() as tx:
        return _shown(connections.get(tx, connection_id) or row)


@blueprint.post("/test")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Said)
@blueprint.response(200, Tested)
@blueprint.alt_response(422, description=REFUSED)
def test_unsaved(said: dict[str, Any]) -> dict[str, Any]:
    """Tests what was not saved. Nothing is kept."""
    try:
        return told(connecting.try_unsaved(desk.desk().services, None, said))
    except connecting.Refused as refused:
        refuse(refused.faults)


@blueprint.post("/<int:connection_id>/test")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Tested)
@blueprint.alt_response(404, description=GONE)
def test(connection_id: int) -> dict[str, Any]:
    """Tests a connection: sign-in, permissions and features of both services, line by line."""
    return told(connecting.try_out(desk.desk().services, desk.connection(connection_id)))


def told(found: Sequence[Found]) -> dict[str, Any]:
    """Findings as an answer."""
    return {"ok": findings.good(found), "findings": [findings.as_row(one) for one in found]}


def refuse(faults: Mapping[str, str | list[str]]) -> NoReturn:
    """Answers 422 with the faults by field."""
    by_field = {name: one if isinstance(one, list) else [one] for name, one in faults.items()}
    abort(422, messages={"json": by_field})
    raise AssertionError


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    services = desk.desk().services
    return {
        **{name: row[name] for name in ("id", "name", *configure.PLAIN)},
        "organization_id": row["organization_id"],
        "secrets": sorted(connecting.secrets_of(services.vault, row)),
        "environment": connecting.from_environment(services.settings, row["name"]),
    }
