"""What ac365 needs of its own in Dynamics, shown first and then made."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from clients.dynamics import Dynamics
from engine.companion import hook as hooks
from engine.companion import pages, schema, security
from engine.companion.hook import Hook
from engine.companion.steps import ByHand, Part, Step, carry_all
from engine.companion.surroundings import Surroundings, survey
from engine.context import Context
from engine.patience import patiently
from mapping import companion
from store import audit, snapshots
from sync.errors import BadRecord

KEPT: Final = "dynamics:companion"
"""The snapshot of what was made: `{"roles": {name: [privileges that it began with]}}`."""
RENAME: Final = "Rename or remove what is in the way in Dynamics, then run `ac365 provision dynamics --apply`."
CLASH: Final = "Nothing was changed. Rename or remove what is in the way in Dynamics, then run this again."


@dataclass(frozen=True, slots=True)
class Provision:
    """steps: what there is to do, or was done; clashes: what stands in the way; by_hand: what only people can do;
    building: tables whose key is still being built; assigned: whether the application user has its role."""

    steps: tuple[Step, ...]
    clashes: tuple[str, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    building: tuple[str, ...] = ()
    assigned: bool = False
    made: bool = False

    @property
    def nothing(self) -> bool:
        """Whether everything is there."""
        return not (self.steps or self.clashes or self.by_hand)

    def as_json(self) -> dict[str, Any]:
        """For scripts: what there is to do, or what was done."""
        return {
            "steps": [step.as_json() for step in self.steps],
            "clashes": list(self.clashes),
            "by_hand": [one.as_json() for one in self.by_hand],
            "building": list(self.building),
            "role_assigned": self.assigned,
            "complete": not (self.clashes or self.by_hand) and (self.made or not self.steps),
            "made": self.made,
        }


def look(client: Dynamics, hook: Hook | None = None, *, assign: bool = False) -> Provision:
    """What there would be to do. Reads only. assign: also give the application user its role."""
    return stated(client, patiently(partial(survey, client)), hook, assign=assign)


def stated(client: Dynamics, found: Surroundings, hook: Hook | None = None, *, assign: bool = False) -> Provision:
    """The same of surroundings that were read already."""
    return _stated(found, _steps(client, found, hook, assign, _forget))


def carry_out(
    context: Context,
    author: str,
    hook: Hook | None = None,
    *,
    assign: bool = False,
    tell: Callable[[Step], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Provision:
    """Makes what is missing and answers with what that was; a second time there is nothing to do, and an interrupted
    run goes on where it was. tell: hears of each step before it begins.

    Raises BadRecord where something stands in the way and MissingPermission where the application user may not do it,
    both before anything is made.
    """
    client = context.dynamics
    plan = partial(_steps, client, hook=hook, assign=assign, remember=partial(_remember, context))
    found = patiently(partial(survey, client), sleep=sleep)
    todo = _stated(found, plan(found))
    if todo.clashes:
        raise BadRecord("; ".join(todo.clashes), code="provision.clash", advice=CLASH)
    if not todo.steps:
        return todo
    security.require_rights(client, found, todo.steps)
    try:
        refused = carry_all(todo.steps, lambda: plan(survey(client)), tell, sleep)
    finally:
        note(context, author, "provision", todo.steps)
    after = _stated(patiently(partial(survey, client), sleep=sleep), ())
    left = {(one.part, one.name): one for one in (*after.by_hand, *refused)}
    return Provision(todo.steps, (), tuple(left.values()), after.building, after.assigned, made=True)


def began_with(context: Context) -> dict[str, list[str]]:
    """The privileges that each role of ours had when it was made, by the role's name."""
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, KEPT)
    return dict(kept[0]["roles"]) if kept else {}


def _steps(
    client: Dynamics, found: Surroundings, hook: Hook | None, assign: bool, remember: security.Remember
) -> tuple[Step, ...]:
    return (
        *schema.steps(client, found),
        *security.steps(client, found, remember),
        *pages.steps(client, found, schema.published_tables(found)),
        *hooks.steps(client, found, hook),
        *(security.assignment(client, found) if assign else ()),
    )


def _stated(found: Surroundings, steps: tuple[Step, ...]) -> Provision:
    # A failed key is built again first; what to do by hand is for the case that this does not help.
    failed = [] if any(step.part is Part.KEY for step in steps) else list(schema.failed_keys(found))
    return Provision(
        steps,
        tuple(schema.clashes(found)),
        (*pages.left_to_people(found), *failed),
        tuple(schema.building(found)),
        found.assigned,
    )


def _remember(context: Context, role: str, privileges: Collection[str]) -> None:
    known = began_with(context)
    with context.db.transaction() as tx:
        snapshots.put(tx, context.id, KEPT, {"roles": {**known, role: sorted(privileges)}})


def _forget(_: str, __: Collection[str]) -> None:
    """Whoever only looks makes no role."""


def note(context: Context, author: str, action: str, steps: tuple[Step, ...]) -> None:
    """Keeps what was done in the audit log."""
    told = [f"{step.part.value} {step.name} {step.does}" for step in steps]
    with context.db.transaction() as tx:
        audit.write(tx, context.id, author, action, companion.SOLUTION, after={"steps": told})
