"""Which records of an entity are synced: all, or those that meet criteria, which are built here row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import request
from werkzeug.wrappers import Response

from config import tree, typed
from config.editing import with_settings
from config.texts import SCOPES
from console.access.roles import Role, needs
from console.data.base import Work, back, blueprint, change, entity_of, page, work
from console.data.rows import Node, node_of
from console.desk import desk
from engine import offers, scoped
from mapping.columns import ColumnType
from sync.errors import SyncError
from sync.model import Entity

CONDITION: Final = {"field": "", "operator": ""}
GROUP: Final[Mapping[str, Any]] = {"any": [CONDITION]}


@blueprint.get("/<entity>/scope")
@needs(Role.ADMINISTRATOR)
def scope(connection_id: int, entity: str) -> str:
    """The form, and on request who meets it."""
    one, at = entity_of(entity), work(connection_id)
    settings = at.settings(one)
    columns = offers.for_criteria(at.columns(one))
    return page(
        "scope",
        at,
        entity=one,
        form=at.form(one, settings),
        scopes=SCOPES if one is Entity.OPPORTUNITY else SCOPES[:2],
        pickers=[("", "the list that is picked by hand"), *_pickers(at)],
        columns=[("", "choose a column"), *((column.name, f"{column.label} ({column.name})") for column in columns)],
        root=_root(at, one) if settings["scope"] == "criteria" else None,
        found=_found(at, one) if "count" in request.args else None,
    )


@blueprint.post("/<entity>/scope")
@needs(Role.ADMINISTRATOR)
def set_scope(connection_id: int, entity: str) -> Response:
    """Takes over what was typed, then does what the button says: keep, or add and remove rows."""
    one = entity_of(entity)
    at = work(connection_id)
    act, _, where = request.form.get("do", "keep").partition(":")
    found = typed.tree_of(request.form.to_dict(flat=False), at.columns(one))

    def edit(document: dict[str, Any]) -> Mapping[str, Any]:
        return with_settings(document, one, _said(document["entities"][one], _acted(act, where, found)))

    kept = change(connection_id, edit)
    counted = {"count": 1, "_anchor": "found"} if act == "count" and kept else {"_anchor": "criteria"}
    return back("scope", connection_id, entity=one, **counted)


def _acted(act: str, where: str, found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The tree after a button. Raises LookupError where its place is gone, ValueError where it is none."""
    if found is None:
        return None
    place = tree.place_of(where)
    if act == "condition":
        return tree.added(found, place, CONDITION)
    if act == "group":
        return tree.added(found, place, GROUP)
    return tree.removed(found, place) if act == "remove" else dict(found)


def _said(settings: Mapping[str, Any], found: Mapping[str, Any] | None) -> dict[str, Any]:
    wanted = request.form.get("scope", settings["scope"])
    criteria = found or settings["criteria"]
    if wanted == "criteria" and not criteria:
        criteria = tree.added(tree.grouped(None), (), CONDITION)
    picked = {"picked_by": request.form["picked_by"] or None} if "picked_by" in request.form else {}
    # Criteria that don't count are kept for the day on which they do, unless nothing was typed into them.
    return {"scope": wanted, "criteria": criteria if wanted == "criteria" or _filled(criteria) else None, **picked}


def _filled(node: Mapping[str, Any] | None) -> bool:
    if not node:
        return False
    inner = tree.members(node)
    return bool(inner) and all(map(_filled, inner)) if tree.word_of(node) else bool(node.get("field"))


def _root(at: Work, entity: Entity) -> Node:
    told = at.about(f"entities.{entity}.criteria")
    return node_of(tree.grouped(at.settings(entity)["criteria"]), at.columns(entity), told)


def _pickers(at: Work) -> Iterator[tuple[str, str]]:
    for column in offers.for_criteria(at.columns(Entity.OPPORTUNITY)):
        if column.type is ColumnType.BOOLEAN:
            yield column.name, f"{column.label} ({column.name})"


def _found(at: Work, entity: Entity) -> dict[str, Any]:
    """Who is in scope now, or why that can't be told."""
    if any(fault.path.startswith(f"entities.{entity}.") for fault in at.faults):
        return {"why": "Correct what is marked first."}
    try:
        return {"scoped": scoped.look(desk().services.drafted(at.connection_id, at.sound), entity)}
    except SyncError as error:
        return {"why": f"Dynamics can't be asked now: {error.message}. {error.advice}"}
