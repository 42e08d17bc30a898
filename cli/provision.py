"""`ac365 provision`: what has to be there on either side first, shown and made with --apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cli import provision_dynamics
from cli.errors import COULD_NOT_RUN
from cli.options import AsJson, ConnectionName
from cli.output import print_json, say, show, table
from cli.session import author, context_of, session
from engine import provision as use_case
from engine.opportunities import deal_provision as deals
from engine.opportunities import rollup_provision as rollup
from engine.provision import Provision
from mapping.deals import PIPELINE
from mapping.objects import LABELS

app = typer.Typer(help="Make what ac365 needs to find in ActiveCampaign and in Dynamics.", no_args_is_help=True)
NAME = LABELS["singular"]
NEXT = "Nothing was changed. `ac365 provision activecampaign --apply` does this."


app.command()(provision_dynamics.dynamics)


@app.command()
def activecampaign(
    apply: Annotated[bool, typer.Option("--apply", help="Make what is missing. Without it, it is only shown.")] = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Make the custom object `D365 Opportunity` with its fields, those of your own mappings included, or add what it
    lacks. With `shown_as: contact_fields` make contact fields, tags and names of events instead, with
    `shown_as: deals` a pipeline and custom fields of deals.

    Shows what there is to do and changes nothing without --apply. Nothing is ever removed and no record is touched:
    fields of your own stay, and a field in the way is named instead of replaced. It may be run again at any time.
    Exit status 1 when something is in the way, or when the plan has no custom objects, or no deals.
    """
    with session() as services:
        context = context_of(services, connection)
        found = use_case.carry_out(context, author()) if apply else use_case.look(context)
    if as_json:
        print_json(found.as_json())
    elif isinstance(found, Provision):
        _print(found)
    elif isinstance(found, deals.Provision):
        _print_deals(found)
    else:
        _print_fields(found)
    if found.clashes:
        raise typer.Exit(COULD_NOT_RUN)


def _print_deals(found: deals.Provision) -> None:
    if found.nothing:
        say(f"ActiveCampaign has the pipeline {PIPELINE} and all fields of deals. There is nothing to do.")
        return
    will = "were" if found.made else "will be"
    if found.fields:
        show(table("Fields of deals", ("field", "type"), [(one.label, one.kind) for one in found.fields]))
        say(f"These {len(found.fields)} custom field(s) of deals {will} made.")
    if found.pipeline:
        will = "was" if found.made else "will be"
        say(f"The pipeline {PIPELINE} {will} made. Its stages come with the opportunities.")
    _end(found.clashes, made=found.made)


def _print_fields(found: rollup.Provision) -> None:
    if found.nothing:
        say("ActiveCampaign has all contact fields and tags that show opportunities. There is nothing to do.")
        return
    will = "were" if found.made else "will be"
    if found.fields:
        rows = [(one.title, one.tag, one.kind) for one in found.fields]
        show(table("Contact fields", ("field", "personalisation tag", "type"), rows))
        say(f"These {len(found.fields)} contact field(s) {will} made, visible on all lists.")
    if found.hidden:
        say(f"{len(found.hidden)} contact field(s) that no list shows {will} made visible on all lists.")
    if found.tags:
        say(f"These tags {will} made: {', '.join(found.tags)}.")
    if found.events:
        say(f"These events {will} registered: {', '.join(found.events)}.")
    _end(found.clashes, made=found.made)


def _end(clashes: Sequence[str], *, made: bool) -> None:
    for clash in clashes:
        say(f"In the way: {clash}.")
    if not made:
        say(use_case.CLASH if clashes else NEXT)


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
    _end(todo.clashes, made=found.made)


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
