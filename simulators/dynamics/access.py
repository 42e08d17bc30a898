"""Who may do what: privileges of roles, held directly or through teams, with their depth.

The model: Microsoft Learn, "Security concepts in Microsoft Dataverse". A depth reaches own rows (1), those of the
business unit (2), of the units below too (3), or of the whole organization (4).
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulators.dynamics.errors import ApiError, denied, no_access
from simulators.dynamics.schema.catalog import Table, stable_id
from simulators.dynamics.store.storage import Session, Storage, quoted

RIGHTS = ("Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share")
DEPTHS = {"Basic": 1, "Local": 2, "Deep": 3, "Global": 4}
ADMINISTRATOR = "627090ff-40a3-4053-8790-584edc5be201"
OPEN = frozenset({"privilege", "roletemplate", "sdkmessage", "sdkmessagefilter", "entity", "processstage"})
SECURITY = frozenset({"systemuser", "team", "role", "businessunit"})
EVERYTHING = "*"

ROLES = """
SELECT coalesce(r.parentrootroleid, r.roleid), r.roletemplateid FROM role r WHERE r.roleid IN (
  SELECT second FROM "~links" WHERE name = 'systemuserroles_association' AND first = :user
  UNION SELECT t.second FROM "~links" m JOIN "~links" t ON t.first = m.first AND t.name = 'teamroles_association'
    WHERE m.name = 'teammembership_association' AND m.second = :user)
"""
MEMBER = """SELECT first FROM "~links" WHERE name = 'teammembership_association' AND second = ?"""


@dataclass(frozen=True)
class Party:
    """One identity with the privileges that its roles give."""

    user: str
    unit: str
    grants: dict[str, int]

    def depth(self, privilege: str) -> int:
        return 4 if EVERYTHING in self.grants else self.grants.get(privilege, 0)


@dataclass(frozen=True)
class Caller:
    """Who acts. With impersonation there are two parties, the person first, and both must be allowed.

    `trusted` callers are edits from outside that no privilege or closed state stops.
    """

    parties: tuple[Party, ...]
    trusted: bool = False
    account: str = field(default="")

    @property
    def user(self) -> str:
        return self.parties[0].user

    @property
    def behalf(self) -> str | None:
        """The application that acts for the person."""
        return self.parties[1].user if len(self.parties) > 1 else None

    @property
    def sees_secured(self) -> bool:
        """Whether columns with column-level security are shown: to administrators, here."""
        return self.trusted or all(EVERYTHING in party.grants for party in self.parties)

    def depth(self, privilege: str) -> int:
        """The depth at which every party has the privilege."""
        return 4 if self.trusted else min(party.depth(privilege) for party in self.parties)


class Access:
    """Reads privileges and keeps them until somebody changes a role, a team or a user."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: dict[str, Party] = {}

    def forget(self) -> None:
        self._known = {}

    def party(self, user: str) -> Party:
        found = self._known.get(user)
        if found is None:
            with self._storage.read() as session:
                found = self._known[user] = read_party(session, user)
        return found

    def named(self, column: str, value: str) -> tuple[str, bool] | None:
        """The id of the enabled or disabled systemuser whose `column` has this value, and whether it is disabled."""
        with self._storage.read() as session:
            sql = f"SELECT systemuserid, isdisabled FROM systemuser WHERE {quoted(column)} = ?"
            found = session.one(sql, (value.lower(),))
        return (found[0], bool(found[1])) if found else None


def read_party(session: Session, user: str) -> Party:
    """The privileges that a user has directly and through teams, read anew."""
    unit = session.value("SELECT businessunitid FROM systemuser WHERE systemuserid = ?", (user,))
    grants: dict[str, int] = {}
    for root, template in session.rows(ROLES, {"user": user}):  # type: ignore[arg-type]
        if template == ADMINISTRATOR:
            grants[EVERYTHING] = 4
        for privilege, depth in session.rows('SELECT privilege, depth FROM "~grants" WHERE role = ?', (root,)):
            grants[privilege] = max(depth, grants.get(privilege, 0))
    return Party(user, unit or "", grants)


def privilege_of(right: str, table: Table) -> str:
    """The name of the privilege behind a right on a table."""
    return f"prv{right}{table.privilege_name}"


def require(caller: Caller, right: str, table: Table) -> int:
    """The depth at which the caller has the right. Raises ApiError (403) when not at all."""
    if right == "Read" and table.logical in OPEN:
        return 4
    depth = caller.depth(privilege_of(right, table))
    if depth == 0:
        raise denied(caller.user, privilege_of(right, table), table.otc, table.logical, table.labels[0])
    return depth


def require_named(caller: Caller, privilege: str) -> None:
    """Raises ApiError (403) unless the caller has a privilege that belongs to no table."""
    if caller.depth(privilege) == 0:
        raise ApiError(
            403,
            "0x80040220",
            f"Principal user (Id={caller.user}, type=8) is missing {privilege} privilege "
            f"(Id={stable_id('privilege', privilege)}). context.Caller={caller.user}",
        )


def require_global_read(caller: Caller, table: Table) -> None:
    """Change tracking wants organization-level read (issue 3883 of MicrosoftDocs/powerapps-docs)."""
    if require(caller, "Read", table) < 4 and table.ownership == "UserOwned":
        raise ApiError(
            403,
            "0x80040220",
            f"SecLib::CheckPrivilege failed. User: {caller.user}, PrivilegeName: {privilege_of('Read', table)}, "
            "PrivilegeId: 00000000-0000-0000-0000-000000000000, Required Depth: Global, BusinessUnitId: "
            f"{caller.parties[0].unit}, MetadataCache Privileges Count: 5000, User Privileges Count: 300",
        )


def scope(session: Session, caller: Caller, right: str, table: Table, alias: str) -> tuple[str, list[Any]]:
    """A condition in SQL on the rows that the caller may treat so. Raises ApiError (403) without the privilege."""
    require(caller, right, table)
    if caller.trusted or table.logical in OPEN or table.ownership in ("None", "OrganizationOwned"):
        return "1", []
    pieces = [_reach(session, party, party.depth(privilege_of(right, table)), table, alias) for party in caller.parties]
    conditions = [sql for sql, _ in pieces if sql != "1"]
    return " AND ".join(conditions) or "1", [value for _, values in pieces for value in values]


def _reach(session: Session, party: Party, depth: int, table: Table, alias: str) -> tuple[str, list[Any]]:
    if depth >= 4:
        return "1", []
    units = [party.unit] if depth == 2 else units_below(session, party.unit) if depth == 3 else []
    places = ", ".join("?" * len(units))
    if table.logical in SECURITY:
        own = f"{alias}.{quoted(table.key)} = ?"
        return f"({own} OR {alias}.businessunitid IN ({places}))", [party.user, *units]
    own = f"{alias}.owninguser = ? OR {alias}.owningteam IN ({MEMBER})"
    return f"({own} OR {alias}.owningbusinessunit IN ({places}))", [party.user, party.user, *units]


def units_below(session: Session, unit: str) -> list[str]:
    """The unit and all units under it."""
    sql = """WITH RECURSIVE below(id) AS (SELECT ? UNION SELECT b.businessunitid FROM businessunit b
             JOIN below ON b.parentbusinessunitid = below.id) SELECT id FROM below"""
    return [row[0] for row in session.rows(sql, (unit,))]


def require_row(session: Session, caller: Caller, right: str, table: Table, row_id: str) -> None:
    """Raises ApiError (403) unless the caller has the right on this row."""
    condition, values = scope(session, caller, right, table, "t")
    if condition == "1":
        return
    sql = f"SELECT 1 FROM {quoted(table.logical)} t WHERE t.{quoted(table.key)} = ? AND {condition}"
    if session.one(sql, [row_id, *values]) is None:
        raise no_access(caller.user, row_id, table.logical, right)


def grant(session: Session, role: str, privileges: Sequence[tuple[str, int]]) -> None:
    """Adds privileges, by name and depth, to a role given by the id of its root copy."""
    session.many('INSERT OR REPLACE INTO "~grants" VALUES (?, ?, ?)', [(role, name, d) for name, d in privileges])
