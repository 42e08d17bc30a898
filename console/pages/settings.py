"""Sync settings: when it runs and how much it may do; the global switch; pauses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from config.faults import ConfigFaults
from console import desk, forms, sync_form
from console.access.roles import Role, needs
from console.forms import Form, FormSchema
from console.plain import Text
from engine import metadata, pausing, saving
from mapping.text import zone_of
from store import pauses, snapshots
from store.errors import Stale
from sync.model import ORDER, Direction

blueprint = Blueprint("settings", __name__, url_prefix="/c/<int:connection_id>/settings")
MOVED = (
    "Somebody else saved the configuration meanwhile. Nothing of yours is saved yet: look at what is typed here and "
    "save it again, which takes the place of what they changed on this page."
)


class Pause(FormSchema):
    """A pause of everything or a part."""

    entity = fields.String(load_default=None, validate=validate.OneOf([str(one) for one in ORDER]))
    direction = fields.String(load_default=None, validate=validate.OneOf([str(one) for one in Direction]))
    reason = Text(load_default="")
    until = fields.NaiveDateTime(format="%Y-%m-%dT%H:%M", load_default=None)


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def show(connection_id: int) -> str:
    """The settings as they are, and the pauses."""
    desk.connection(connection_id)
    version, document = saving.current(desk.desk().services, connection_id)
    return _show(connection_id, Form(sync_form.values(version, document)))


@blueprint.post("/")
@needs(Role.ADMINISTRATOR)
def save(connection_id: int) -> str | Response | tuple[str, int]:
    """Saves the settings as a new version of the configuration."""
    row = desk.connection(connection_id)
    said, form = forms.read(sync_form.Settings)
    form = sync_form.with_quiet(form, request.form)
    if said is None:
        return _show(connection_id, form), 422
    services = desk.desk().services
    version, document = saving.current(services, connection_id)
    if said["version"] != version:
        moved = Form({**form.values, "version": version}, form.errors).with_error("", MOVED)
        return _show(connection_id, moved), 409
    try:
        wanted = sync_form.changed(document, said, sync_form.quiet(request.form))
        saved, new = saving.replace(services, row, said["version"], wanted, desk.author())
    except ConfigFaults as error:
        return _show(connection_id, sync_form.faulty(form, error.faults)), 422
    except Stale:
        return _show(connection_id, form.with_error("", MOVED)), 409
    flash(f"Saved as version {saved}." if new else "It was so already.", "good")
    return redirect(url_for("settings.show", connection_id=connection_id), 303)


@blueprint.post("/switch")
@needs(Role.ADMINISTRATOR)
def switch(connection_id: int) -> Response:
    """Turns the global switch; on only where the configuration has no faults."""
    row, on = desk.connection(connection_id), request.form.get("on") == "true"
    try:
        saving.switch(desk.desk().services, row, on, desk.author())
        flash(f"The global switch is {'on' if on else 'off'} now.", "good")
    except ConfigFaults as error:
        told = "; ".join(f"{one.path}: {one.message}" if one.path else one.message for one in error.faults)
        flash(f"The global switch stays off, the configuration has faults: {told}", "bad")
    return redirect(url_for("settings.show", connection_id=connection_id), 303)


@blueprint.post("/pauses")
@needs(Role.ADMINISTRATOR)
def pause(connection_id: int) -> str | Response | tuple[str, int]:
    """Pauses everything or a part."""
    desk.connection(connection_id)
    services = desk.desk().services
    said, form = forms.read(Pause)
    version, document = saving.current(services, connection_id)
    if said is None:
        return _show(connection_id, Form(sync_form.values(version, document)), form), 422
    until = _at(said["until"], document)
    try:
        with desk.desk().transaction() as tx:
            scope = pausing.Scope.of(said["entity"], said["direction"])
            new = pausing.pause(tx, connection_id, scope, desk.author(), said["reason"], until, services.now())
    except pausing.Refused as refused:
        form = form.with_error("until", str(refused))
        return _show(connection_id, Form(sync_form.values(version, document)), form), 422
    flash(f"{scope.words}: paused." if new else f"{scope.words}: it was paused already, without an end.", "good")
    return redirect(url_for("settings.show", connection_id=connection_id, _anchor="pauses"), 303)


@blueprint.post("/pauses/end")
@needs(Role.ADMINISTRATOR)
def resume(connection_id: int) -> Response:
    """Ends one pause."""
    desk.connection(connection_id)
    said, _ = forms.read(Pause)
    scope = pausing.Scope.of((said or {}).get("entity"), (said or {}).get("direction"))
    with desk.desk().transaction() as tx:
        ended = said is not None and pauses.resume(tx, connection_id, scope.entity, scope.direction, desk.author())
    flash(f"{scope.words}: resumed." if ended else "This pause had ended already.", "good")
    return redirect(url_for("settings.show", connection_id=connection_id, _anchor="pauses"), 303)


def _at(wall: datetime | None, document: dict[str, Any]) -> datetime | None:
    return wall.replace(tzinfo=zone_of(document["zone"])) if wall else None


def _show(connection_id: int, form: Form, pause_form: Form | None = None) -> str:
    row = desk.connection(connection_id)
    _, document = saving.current(desk.desk().services, connection_id)
    with desk.desk().transaction() as tx:
        held = pauses.active(tx, connection_id)
        lists = snapshots.get(tx, connection_id, metadata.LISTS)
    return render_template(
        "settings/show.html",
        row=row,
        form=form,
        document=document,
        pauses=held,
        pause_form=pause_form or Form(),
        lists=sync_form.lists(lists[0] if lists else [], document),
        words=sync_form,
    )
