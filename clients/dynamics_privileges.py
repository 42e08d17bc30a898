"""What the application user may do.

Source: learn.microsoft.com, reference of the function RetrieveUserPrivileges (bound to systemuser; privileges through
roles, held directly or through teams) and of the complex type RolePrivilege.
"""

from __future__ import annotations

from clients.dynamics_reader import Reader
from clients.privileges import lacking, wider
from sync.model import Entity, Lane


class Privileges(Reader):
    """Privileges by name, with the widest depth that any role gives."""

    def privileges(self, *, lane: Lane = Lane.SYNC) -> dict[str, str]:
        """`{"prvWriteContact": "Global"}` of the application user. Raises MissingPermission, NotAvailable."""
        path = f"systemusers({self.own_user_id(lane=lane)})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges"
        held: dict[str, str] = {}
        for row in self.json(path, lane=lane)["RolePrivileges"]:
            held[row["PrivilegeName"]] = wider(row["Depth"], held.get(row["PrivilegeName"], ""))
        return held

    def write_privileges(self, entity: Entity, *, lane: Lane = Lane.SYNC) -> list[str]:
        """The privileges that writing this entity lacks, by name; empty when all are there. Raises likewise."""
        return lacking(entity, self.privileges(lane=lane))
