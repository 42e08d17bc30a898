"""The settings of one entity, but for its scope and its mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from config.editing import with_settings
from config.texts import RELATIONS, SETTINGS, Setting
from console.access.roles import Role, needs
from console.data.base import Work, back, blueprint, change, entity_of, page, work
from sync.model import Entity


@blueprint.get("/<entity>")
@needs(Role.ADMINISTRATOR)
def entity(connection_id: int, entity: str) -> str:
    """The form."""
    one, at = entity_of(entity), work(connection_id)
    form = at.form(one, _shown(at.settings(one)))
    return page("entity", at, entity=one, form=form, settings=SETTINGS[one], lists=_lists(at, one))


@blueprint.post("/<entity>")
@needs(Role.ADMINISTRATOR)
def set_entity(connection_id: int, entity: str) -> Response:
    """Takes the settings over into the draft."""
    one = entity_of(entity)
    said = {setting.name: _typed(setting) for setting in SETTINGS[one]}
    change(connection_id, lambda document: with_settings(document, one, said))
    return back("entity", connection_id, entity=one)


def _typed(setting: Setting) -> Any:
    if setting.kind == "switch":
        return request.form.get(setting.name) == "true"
    if setting.kind == "order":
        said = [request.form.get(f"{setting.name}-{place}", "") for place in range(len(RELATIONS))]
        return list(dict.fromkeys(one for one in said if one))
    said_ = request.form.get(setting.name, "").strip()
    return said_ or (None if setting.kind in ("text", "list") else "")


def _shown(settings: Mapping[str, Any]) -> dict[str, Any]:
    relations = {f"contacts-{place}": one for place, one in enumerate(settings.get("contacts") or ())}
    return {**settings, **relations}


def _lists(at: Work, entity: Entity) -> list[tuple[str, str]]:
    """The lists of ActiveCampaign by name; one that is chosen by its number, or gone, stays as it is written."""
    rows = at.described["activecampaign:lists"] if at.described else []
    names = {str(row["name"]): str(row["name"]) for row in rows}
    said = at.settings(entity).get("list")
    by_id = {str(row["id"]): str(row["name"]) for row in rows}
    if said is not None and str(said) not in names:
        names[str(said)] = by_id.get(str(said), f"{said} (unknown)")
    return [("", "no list"), *names.items()]
