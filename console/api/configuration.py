"""The configuration: read, checked, compared, tried out, and saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, NoReturn

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import Conflict, HTTPException, UnprocessableEntity

from config import yaml
from config.checked import examined
from config.diff import Change, diff
from config.document import load
from config.faults import ConfigFaults, Fault
from config.telling import told
from console import desk
from console.access.roles import Role, needs
from console.api.parts import Document, EntityName
from console.data.base import known
from engine import configure, foresight
from engine import validate as meaning
from store.errors import Stale
from sync.model import Entity

blueprint: Final = Blueprint(
    "api_configuration", __name__, url_prefix="/api/v1", description="The configuration of a connection."
)
NO_CONNECTION: Final = {"description": "There is no such connection."}
FAULTY: Final = {"description": "The document has faults: `errors.document` has the faults of each path."}
LONGEST: Final = 2**20


class Configuration(Schema):
    """A configuration and its number. version: when saving, the one that the change started from."""

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))
    document = Document(required=True)


class Draft(Schema):
    """A document that is not saved."""

    document = Document(required=True)


class FaultSchema(Schema):
    """What is wrong. path: dotted, list items by index; line: of a YAML text."""

    path = fields.String()
    message = fields.String()
    line = fields.Integer(allow_none=True)


class Checked(Schema):
    """What a check found. against_services: false when both sides were never described, so only the form counts."""

    faults = fields.List(fields.Nested(FaultSchema))
    against_services = fields.Boolean()


class ChangeSchema(Schema):
    """A value that differs. before, after: null where there is nothing."""

    path = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class ToldSchema(Schema):
    """A difference in words."""

    where = fields.String()
    what = fields.String()
    before = fields.String()
    after = fields.String()


class Changes(Schema):
    """The differences from what is current."""

    version = fields.Integer()
    changes = fields.List(fields.Nested(ChangeSchema))
    told = fields.List(fields.Nested(ToldSchema))


class ScopedSchema(Schema):
    """How many records are in scope; exact or at least. columns, rows: the first of them."""

    count = fields.Integer()
    exact = fields.Boolean()
    picked = fields.Boolean()
    columns = fields.List(fields.String())
    rows = fields.List(fields.List(fields.String()))


class SightSchema(Schema):
    """A look ahead at one entity. looked: of the first records that are in scope, on their way to ActiveCampaign."""

    entity = EntityName()
    before = fields.Nested(ScopedSchema, allow_none=True)
    after = fields.Nested(ScopedSchema, allow_none=True)
    looked = fields.Dict(allow_none=True)
    missing = fields.String()


class Ahead(Schema):
    """What a document would do."""

    warnings = fields.List(fields.String())
    entities = fields.List(fields.Nested(SightSchema))


class Text(Schema):
    """A document as YAML."""

    yaml = fields.String(required=True, validate=validate.Length(max=LONGEST))


@blueprint.get("/connections/<int:connection_id>/configuration")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Configuration)
@blueprint.alt_response(404, **NO_CONNECTION)
def show(connection_id: int) -> dict[str, Any]:
    """The current configuration."""
    version, document = desk.document(connection_id)
    return {"version": version, "document": load(document)}


@blueprint.put("/connections/<int:connection_id>/configuration")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Configuration)
@blueprint.response(200, Changes)
@blueprint.alt_response(404, **NO_CONNECTION)
@blueprint.alt_response(409, description="There is a newer version: `errors.changes` tells what it changed.")
@blueprint.alt_response(422, **FAULTY)
def replace(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Makes a document the configuration, when it has no faults and nobody saved another one meanwhile."""
    version, present = _present(connection_id)
    document = sound(connection_id, said["document"])
    changes = diff(present, document)
    services = desk.desk().services
    if said["version"] == version and not changes:
        return _answer(connection_id, version, present, document)
    try:
        with services.db.transaction() as tx:
            saved = configure.replace(tx, connection_id, said["version"], document, desk.author(), services.now())
    except Stale as error:
        _, newest = _present(connection_id)
        refuse(Conflict(f"{error.message}. {error.advice}"), {"changes": _rows(diff(document, newest))})
    return _answer(connection_id, saved, present, document)


@blueprint.post("/connections/<int:connection_id>/configuration/check")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Draft)
@blueprint.response(200, Checked)
@blueprint.alt_response(404, **NO_CONNECTION)
def check(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Checks a document in form and, against what both services said about themselves, in meaning."""
    desk.connection(connection_id)
    described = known(connection_id)
    _, faults = examined(said["document"], meaning.against(described) if described else None)
    return {"faults": [asdict(one) for one in faults], "against_services": described is not None}


@blueprint.post("/connections/<int:connection_id>/configuration/diff")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Draft)
@blueprint.response(200, Changes)
@blueprint.alt_response(404, **NO_CONNECTION)
@blueprint.alt_response(422, **FAULTY)
def compare(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """What a document would change, as values and in words."""
    version, present = _present(connection_id)
    return _answer(connection_id, version, present, sound(connection_id, said["document"], meant=False))


@blueprint.post("/connections/<int:connection_id>/configuration/preview")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Draft)
@blueprint.response(200, Ahead)
@blueprint.alt_response(404, **NO_CONNECTION)
@blueprint.alt_response(422, **FAULTY)
@blueprint.alt_response(503, description="A service has to be asked first and is away.")
def preview(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """What a document would do: warnings, how many records, and a look at the first of them. Nothing is written."""
    _, old = _present(connection_id)
    document = sound(connection_id, said["document"])
    present, proposed = desk.context(connection_id), desk.desk().services.drafted(connection_id, document)
    sights = foresight.foresee(present, proposed, foresight.concerned(old, document))
    looks = [{**_shallow(one), "looked": one.looked.as_json() if one.looked else None} for one in sights]
    return {"warnings": foresight.warnings(present, proposed), "entities": looks}


def _shallow(one: foresight.Sight) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("entity", "before", "after", "missing")}


@blueprint.get("/connections/<int:connection_id>/configuration/yaml")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, content_type="application/yaml")
@blueprint.alt_response(404, **NO_CONNECTION)
def export(connection_id: int) -> Response:
    """The current configuration as YAML."""
    return Response(yaml.dump(_present(connection_id)[1]), mimetype="application/yaml")


@blueprint.post("/connections/<int:connection_id>/configuration/read")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Text)
@blueprint.response(200, Draft)
@blueprint.alt_response(404, **NO_CONNECTION)
@blueprint.alt_response(422, **FAULTY)
def read(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """The document of a YAML text, checked like `check`; its faults bear their lines."""
    desk.connection(connection_id)
    described = known(connection_id)
    try:
        return {"document": yaml.validate(said["yaml"], meaning.against(described) if described else None)}
    except ConfigFaults as error:
        _faulty(error.faults)


def _present(connection_id: int) -> tuple[int, dict[str, Any]]:
    version, document = desk.document(connection_id)
    return version, load(document)


def sound(connection_id: int, document: Mapping[str, Any], *, meant: bool = True) -> dict[str, Any]:
    """The document with its defaults; answers 422 with all faults. meant: its meaning is checked too."""
    described = known(connection_id) if meant else None
    loaded, faults = examined(document, meaning.against(described) if described else None)
    if faults:
        _faulty(faults)
    return loaded


def _faulty(faults: Sequence[Fault]) -> NoReturn:
    by_path: dict[str, list[str]] = {}
    for fault in faults:
        where = f"line {fault.line}: " if fault.line else ""
        by_path.setdefault(fault.path, []).append(f"{where}{fault.message}")
    refuse(UnprocessableEntity("The document has faults."), {"document": by_path})


def refuse(error: HTTPException, messages: Mapping[str, Any]) -> NoReturn:
    """Answers with an error and what belongs to it."""
    error.data = {"messages": dict(messages)}  # type: ignore[attr-defined]
    raise error


def _answer(connection_id: int, version: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    columns = _labels(connection_id)
    return {"version": version, "changes": _rows(diff(old, new)), "told": told(old, new, columns)}


def _labels(connection_id: int) -> Any:
    described = known(connection_id)

    def label(entity: Entity, column: str) -> str:
        found = meaning.columns_of(entity, described).get(column) if described else None
        return f"{found.label} ({column})" if found else column

    return label


def _rows(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [asdict(one) for one in changes]
