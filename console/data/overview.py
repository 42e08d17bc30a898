"""All entities at a glance, and what can be done with the draft as a whole besides saving it."""

from __future__ import annotations

from flask import flash
from werkzeug.wrappers import Response

from config.texts import SCOPES, WAYS
from console.access.roles import Role, needs
from console.data.base import back, blueprint, page, person, work
from console.desk import connection, context, desk
from engine import drafting
from sync.errors import SyncError
from sync.model import Lane


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def index(connection_id: int) -> str:
    """What is synced, per entity."""
    return page("index", work(connection_id), ways=dict(WAYS), scopes=dict(SCOPES), entity=None)


@blueprint.post("/discard")
@needs(Role.ADMINISTRATOR)
def discard(connection_id: int) -> Response:
    """Drops what was changed and not saved."""
    connection(connection_id)
    with desk().transaction() as tx:
        dropped = drafting.discard(tx, connection_id, person())
    flash("Your changes are dropped." if dropped else "There was nothing to drop.", "good")
    return back("index", connection_id)


@blueprint.post("/rebase")
@needs(Role.ADMINISTRATOR)
def rebase(connection_id: int) -> Response:
    """Puts the draft on top of what somebody else saved."""
    connection(connection_id)
    with desk().transaction() as tx:
        found = drafting.rebase(tx, connection_id, person(), desk().services.now())
    flash("Your changes stand on the newest configuration now.", "good")
    if found.both:
        flash(f"Both of you changed {', '.join(found.both)}. What you wrote stands there.", "warn")
    return back("review", connection_id)


@blueprint.post("/refresh")
@needs(Role.ADMINISTRATOR)
def refresh(connection_id: int) -> Response:
    """Reads columns, fields, lists and tags of both services anew."""
    try:
        context(connection_id).refresh(Lane.LIVE)
        flash("Columns and fields of both services were read anew.", "good")
    except SyncError as error:
        flash(f"They could not be read: {error.message}. {error.advice}", "bad")
    return back("index", connection_id)
