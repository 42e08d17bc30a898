"""What an environment has of ac365's own, as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clients.dynamics import Dynamics
from clients.dynamics_forms import Form, Resource
from clients.dynamics_roles import Privilege
from engine.companion.steps import LANE
from mapping import companion
from mapping import companion_roles as roles
from mapping.companion_tables import TABLES
from sync.errors import MissingPermission

ON: Final = ("lead", "contact")
"""The tables whose forms show the panel."""
HOOK: Final = "ac365 requests"
GIVE: Final = (
    "Give the application user of ac365 the security role System Administrator in the Power Platform admin center for "
    "the time of the installation, run this again, and take it away afterwards: to run, ac365 needs no more than "
    "the role " + companion.APPLICATION_ROLE + "."
)
UNSEEN: Final = "the application user may not see what there is in Dynamics"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """tables: as `mapping.companion_gaps` reads them; roles: ids by name; held: privileges by name of a role;
    privileges: by table and right, those that belong to no table with an empty right; endpoint and step: of the web
    hook."""

    language: int
    publisher: Mapping[str, Any] | None
    solution: str | None
    tables: Mapping[str, Mapping[str, Any]]
    unit: str
    roles: Mapping[str, str]
    held: Mapping[str, Mapping[str, str]]
    privileges: Mapping[tuple[str, str], Privilege]
    resources: Mapping[str, Resource]
    forms: tuple[Form, ...]
    endpoint: Mapping[str, Any] | None = None
    step: str | None = None
    assigned: bool = False
    known_tables: frozenset[str] = field(default=frozenset())


def survey(client: Dynamics) -> Surroundings:
    """Reads all of it, past the caches. Raises MissingPermission with what to do, and else what the service says."""
    try:
        return _survey(client)
    except MissingPermission as error:
        told = f"{UNSEEN}: it lacks {error.privilege}" if error.privilege else f"{UNSEEN}: {error.message}"
        raise MissingPermission(
            told, privilege=error.privilege, code="provision.rights", advice=GIVE, status=error.status
        ) from error


def _survey(client: Dynamics) -> Surroundings:
    unit = client.root_unit(lane=LANE)
    named = client.roles_named([role.name for role in roles.ROLES], unit, lane=LANE)
    known = privileges(client)
    return Surroundings(
        language=client.base_language(lane=LANE),
        publisher=client.publisher_named(companion.PUBLISHER, lane=LANE),
        solution=client.solution_named(companion.SOLUTION, lane=LANE),
        tables=client.own_tables([table.logical for table in TABLES], lane=LANE),
        unit=unit,
        roles=named,
        held={name: client.held_by_role(role, lane=LANE) for name, role in named.items()},
        privileges=known,
        resources=client.resources([companion.PANEL, companion.FORM_SCRIPT], lane=LANE),
        forms=tuple(client.main_forms(ON, lane=LANE)),
        endpoint=client.endpoint_named(HOOK, lane=LANE),
        step=client.step_named(f"{HOOK}: Create", lane=LANE),
        assigned=companion.APPLICATION_ROLE in client.own_roles(lane=LANE),
        known_tables=frozenset(table for table, _ in known),
    )


def privileges(client: Dynamics) -> dict[tuple[str, str], Privilege]:
    """Every privilege that a role of ours is to have and that this environment knows, by table and right."""
    tables = sorted({table for role in roles.ROLES for table, *_ in roles.each(role.rights)})
    beside = sorted({name for role in roles.ROLES for name in role.beside})
    found = client.privileges_of_tables(tables, lane=LANE)
    known = {(one.table, one.right): one for one in found}
    return known | {(one.name, ""): one for one in client.privileges_named(beside, lane=LANE)}
