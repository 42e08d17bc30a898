"""The audit log: who changed what, when, and what it was before."""

from __future__ import annotations

from flask import Blueprint, render_template

from console import audit_lines, desk
from console.access.roles import Role, needs
from console.forms import FormSchema
from console.inputs import PAGE, Number, asked
from console.plain import Text
from store import connections

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


class Narrowed(FormSchema):
    """Which lines are shown."""

    connection = Number(load_default=None)
    author = Text(load_default=None)
    action = Text(load_default=None)
    before = Number(load_default=None)


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def index() -> str:
    """The page."""
    said, form = asked(Narrowed)
    with desk.desk().transaction() as tx:
        rows = audit_lines.of(tx, said, PAGE + 1)
        options = [("", "all"), *((row["id"], row["name"]) for row in connections.listed(tx))]
    narrowed = {name: said[name] for name in ("connection", "author", "action") if said[name]}
    shown = {"rows": rows[:PAGE], "more": len(rows) > PAGE, "said": said, "narrowed": narrowed, "options": options}
    return render_template("audit/index.html", form=form, **shown)
