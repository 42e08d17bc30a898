"""What `ac365 check` says of what ac365 needs in Dynamics for activities and the panel, one line for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from clients.dynamics import Dynamics
from clients.probe import Finding
from engine.companion import provision, security
from engine.companion.hook import Hook
from engine.companion.steps import Part, Step
from engine.companion.surroundings import Surroundings, survey
from engine.patience import patiently
from mapping import companion
from sync.errors import SyncError

APPLY: Final = "Run `ac365 provision dynamics --apply`."
GIVE: Final = (
    f"Run `ac365 provision dynamics --apply`, then give the application user the role {companion.APPLICATION_ROLE}."
)
FRAME: Final = (Part.TABLE, Part.COLUMN, Part.OPTION, Part.KEY, Part.TRACKING)
"""Without these nothing can be written or read."""
SHOWN: Final = (Part.ROLE, Part.PRIVILEGES, Part.RESOURCE)
"""Without these nobody can use the panel."""
COMPLETE: Final = "tables, roles, web resources and the panel on every main form are there"


def findings(client: Dynamics, document: Mapping[str, Any], hook: Hook | None = None) -> Iterator[Finding]:
    """Everything that is missing; nothing where neither activities nor the panel is switched on."""
    activities, panel = document["activities"]["enabled"], document["panel"]["enabled"]
    if not (activities or panel):
        return
    try:
        found = patiently(partial(survey, client))
        yield from _findings(client, found, hook, panel=panel)
    except SyncError as error:
        advice = GIVE if error.code == "provision.rights" else error.advice
        yield Finding("dynamics: what ac365 has there", False, error.message, advice)


def _findings(client: Dynamics, found: Surroundings, hook: Hook | None, *, panel: bool) -> Iterator[Finding]:
    stated = provision.stated(client, found, hook)
    for clash in stated.clashes:
        yield Finding("dynamics: in the way", False, clash, provision.RENAME)
    missing = {step.name for step in stated.steps if step.part is Part.TABLE}
    for step in stated.steps:
        # The columns of a table that is missing go without saying.
        if step.part is Part.TABLE or step.name.partition(".")[0] not in missing:
            yield Finding(f"dynamics: {step.part} {step.name}", False, step.lacks, APPLY, _needed(step, panel))
    for one in stated.by_hand:
        yield Finding(f"dynamics: {one.part} {one.name}", False, one.why, one.do, required=False)
    for name in stated.building:
        yield Finding(f"dynamics: key {name}", True, "is still being built, which nobody has to wait for")
    yield _rights(client, found)
    if not (stated.steps or stated.clashes or stated.by_hand):
        yield Finding("dynamics: what ac365 has there", True, COMPLETE)


def _needed(step: Step, panel: bool) -> bool:
    applications = step.name == companion.APPLICATION_ROLE
    return step.part in FRAME or (panel and step.part in SHOWN and not applications)


def _rights(client: Dynamics, found: Surroundings) -> Finding:
    """By whichever role: that of ac365 is an offer."""
    lacks, what = security.own_rights(client, found), "dynamics: privileges for activities and the panel"
    if lacks:
        return Finding(what, False, f"{', '.join(lacks)} missing or not organisation-wide", GIVE)
    return Finding(what, True, "all privileges are there")
