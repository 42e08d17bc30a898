"""Connections: what both services are reached with, tried out before and after it is saved."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from clients.probe import Finding
from console import desk, forms
from console.access.roles import Role, needs
from console.forms import Form, FormSchema
from console.plain import LONGEST_PEM, Text
from engine import configure, connecting, findings
from engine.findings import Kept
from store import connections as stored

blueprint = Blueprint("connections", __name__)
SECRET: Final = {"secret": True}
Answer = str | Response | tuple[str, int]


class Connection(FormSchema):
    """A connection; which fields are needed is the engine's to say, since kept secrets count."""

    name = Text(longest=100)
    dynamics_url = Text()
    dynamics_tenant_id = Text()
    dynamics_client_id = Text()
    dynamics_authority = Text()
    dynamics_client_secret = Text(metadata=SECRET)
    dynamics_client_certificate = Text(longest=LONGEST_PEM, metadata=SECRET)
    activecampaign_url = Text()
    activecampaign_api_key = Text(metadata=SECRET)
    activecampaign_event_account = Text(metadata=SECRET)
    activecampaign_event_key = Text(metadata=SECRET)
    forget_events = Text()


@blueprint.get("/connections/new")
@needs(Role.ADMINISTRATOR)
def new() -> str:
    """The form of a new connection."""
    return _new(Form())


@blueprint.post("/connections/new")
@needs(Role.ADMINISTRATOR)
def create() -> Answer:
    """Tries a new connection out, or saves it and goes on with its checklist."""
    said, form = forms.read(Connection)
    try:
        if said is None:
            return _new(form), 422
        if "save" not in request.form:
            return _new(form, connecting.try_unsaved(desk.desk().services, None, said))
        connection_id = connecting.create(desk.desk().services, said.get("name", ""), said, desk.author())
    except connecting.Refused as refused:
        return _new(_with(form, refused)), 422
    _tell(connection_id)
    return redirect(url_for("checklist.show", connection_id=connection_id), 303)


@blueprint.get("/c/<int:connection_id>/connection")
@needs(Role.ADMINISTRATOR)
def show(connection_id: int) -> str:
    """A connection without its secrets, and what was found when it was last tried out."""
    row = desk.connection(connection_id)
    return _show(row, Form({name: row[name] for name in configure.PLAIN}))


@blueprint.post("/c/<int:connection_id>/connection")
@needs(Role.ADMINISTRATOR)
def change(connection_id: int) -> Answer:
    """Tries the changed connection out, or saves it."""
    row = desk.connection(connection_id)
    said, form = forms.read(Connection)
    try:
        if said is None:
            return _show(row, form), 422
        if "save" not in request.form:
            return _show(row, form, connecting.try_unsaved(desk.desk().services, row, said))
        connecting.change(desk.desk().services, row, said, desk.author())
    except connecting.Refused as refused:
        return _show(row, _with(form, refused)), 422
    _tell(connection_id)
    return redirect(url_for("connections.show", connection_id=connection_id), 303)


@blueprint.post("/c/<int:connection_id>/connection/test")
@needs(Role.ADMINISTRATOR)
def test(connection_id: int) -> Response:
    """Tries the saved connection out."""
    connecting.try_out(desk.desk().services, desk.connection(connection_id))
    return redirect(url_for("connections.show", connection_id=connection_id, _anchor="trial"), 303)


def _tell(connection_id: int) -> None:
    """Tries out what was saved, and says how that went."""
    with desk.desk().transaction() as tx:
        row = stored.get(tx, connection_id)
    found = connecting.try_out(desk.desk().services, dict(row or {}))
    if findings.good(found):
        flash("The connection is saved, and both services answer.", "good")
    else:
        flash("The connection is saved, but something is wrong with it: see below, or test it once more.", "warn")


def _with(form: Form, refused: connecting.Refused) -> Form:
    for name, told in refused.faults.items():
        form = form.with_error(name, told)
    return form


def _new(form: Form, found: list[Finding] | None = None) -> str:
    return render_template("connections/new.html", form=form, found=found, kept=set())


def _show(row: dict[str, Any], form: Form, found: list[Finding] | None = None) -> str:
    services = desk.desk().services
    with desk.desk().transaction() as tx:
        trial = findings.last(tx, row["id"], Kept.TRIAL)
    return render_template(
        "connections/show.html",
        row=row,
        form=form,
        found=found,
        trial=trial,
        kept=set(connecting.secrets_of(services.vault, row)),
        environment=connecting.from_environment(services.settings, row["name"]),
    )
