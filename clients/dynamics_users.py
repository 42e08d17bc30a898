"""Users of the environment and their security roles.

Sources: learn.microsoft.com, the function RetrieveAadUserRoles, the references of the tables systemuser, role and team,
and page security-concepts: a role has a copy in every business unit from its own on down, all with the name and the
root of the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clients.dynamics_reader import API, HEADERS, Reader
from clients.dynamics_records import one_of
from sync.errors import Missing, MissingPermission, NotAvailable
from sync.model import Lane

ROLE: Final = "roleid,name,_parentrootroleid_value,_roletemplateid_value"
USER: Final = "systemuserid,fullname,domainname,isdisabled,accessmode,azureactivedirectoryobjectid"
TIED: Final = f"systemuserroles_association($select={ROLE}),teammembership_association($select=teamid)"
IN_THEIR_NAME: Final = "prvActOnBehalfOfAnotherUser"
SEARCHED: Final = ("fullname", "domainname", "internalemailaddress")


@dataclass(frozen=True, slots=True)
class SecurityRole:
    """A role that somebody holds. root: the id of its first copy; template: of one that Microsoft delivers, or ""."""

    root: str
    name: str
    template: str


@dataclass(frozen=True, slots=True)
class User:
    """A person in the environment. login: such as mira@contoso.example; access_mode: as the column has it; id: of the
    row."""

    directory_id: str
    login: str
    name: str
    disabled: bool
    access_mode: int
    roles: tuple[SecurityRole, ...]
    id: str = ""


class Users(Reader):
    """People of one environment."""

    def user(self, directory_id: str, *, lane: Lane = Lane.LIVE) -> User | None:
        """The person with this object id in the directory, with all roles, also those of teams. None: there is none."""
        wanted = {"$select": USER, "$filter": f"azureactivedirectoryobjectid eq {directory_id}", "$expand": TIED}
        rows = self.json("systemusers", wanted, lane=lane)["value"]
        if not rows:
            return None
        try:
            path = f"RetrieveAadUserRoles(DirectoryObjectId={directory_id})"
            held = self.json(path, {"$select": ROLE}, lane=lane)["value"]
        except (Missing, MissingPermission, NotAvailable):
            return self._with_roles(rows[:1], lane)[0]
        return _user(rows[0], held)

    def user_by_id(self, user_id: str, *, lane: Lane = Lane.LIVE) -> User | None:
        """The person whose row has this id, with all roles, also those of teams. None: there is none."""
        wanted = {"$select": USER, "$filter": f"systemuserid eq {user_id}", "$expand": TIED}
        rows = self.json("systemusers", wanted, lane=lane)["value"]
        return self._with_roles(rows, lane)[0] if rows else None

    def seen_by(
        self, user_id: str, entity_set: str, record_id: str, select: Sequence[str], *, lane: Lane = Lane.LIVE
    ) -> dict[str, Any] | None:
        """The record as this person sees it, asked of Dynamics in their name. None: they may not read it, or it is
        gone, or ac365 itself may not read it. A column that is secured is empty for who may not read that.

        Raises MissingPermission when ac365's role doesn't let it ask for others. Source: learn.microsoft.com, page
        webapi/impersonate-another-user-web-api: what both may do counts.
        """
        headers = {**HEADERS, "MSCRMCallerID": user_id}
        path = f"{API}/{entity_set}({record_id})"
        try:
            answer = self.door.send("GET", path, params={"$select": ",".join(select)}, headers=headers, lane=lane)
        except Missing:
            return None
        except MissingPermission as error:
            if error.privilege == IN_THEIR_NAME:
                raise
            return None
        row: dict[str, Any] = answer.data
        return row

    def users_like(self, text: str, most: int, *, lane: Lane = Lane.LIVE) -> list[User]:
        """Up to so many people, by name, who may sign in and whose name, login or address holds this text."""
        quoted = text.replace("'", "''")
        like = " or ".join(f"contains({column},'{quoted}')" for column in SEARCHED)
        able = "isdisabled eq false and accessmode eq 0 and azureactivedirectoryobjectid ne null"
        wanted = {"$select": USER, "$filter": f"{able} and ({like})", "$orderby": "fullname asc", "$top": most}
        return self._with_roles(self.json("systemusers", {**wanted, "$expand": TIED}, lane=lane)["value"], lane)

    def root_roles(self, names: Sequence[str], *, lane: Lane = Lane.LIVE) -> dict[str, str]:
        """The names of the roles that are called so in the topmost business unit, by the ids of their first copies.

        Whoever may make roles in a unit below can call one the same, which must give nobody anything.
        """
        called = " or ".join(f"name eq '{name}'" for name in names)
        wanted = {"$select": ROLE, "$filter": called, "$expand": "businessunitid($select=_parentbusinessunitid_value)"}
        rows = self.json("roles", wanted, lane=lane)["value"]
        top = [row for row in rows if not (row["businessunitid"] or {}).get("_parentbusinessunitid_value", "?")]
        return {_root(row): row["name"] for row in top}

    def _with_roles(self, rows: Sequence[Mapping[str, Any]], lane: Lane) -> list[User]:
        """The same people with their roles as the tables have them, which takes one more look where there are teams."""
        teams = {team["teamid"] for row in rows for team in row["teammembership_association"]}
        of_teams = self._roles_of_teams(sorted(teams), lane) if teams else {}
        return [_user(row, [*row["systemuserroles_association"], *_through_teams(row, of_teams)]) for row in rows]

    def _roles_of_teams(self, teams: Sequence[str], lane: Lane) -> dict[str, list[Any]]:
        expanded = f"teamroles_association($select={ROLE})"
        wanted = {"$select": "teamid", "$filter": one_of("teamid", teams), "$expand": expanded}
        rows = self.json("teams", wanted, lane=lane)["value"]
        return {row["teamid"]: row["teamroles_association"] for row in rows}


def _through_teams(row: Mapping[str, Any], of_teams: Mapping[str, list[Any]]) -> Iterable[Any]:
    return (role for team in row["teammembership_association"] for role in of_teams.get(team["teamid"], ()))


def _user(row: Mapping[str, Any], roles: Iterable[Mapping[str, Any]]) -> User:
    held = {SecurityRole(_root(role), role["name"] or "", role["_roletemplateid_value"] or "") for role in roles}
    return User(
        directory_id=row["azureactivedirectoryobjectid"] or "",
        login=(row["domainname"] or "").lower(),
        name=row["fullname"] or "",
        disabled=bool(row["isdisabled"]),
        access_mode=int(row["accessmode"] or 0),
        roles=tuple(sorted(held, key=lambda role: (role.name, role.root))),
        id=row["systemuserid"],
    )


def _root(role: Mapping[str, Any]) -> str:
    return str(role["_parentrootroleid_value"] or role["roleid"])
