"""The whole document as YAML: to be kept in git, edited elsewhere, and brought back into the draft."""

from __future__ import annotations

from typing import Final

from flask import Response as Download
from flask import flash, request
from werkzeug.wrappers import Response

from config import yaml
from config.faults import ConfigFaults, Fault
from console.access.roles import Role, needs
from console.data.base import back, blueprint, change, known, page, work
from console.desk import document
from engine import validate

NOT_TEXT: Final = Fault("", "The file is not a text in UTF-8.")
NOTHING: Final = Fault("", "Choose a file, or write the document into the field.")


@blueprint.get("/configuration.yaml")
@needs(Role.ADMINISTRATOR)
def export(connection_id: int) -> Download:
    """The current configuration, as `ac365 config export` writes it."""
    version, saved = document(connection_id)
    name = f"ac365-{connection_id}-version-{version}.yaml"
    answer = Download(yaml.dump(saved), mimetype="application/yaml")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.get("/import")
@needs(Role.ADMINISTRATOR)
def import_form(connection_id: int) -> str:
    """The form for a document."""
    at = work(connection_id)
    return page("import", at, entity=None, text=yaml.dump(at.sound) if "edit" in request.args else "", faults=[])


@blueprint.post("/import")
@needs(Role.ADMINISTRATOR)
def import_(connection_id: int) -> str | Response | tuple[str, int]:
    """Takes a document over into the draft, to be reviewed and saved; one with faults is shown with them."""
    text, faults = _sent()
    described = known(connection_id)
    if not faults:
        try:
            wanted = yaml.validate(text, validate.against(described) if described else None)
        except ConfigFaults as error:
            faults = error.faults
    if faults:
        return page("import", work(connection_id), entity=None, text=text, faults=faults), 422
    change(connection_id, lambda _: wanted)
    flash("The document is in your draft. Nothing is saved yet.", "good")
    return back("review", connection_id)


def _sent() -> tuple[str, list[Fault]]:
    """The text that was written or uploaded; a file goes first."""
    file = request.files.get("file")
    if file and file.filename:
        try:
            return file.read().decode("utf-8-sig"), []
        except UnicodeDecodeError:
            return "", [NOT_TEXT]
    text = request.form.get("text", "")
    return text, [] if text.strip() else [NOTHING]
