"""Taking away what ac365 has of its own in Dynamics, in the order in which things depend on each other.

What an administrator added stays: forms lose our pieces alone, and a role that somebody widened, or holds, is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from clients.dynamics import Dynamics
from engine.companion import hook as hooks
from engine.companion import pages, provision, security
from engine.companion.steps import LANE, ByHand, Part, Step, carry_all
from engine.companion.surroundings import Surroundings, survey
from engine.context import Context
from engine.patience import patiently
from mapping import companion
from mapping.companion_roles import ROLES, Role, each
from mapping.companion_tables import TABLES

COUNTED_TO: Final = 5_000
BEFORE: Final = "it was there before ac365 made its own, or its solution is gone"
WIDENED: Final = "somebody gave it privileges that are not ours: {names}"
KEEP: Final = "It stays. Delete it by hand if nobody needs it."
TAKE: Final = "Take it from them in the Power Platform admin center, then run this again."


@dataclass(frozen=True, slots=True)
class Removal:
    """steps: what there is to take away, or was taken; stays: what is left where it is, and why; rows: how many go
    with each table, counted to 5,000."""

    steps: tuple[Step, ...]
    stays: tuple[ByHand, ...] = ()
    rows: Mapping[str, int] | None = None
    made: bool = False

    @property
    def nothing(self) -> bool:
        """Whether there is nothing that could be taken away."""
        return not self.steps

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "steps": [step.as_json() for step in self.steps],
            "stays": [one.as_json() for one in self.stays],
            "rows": dict(self.rows or {}),
            "complete": self.made or not self.steps,
            "made": self.made,
        }


def look(context: Context) -> Removal:
    """What there would be to take away. Reads only."""
    return patiently(partial(_look, context))


def remove(
    context: Context,
    author: str,
    *,
    tell: Callable[[Step], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Removal:
    """Takes it away and answers with what that was; an interrupted run goes on where it was.

    Raises MissingPermission before anything is changed where the application user may not do it.
    """
    stated = patiently(partial(_look, context), sleep=sleep)
    if not stated.steps:
        return stated
    security.require_removal(context.dynamics, stated.steps)
    try:
        refused = carry_all(stated.steps, lambda: _look(context).steps, tell, sleep)
    finally:
        provision.note(context, author, "unprovision", stated.steps)
    return Removal(stated.steps, (*stated.stays, *refused), stated.rows, made=True)


def _look(context: Context) -> Removal:
    client = context.dynamics
    found = survey(client)
    ours = client.components(found.solution, lane=LANE) if found.solution else set()
    stays = [*_left_roles(client, found, ours, provision.began_with(context))]
    kept = {one.name for one in stays}
    gone = {name: role for name, role in found.roles.items() if name not in kept}
    rows = {one.logical: client.rows_in(one.set, lane=LANE) for one in TABLES if one.logical in found.tables}
    steps = (
        *pages.take_out_steps(client, found),
        *hooks.take_out_steps(client, found),
        *(_drop(Part.ROLE, name, partial(client.drop_role, role, lane=LANE)) for name, role in gone.items()),
        *(_drop(Part.TABLE, name, partial(client.drop_table, name, lane=LANE), rows[name]) for name in rows),
        *_frame(client, found, ours, stays),
    )
    return Removal(steps, tuple(stays), rows)


def _drop(part: Part, name: str, act: Callable[[], object], rows: int = 0) -> Step:
    counted = f"{COUNTED_TO:,} or more" if rows >= COUNTED_TO else f"{rows:,}"
    return Step(part, name, f"is deleted with {counted} row(s)" if rows else "is deleted", act)


def _left_roles(
    client: Dynamics, found: Surroundings, ours: set[str], began: Mapping[str, Sequence[str]]
) -> Iterator[ByHand]:
    for role in ROLES:
        number = found.roles.get(role.name)
        if number is None:
            continue
        more = _more(role, found, began.get(role.name, ()))
        if number.lower() not in ours:
            yield ByHand(Part.ROLE, role.name, BEFORE, KEEP)
        elif more:
            yield ByHand(Part.ROLE, role.name, WIDENED.format(names=", ".join(more[:3])), KEEP)
        elif holders := client.holders(number, lane=LANE):
            yield ByHand(Part.ROLE, role.name, f"{holders} user(s) or team(s) hold it", TAKE)


def _more(role: Role, found: Surroundings, began: Sequence[str]) -> list[str]:
    """Privileges that are neither ours nor those that the role began with."""
    own = {
        found.privileges[table, right].name
        for table, right, _ in each(role.rights)
        if (table, right) in found.privileges
    }
    return sorted(set(found.held[role.name]) - own - set(role.beside) - set(began))


def _frame(client: Dynamics, found: Surroundings, ours: set[str], stays: Sequence[ByHand]) -> Iterator[Step]:
    """Solution and publisher go last; the solution is how we know what we made, so it stays as long as a part of it."""
    left = {found.roles[one.name].lower() for one in stays} & ours
    if left or found.publisher is None:
        return
    number = found.publisher["publisherid"]
    if found.solution:
        yield _drop(Part.SOLUTION, companion.SOLUTION, partial(client.drop_solution, found.solution, lane=LANE))
    if client.solutions_of(number, lane=LANE) <= {companion.SOLUTION}:
        yield _drop(Part.PUBLISHER, companion.PUBLISHER, partial(client.drop_publisher, number, lane=LANE))
