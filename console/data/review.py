"""The draft as a whole: what it changes, what that would do, and whether it can be saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from config.faults import Fault
from config.telling import told
from console.access.roles import Role, needs
from console.data.base import Work, back, blueprint, page, person, work
from console.desk import author, desk
from engine import drafting, foresight, metadata
from engine.foresight import Sight
from store.errors import Stale
from sync.errors import SyncError
from sync.model import ORDER, Entity, Lane, Outcome

NOTHING: Final = "There is nothing to save: nothing differs from the current configuration."
MOVED: Final = "Your draft was changed in another window meanwhile. This is what it says now."
FAULTY: Final = "Nothing was saved: there is something to correct first."
OVERTAKEN: Final = "Nothing was saved: somebody else saved a configuration meanwhile. Nothing of yours is lost."
ASKED: Final = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.SKIPPED, Outcome.WAITING, Outcome.FAILED)


@blueprint.get("/review")
@needs(Role.ADMINISTRATOR)
def review(connection_id: int) -> str:
    """What saving would do."""
    stale = _refreshed(connection_id)
    at = work(connection_id)
    draft = at.draft
    return page(
        "review",
        at,
        entity=None,
        stale=stale,
        changes=told(draft.base, at.sound, at.label),
        theirs=told(draft.base, draft.saved, at.label) if draft.overtaken else [],
        faults=[(fault, _place(connection_id, fault)) for fault in at.faults],
        outcomes=ASKED,
        **(_ahead(at) if draft.changed and not draft.overtaken else {"warnings": [], "sights": [], "why": ""}),
    )


def _refreshed(connection_id: int) -> str:
    """Has old descriptions read anew first, so that the check means something; says where that was not possible."""
    services = desk().services
    if not metadata.stale(services.db, connection_id, services.now()):
        return ""
    try:
        services.context(connection_id).refresh(Lane.LIVE)
    except SyncError as error:
        return f"Checked against what was known of both services before: {error.message}. {error.advice}"
    return ""


def _ahead(at: Work) -> dict[str, Any]:
    """What the sound part of the draft would do; why it can't be told, where it can't."""
    try:
        present = desk().services.context(at.connection_id)
        proposed = desk().services.drafted(at.connection_id, at.sound)
    except SyncError as error:
        return {"warnings": [], "sights": [], "why": f"{error.message}. {error.advice}"}
    entities = [] if at.faults else foresight.concerned(at.draft.base, at.sound)
    sights: list[Sight] = foresight.foresee(present, proposed, entities)
    return {"warnings": foresight.warnings(present, proposed), "sights": sights, "why": ""}


def _place(connection_id: int, fault: Fault) -> str:
    """Where a fault can be corrected; "" where no page has it."""
    parts = fault.path.split(".")
    if parts[0] != "entities" or len(parts) < 2 or parts[1] not in list(ORDER):
        return ""
    name = parts[2] if len(parts) > 2 else ""
    endpoint = {"scope": "scope", "criteria": "scope", "picked_by": "scope"}.get(name, "entity")
    endpoint = "mappings" if name in ("standard", "fields", "defaults") else endpoint
    return url_for(f"data.{endpoint}", connection_id=connection_id, entity=parts[1])


@blueprint.post("/review")
@needs(Role.ADMINISTRATOR)
def save(connection_id: int) -> Response:
    """Makes it so. What was looked at has to be what is saved: a draft that changed since is shown again."""
    at = work(connection_id)
    if why := _hindrance(at):
        flash(why, "warn")
        return back("review", connection_id)
    try:
        with desk().transaction() as tx:
            version = drafting.save(tx, connection_id, person(), at.draft, at.sound, author(), desk().services.now())
    except Stale:
        flash(OVERTAKEN, "warn")
        return back("review", connection_id)
    flash(f"Version {version} is the current configuration.", "good")
    for entity in _begun(at.draft.base, at.sound):
        flash(f"{entity.plural.capitalize()} are on. Their first sync waits for you to start it.", "warn")
    return back("index", connection_id)


def _hindrance(at: Work) -> str:
    if not at.draft.changed:
        return NOTHING
    if at.draft.overtaken:
        return OVERTAKEN
    if at.draft.changed_at is None or request.form.get("seen") != at.draft.changed_at.isoformat():
        return MOVED
    return FAULTY if at.faults else ""


def _begun(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Entity]:
    """The entities that were switched on."""
    return [one for one in ORDER if new["entities"][one]["enabled"] and not old["entities"][one]["enabled"]]
