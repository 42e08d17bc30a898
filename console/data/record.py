"""The draft tried out on one real record: what each mapped field would carry, both ways. Nothing is written."""

from __future__ import annotations

from typing import Any

from flask import request

from config.texts import POLICIES, WAYS
from console.access.roles import Role, needs
from console.data.base import Work, blueprint, entity_of, page, work
from console.desk import desk
from engine import explain
from engine.explain import Explanation
from engine.record_key import parsed
from sync.errors import SyncError
from sync.model import Entity


@blueprint.get("/<entity>/record")
@needs(Role.ADMINISTRATOR)
def record(connection_id: int, entity: str) -> str:
    """The question for a record."""
    return page("record", work(connection_id), entity=entity_of(entity), key="", found=None, why="")


@blueprint.post("/<entity>/record")
@needs(Role.ADMINISTRATOR)
def try_record(connection_id: int, entity: str) -> str:
    """The answer. It is sent as a form, since an address in a link would end up in logs."""
    one, at = entity_of(entity), work(connection_id)
    key = request.form.get("key", "").strip()
    found, why = _tried(at, one, key)
    return page("record", at, entity=one, key=key, found=found, why=why, **_words())


def _tried(at: Work, entity: Entity, key: str) -> tuple[Explanation | None, str]:
    try:
        wanted = parsed(entity, key)
        context = desk().services.drafted(at.connection_id, at.sound)
        if isinstance(wanted, str):
            return explain.by_address(context, wanted), ""
        return explain.by_id(context, entity, str(wanted)), ""
    except (LookupError, ValueError) as error:
        return None, f"{str(error)[:1].upper()}{str(error)[1:]}."
    except SyncError as error:
        return None, f"It can't be read now: {error.message}. {error.advice}"


def _words() -> dict[str, Any]:
    return {"ways": dict(WAYS), "policies": dict(POLICIES)}
