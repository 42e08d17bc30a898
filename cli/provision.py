"""`ac365 provision`: what has to be there before opportunities can travel, shown first and made with --apply."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.errors import COULD_NOT_RUN
from cli.options import AsJson, ConnectionName
from cli.output import print_json, say, show, table
from cli.session import author, context_of, session
from engine import provision as use_case
from engine.provision import Provision
from mapping.objects import LABELS

app = typer.Typer(help="Make what ac365 needs to find on the other side.", no_args_is_help=True)
NAME = LABELS["singular"]
NEXT = "Nothing was changed. `ac365 provision activecampaign --apply` does this."


@app.callback()
def _group() -> None:
    """Keeps the name of the service a word of its own while there is only one."""


@app.command()
def activecampaign(
    apply: Annotated[bool, typer.Option("--apply", help="Make what is missing. Without it, it is only shown.")] = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Make the custom object `D365 Opportunity` with its fields, or add what it lacks.

    Shows what there is to do and changes nothing without --apply. Nothing is ever removed and no record is touched:
    fields of your own stay, and a field in the way is named instead of replaced. It may be run again at any time.
    Exit status 1 when something is in the way, or when the plan has no custom objects.
    """
    with session() as services:
        context = context_of(services, connection)
        found = use_case.carry_out(context, author()) if apply else use_case.look(context)
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)
    if found.evolution.clashes:
        raise typer.Exit(COULD_NOT_RUN)


def _print(found: Provision) -> None:
    todo = found.evolution
    if todo.nothing:
        say(f"ActiveCampaign has the custom object {NAME} with all its fields. There is nothing to do.")
        return
    fields = [(one.label, one.id, one.kind) for one in todo.add]
    if fields:
        show(table(f"Fields of {NAME}", ("field", "id", "type"), fields))
    for line in _steps(found):
        say(line)
    for clash in todo.clashes:
        say(f"In the way: {clash}.")
    if not found.made:
        say(use_case.CLASH if todo.clashes else NEXT)


def _steps(found: Provision) -> list[str]:
    todo, made = found.evolution, found.made
    lines = []
    if todo.create:
        lines.append(f"The custom object {NAME} {'was' if made else 'will be'} made with these fields.")
    elif todo.add:
        lines.append(f"These {len(todo.add)} field(s) {'were' if made else 'will be'} added to {NAME}.")
    if todo.relate and not todo.create:
        lines.append(f"Its relationship with contacts {'was' if made else 'will be'} added.")
    if todo.relabel:
        lines.append(f"Its label {'was' if made else 'will be'} changed from {todo.relabel} to {NAME}.")
    return lines
