"""Security roles of ac365's own, and the privileges that they hold.

Sources: learn.microsoft.com, the actions AddPrivilegesRole and RemovePrivilegeRole, the function
RetrieveRolePrivilegesRole, the type SecurityPrivilegeMetadata (which names a table's privileges: that of systemuser is
prvReadUser), and page security-concepts: a role of the root unit has a copy in every unit below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clients.dynamics_definer import Definer
from clients.privileges import wider
from sync.errors import Missing
from sync.model import Lane


@dataclass(frozen=True, slots=True)
class Privilege:
    """A privilege of the environment. right: such as Read, "" for one that belongs to no table."""

    id: str
    name: str
    table: str = ""
    right: str = ""


class Roles(Definer):
    """Roles of the root business unit."""

    def root_unit(self, *, lane: Lane) -> str:
        """The id of the topmost business unit."""
        wanted = {"$select": "businessunitid", "$filter": "_parentbusinessunitid_value eq null"}
        return str(self.strong("businessunits", wanted, lane=lane)["value"][0]["businessunitid"])

    def roles_named(self, names: Sequence[str], unit: str, *, lane: Lane) -> dict[str, str]:
        """Ids of the roles in this unit that are called so, by name."""
        called = " or ".join(f"name eq '{name}'" for name in names)
        wanted = {"$select": "roleid,name", "$filter": f"_businessunitid_value eq {unit} and ({called})"}
        return {row["name"]: row["roleid"] for row in self.all_rows("roles", wanted, lane=lane)}

    def held_by_role(self, role: str, *, lane: Lane) -> dict[str, str]:
        """`{"prvReadLead": "Global"}` of a role."""
        held: dict[str, str] = {}
        for row in self.strong(f"RetrieveRolePrivilegesRole(RoleId={role})", lane=lane)["RolePrivileges"]:
            held[row["PrivilegeName"]] = wider(row["Depth"], held.get(row["PrivilegeName"], ""))
        return held

    def privileges_of_tables(self, tables: Iterable[str], *, lane: Lane) -> list[Privilege]:
        """The privileges of these tables as the environment names them; tables that do not exist are left out."""
        listed = " or ".join(f"LogicalName eq '{name}'" for name in tables)
        wanted = {"$select": "LogicalName,Privileges", "$filter": listed}
        rows = self.strong("EntityDefinitions", wanted, lane=lane)["value"]
        return [_of_table(row["LogicalName"], one) for row in rows for one in row["Privileges"] or ()]

    def privileges_named(self, names: Sequence[str], *, lane: Lane) -> list[Privilege]:
        """Those of these privileges that the environment knows."""
        called = " or ".join(f"name eq '{name}'" for name in names)
        rows = self.all_rows("privileges", {"$select": "privilegeid,name", "$filter": called}, lane=lane)
        return [Privilege(row["privilegeid"], row["name"]) for row in rows]

    def make_role(self, name: str, unit: str, solution: str, *, lane: Lane) -> None:
        """Makes a role, which starts with a handful of privileges of the platform's choice. Raises as `define`."""
        body = {"name": name, "businessunitid@odata.bind": f"/businessunits({unit})"}
        self.define("POST", "roles", body, solution=solution, lane=lane)

    def add_privileges(self, role: str, unit: str, given: Mapping[Privilege, str], *, lane: Lane) -> None:
        """Adds privileges with their depths; what the role holds beside them stays. Raises as `define`."""
        listed = [
            {"PrivilegeId": one.id, "Depth": depth, "BusinessUnitId": unit, "PrivilegeName": one.name}
            for one, depth in given.items()
        ]
        path = f"roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
        self.define("POST", path, {"Privileges": listed}, lane=lane)

    def holders(self, role: str, *, lane: Lane) -> int:
        """How many users and teams hold a role, in any unit."""
        wanted = {"$select": "roleid", "$filter": f"_parentrootroleid_value eq {role}"}
        expanded = "systemuserroles_association($select=systemuserid),teamroles_association($select=teamid)"
        rows = self.all_rows("roles", {**wanted, "$expand": expanded}, lane=lane)
        return sum(len(row["systemuserroles_association"]) + len(row["teamroles_association"]) for row in rows)

    def own_roles(self, *, lane: Lane) -> set[str]:
        """The names of the roles that this application user holds directly."""
        wanted = {"$select": "systemuserid", "$expand": "systemuserroles_association($select=name)"}
        row: dict[str, Any] = self.strong(f"systemusers({self.own_user_id(lane=lane)})", wanted, lane=lane)
        return {role["name"] for role in row["systemuserroles_association"]}

    def assign_to_self(self, name: str, *, lane: Lane) -> None:
        """Gives this application user the role, as the copy of the user's own unit. Raises Missing, and as
        `define`."""
        me = self.who_am_i(lane=lane)
        copy = self.roles_named([name], me["BusinessUnitId"], lane=lane).get(name)
        if copy is None:
            raise Missing(f"there is no role {name} in the business unit of the application user")
        reference = {"@odata.id": f"{self.door.base_url}/api/data/v9.2/roles({copy})"}
        self.define("POST", f"systemusers({me['UserId']})/systemuserroles_association/$ref", reference, lane=lane)

    def drop_role(self, role: str, *, lane: Lane) -> None:
        """Deletes a role with its copies. Raises as `define`."""
        self.drop(f"roles({role})", lane=lane)


def _of_table(table: str, one: Mapping[str, Any]) -> Privilege:
    return Privilege(one["PrivilegeId"], one["Name"], table, one["PrivilegeType"])
