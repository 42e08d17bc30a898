"""`ac365 provision dynamics`: what ac365 has of its own in Dynamics, shown first, made with --apply, taken away with
--remove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from cli.errors import COULD_NOT_RUN, CannotRun
from cli.options import AsJson, ConnectionName, Yes
from cli.output import note, on_terminal, print_json, say, show, table
from cli.session import author, context_of, session
from engine.companion import hook, provision, removal
from engine.companion.provision import Provision
from engine.companion.removal import Removal
from engine.companion.steps import ByHand, Step
from engine.context import Context
from mapping.companion import APPLICATION_ROLE
from worker.services import Services

NOTHING = "Dynamics has the tables, roles and web resources of ac365, and its panel on every main form."
NEXT = "Nothing was changed. `ac365 provision dynamics --apply` does this."
NEXT_REMOVAL = "Nothing was changed. `ac365 provision dynamics --remove --apply` does this; the rows are lost."
GIVE = (
    f"Give the application user the role {APPLICATION_ROLE} in the Power Platform admin center, or run this with "
    "--assign. Other roles may be taken from it then."
)
SURE = "Take all of this out of Dynamics, with the rows of the tables?"
UNASKED = "with --remove --apply rows are lost for good"


def dynamics(
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without it, it is only shown.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take away what was made, instead of making it.")] = False,
    assign: Annotated[
        bool, typer.Option("--assign", help=f"Also give the application user the role {APPLICATION_ROLE}.")
    ] = False,
    yes: Yes = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Make what marketing activities and the panel need in Dynamics: three tables, three security roles, the panel and
    its place on every main form of leads and contacts.

    Shows what there is to do and changes nothing without --apply. It may be run again at any time: what is there stays,
    what is missing is made, privileges are only ever added, and a column in the way is named instead of replaced. The
    application user needs the role System Administrator while this runs with --apply, and not afterwards. With
    --remove our tables go with their rows, and our pieces leave forms and roles; what others added stays. Exit status 1
    when something is in the way, or when the application user may not do it.
    """
    with session() as services:
        context = context_of(services, connection)
        if remove:
            _remove(context, apply=apply, yes=yes, as_json=as_json)
        else:
            _provision(services, context, apply=apply, assign=assign, as_json=as_json)


def _provision(services: Services, context: Context, *, apply: bool, assign: bool, as_json: bool) -> None:
    where = hook.address(services.settings, services.db, context.id)
    if apply:
        found = provision.carry_out(context, author(), where, assign=assign, tell=_progress(as_json))
    else:
        found = provision.look(context.dynamics, where, assign=assign)
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)
    if found.clashes:
        raise typer.Exit(COULD_NOT_RUN)


def _remove(context: Context, *, apply: bool, yes: bool, as_json: bool) -> None:
    if not apply:
        found = removal.look(context)
    else:
        _confirm(removal.look(context), yes=yes, as_json=as_json)
        found = removal.remove(context, author(), tell=_progress(as_json))
    if as_json:
        print_json(found.as_json())
    else:
        _print_removal(found)


def _confirm(found: Removal, *, yes: bool, as_json: bool) -> None:
    if yes or found.nothing:
        return
    if as_json or not on_terminal():
        raise CannotRun(UNASKED, "Add --yes if that is meant.")
    _print_steps(found.steps)
    if not typer.confirm(SURE):
        raise CannotRun("nothing was changed")


def _progress(as_json: bool) -> Callable[[Step], None]:
    """Each step as it begins, beside the result."""
    return (lambda _: None) if as_json else (lambda step: note(f"{step.part.value} {step.name} {step.does} ..."))


def _print(found: Provision) -> None:
    if found.nothing:
        say(f"{NOTHING} There is nothing to do.")
    if found.steps and not found.made:
        _print_steps(found.steps)
    if found.made:
        say(f"All {len(found.steps)} step(s) are done." if not found.by_hand else f"{len(found.steps)} step(s) made.")
    _print_by_hand(found.by_hand)
    for name in found.building:
        say(f"The key of {name} is still being built by Dynamics. ac365 works meanwhile.")
    for clash in found.clashes:
        say(f"In the way: {clash}.")
    if found.steps and not found.made:
        say(provision.CLASH if found.clashes else NEXT)
    if not found.assigned:
        say(GIVE)


def _print_removal(found: Removal) -> None:
    if found.nothing:
        say("Dynamics has nothing of ac365 that could be taken away.")
    elif found.made:
        say(f"All {len(found.steps)} step(s) are done.")
    else:
        _print_steps(found.steps)
    for one in found.stays:
        say(f"The {one.part.value} {one.name} stays, because {one.why}. {one.do}")
    if found.steps and not found.made:
        say(NEXT_REMOVAL)


def _print_steps(steps: Sequence[Step]) -> None:
    rows = [(step.part.value, step.name, step.does) for step in steps]
    show(table("In Dynamics", ("what", "name", "is to happen"), rows))


def _print_by_hand(left: Sequence[ByHand]) -> None:
    for one in left:
        say(f"By hand: {one.part.value} {one.name} ({one.why}). {one.do}")
