"""Roles with their privileges, who holds them, and what whoever installs has to be allowed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from clients.dynamics import Dynamics
from clients.dynamics_roles import Privilege
from engine.companion.steps import LANE, Part, Step
from engine.companion.surroundings import GIVE, Surroundings, privileges
from mapping import companion
from mapping import companion_roles as roles
from mapping.companion_roles import Role
from sync.errors import Missing, MissingPermission, Stop

Remember = Callable[[str, Collection[str]], None]

NEEDED: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.PUBLISHER: ("prvCreatePublisher",),
    Part.SOLUTION: ("prvCreateSolution",),
    Part.TABLE: ("prvCreateEntity",),
    Part.COLUMN: ("prvCreateAttribute", "prvCreateRelationship"),
    Part.OPTION: ("prvWriteOptionSet",),
    Part.TRACKING: ("prvWriteEntity",),
    Part.ROLE: ("prvCreateRole", "prvReadRole"),
    Part.PRIVILEGES: ("prvWriteRole",),
    Part.RESOURCE: ("prvCreateWebResource", "prvWriteWebResource"),
    Part.FORM: ("prvWriteSystemForm",),
    Part.PUBLISHING: ("prvPublishCustomization",),
    Part.HOOK: ("prvCreateServiceEndpoint", "prvCreateSdkMessageProcessingStep"),
    Part.ASSIGNMENT: ("prvAssignRole",),
}
ASSIGN: Final = (
    f"Give the application user the role {companion.APPLICATION_ROLE}: Power Platform admin center, Settings, Users + "
    "permissions, Application users."
)
NOT_ALLOWED: Final = "the application user may not do this in Dynamics"


def steps(client: Dynamics, found: Surroundings, remember: Remember) -> Iterator[Step]:
    """Roles that are missing, and privileges that a role lacks. Nothing is ever taken from a role."""
    for role in roles.ROLES:
        if role.name not in found.roles:
            make = partial(_make, client, role.name, remember)
            yield Step(Part.ROLE, role.name, "is made", make)
        lacks = lacking(role, found)
        if lacks:
            some = f"{lacks} privilege" if lacks == 1 else f"{lacks} privileges"
            grant = partial(_grant, client, role)
            yield Step(Part.PRIVILEGES, role.name, f"gets {some}", grant, lacks=f"lacks {some}")


def assignment(client: Dynamics, found: Surroundings) -> Iterator[Step]:
    """The role for the application user, where it does not have it."""
    if not found.assigned:
        give = partial(client.assign_to_self, companion.APPLICATION_ROLE, lane=LANE)
        yield Step(Part.ASSIGNMENT, companion.APPLICATION_ROLE, "is given to the application user", give, ASSIGN)


def lacking(role: Role, found: Surroundings) -> int:
    """How many privileges the role lacks, or has too narrowly. Those of tables still to be made count as well."""
    coming = [1 for table, *_ in roles.each(role.rights) if table in roles.OWN_TABLES and _absent(table, found)]
    return len(coming) + len(_missing(role, found.privileges, found.held.get(role.name, {})))


DELETING: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.FORM: ("prvWriteSystemForm",),
    Part.PUBLISHING: ("prvPublishCustomization",),
    Part.RESOURCE: ("prvDeleteWebResource",),
    Part.HOOK: ("prvDeleteServiceEndpoint", "prvDeleteSdkMessageProcessingStep"),
    Part.ROLE: ("prvDeleteRole",),
    Part.TABLE: ("prvDeleteEntity",),
    Part.SOLUTION: ("prvDeleteSolution",),
    Part.PUBLISHER: ("prvDeletePublisher",),
}


def require_removal(client: Dynamics, planned: Iterable[Step]) -> None:
    """Raises MissingPermission, before anything is changed, unless the application user may take all of it away."""
    _refuse(_unheld(client, {name for step in planned for name in DELETING.get(step.part, ())})[0])


def require_rights(client: Dynamics, found: Surroundings, planned: Iterable[Step]) -> None:
    """Raises MissingPermission, before anything is made, unless the application user may carry out all of it.

    Whoever gives a role privileges has to have them too.
    """
    parts = {step.part for step in planned}
    lacks, held = _unheld(client, {name for part in parts for name in NEEDED.get(part, ())})
    if parts & {Part.PRIVILEGES, Part.ASSIGNMENT}:
        given = _wanted(roles.APPLICATION, found.privileges)
        lacks += sorted(one.name for one in given if held.get(one.name, "") != roles.ALL)
    _refuse(lacks)


def _unheld(client: Dynamics, names: Collection[str]) -> tuple[list[str], Mapping[str, str]]:
    """Which of these privileges, as far as the environment knows them, are not held; and all that are."""
    try:
        held = client.privileges(lane=LANE)
        known = {one.name for one in client.privileges_named(sorted(names), lane=LANE)} if names else set()
    except Stop as error:
        raise MissingPermission(NOT_ALLOWED, code="provision.rights", advice=GIVE, status=error.status) from error
    return sorted(name for name in known if name not in held), held


def _refuse(lacks: Sequence[str]) -> None:
    if lacks:
        more = f" and {len(lacks) - 3} more" if len(lacks) > 3 else ""
        told = f"{NOT_ALLOWED}: it lacks {', '.join(lacks[:3])}{more}"
        raise MissingPermission(told, privilege=lacks[0], code="provision.rights", advice=GIVE)


def own_rights(client: Dynamics, found: Surroundings) -> list[str]:
    """Which privileges on ac365's tables the application user lacks, by whichever role; tables that are missing count
    for nothing. Raises what the service says."""
    held = client.privileges(lane=LANE)
    wanted = {(table, right): depth for table, right, depth in roles.each(roles.COMPANION_NEEDS)}
    wanted |= {(roles.IMPERSONATION, ""): roles.ALL}
    named = {found.privileges[one].name: depth for one, depth in wanted.items() if one in found.privileges}
    return sorted(name for name, depth in named.items() if roles.narrower(held.get(name, ""), depth))


def _absent(table: str, found: Surroundings) -> bool:
    return table not in found.known_tables


def _wanted(role: Role, known: Mapping[tuple[str, str], Privilege]) -> dict[Privilege, str]:
    """The role's privileges with their depths, as far as the environment knows them."""
    of_tables = {(table, right): depth for table, right, depth in roles.each(role.rights)}
    entries = of_tables | {(name, ""): roles.ALL for name in role.beside}
    return {known[entry]: depth for entry, depth in entries.items() if entry in known}


def _missing(role: Role, known: Mapping[tuple[str, str], Privilege], held: Mapping[str, str]) -> dict[Privilege, str]:
    wanted = _wanted(role, known)
    return {one: depth for one, depth in wanted.items() if roles.narrower(held.get(one.name, ""), depth)}


def _make(client: Dynamics, name: str, remember: Remember) -> None:
    unit = client.root_unit(lane=LANE)
    client.make_role(name, unit, companion.SOLUTION, lane=LANE)
    made = client.roles_named([name], unit, lane=LANE).get(name)
    # A new role has privileges of the platform's choice: what is more than these and ours is somebody's own.
    remember(name, client.held_by_role(made, lane=LANE) if made else ())


def _grant(client: Dynamics, role: Role) -> None:
    unit = client.root_unit(lane=LANE)
    made = client.roles_named([role.name], unit, lane=LANE).get(role.name)
    if made is None:
        raise Missing(f"the role {role.name} is not known yet")
    lacks = _missing(role, privileges(client), client.held_by_role(made, lane=LANE))
    if lacks:
        client.add_privileges(made, unit, lacks, lane=LANE)
