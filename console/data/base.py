"""What every page of the data configuration works with: the draft, what is known of both sides, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from config.checked import examined
from config.faults import Fault
from console.desk import connection, desk
from console.forms import Form
from engine import drafting, validate
from engine.drafting import Draft
from mapping.columns import Column
from mapping.fields import Field
from sync.errors import SyncError
from sync.model import ORDER, Entity

blueprint: Final = Blueprint("data", __name__, url_prefix="/c/<int:connection_id>/data")
BROWSERS_ONLY: Final = (
    "A draft belongs to somebody who signed in with a browser; programs save a configuration at once."
)
UNKNOWN: Final = (
    "The columns and fields of both services are not known yet, and they can't be asked now. Test the connection."
)
GONE: Final = "That is gone by now: here is what there is."


@dataclass(frozen=True, slots=True)
class Work:
    """A draft with everything around it. described: None when both sides were never described; sound: what is right of
    the document, loaded; faults: everything that is wrong with it."""

    connection_id: int
    draft: Draft
    described: Mapping[str, Any] | None
    sound: dict[str, Any]
    faults: list[Fault]

    def settings(self, entity: Entity) -> dict[str, Any]:
        """The section of an entity, as it is edited."""
        found: dict[str, Any] = self.draft.document["entities"][entity]
        return found

    def columns(self, entity: Entity) -> dict[str, Column]:
        """The columns of its table."""
        return validate.columns_of(entity, self.described) if self.described else {}

    def fields(self, entity: Entity) -> dict[str, Field]:
        """The fields that it is written to; of opportunities also those that are still to be made."""
        if not self.described:
            return {}
        return validate.fields_to_be(entity, self.sound["entities"][entity], self.described)

    def about(self, prefix: str) -> dict[str, list[str]]:
        """What is wrong below a path, by the rest of the path."""
        found: dict[str, list[str]] = {}
        for fault in self.faults:
            if fault.path == prefix or fault.path.startswith(f"{prefix}."):
                found.setdefault(fault.path[len(prefix) + 1 :], []).append(fault.message)
        return found

    def form(self, entity: Entity, values: Mapping[str, Any]) -> Form:
        """A form of settings with what is wrong at each."""
        return Form(values, self.about(f"entities.{entity}"))

    def label(self, entity: Entity, column: str) -> str:
        """What people call a column."""
        found = self.columns(entity).get(column)
        return f"{found.label} ({column})" if found else column


def entity_of(name: str) -> Entity:
    """The entity of a path. Answers 404 for a word that is none."""
    if name not in list(ORDER):
        abort(404, "There is no such kind of record.")
    return Entity(name)


def work(connection_id: int) -> Work:
    """The draft of who asks. Answers 404 where there is no connection."""
    connection(connection_id)
    with desk().transaction() as tx:
        draft = drafting.opened(tx, connection_id, current_user.user_id)
    described = known(connection_id)
    sound, faults = examined(draft.document, validate.against(described) if described else None)
    return Work(connection_id, draft, described, sound, faults)


def known(connection_id: int) -> dict[str, Any] | None:
    """What is known of both sides, which are asked when they were never described; None when they can't be asked."""
    services = desk().services
    try:
        return services.described(connection_id)
    except LookupError:
        return _asked(connection_id)


def _asked(connection_id: int) -> dict[str, Any] | None:
    services = desk().services
    try:
        services.context(connection_id)
        return services.described(connection_id)
    except (LookupError, SyncError):
        return None


def person() -> int:
    """The number of who asks. Answers 403 for a program, which has no draft."""
    if current_user.user_id is None:
        abort(403, BROWSERS_ONLY)
    return int(current_user.user_id)


def change(connection_id: int, edit: Callable[[dict[str, Any]], Mapping[str, Any]]) -> bool:
    """One more change of the draft; False when what it is about is gone, which is said then."""
    connection(connection_id)
    try:
        with desk().transaction() as tx:
            drafting.change(tx, connection_id, person(), edit, desk().services.now())
    except (LookupError, ValueError) as error:
        flash(str(error).capitalize() if isinstance(error, ValueError) else GONE, "warn")
        return False
    return True


def back(endpoint: str, connection_id: int, **values: Any) -> Response:
    """To a page of the data configuration, after a change."""
    return redirect(url_for(f"data.{endpoint}", connection_id=connection_id, **values), 303)


def page(template: str, at: Work, **values: Any) -> str:
    """One of the pages, with the tabs and the state of the draft around it."""
    return render_template(f"data/{template}.html", work=at, draft=at.draft, order=ORDER, unknown=UNKNOWN, **values)
