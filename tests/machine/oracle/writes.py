"""Whether anything was written: by the version numbers of Dynamics, and by the calls that ActiveCampaign received."""

from __future__ import annotations

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

TABLES = ("account", "contact", "lead")
GONE = 'SELECT max(version) FROM "~gone"'


def mark(crm: Dynamics, ac: ActiveCampaign) -> int:
    """The highest version number of Dynamics by now; ActiveCampaign begins to count."""
    ac.settle()
    ac.stats.reset()
    with crm.storage.read() as session:
        versions = [session.value(f"SELECT max(versionnumber) FROM {table}") for table in TABLES]
        return max(version or 0 for version in [*versions, session.value(GONE)])


def since(version: int, crm: Dynamics, ac: ActiveCampaign) -> list[str]:
    """Complaints about every write. All reading calls of ActiveCampaign's API are GET."""
    ac.settle()
    routes = {route: n for route, n in ac.stats.as_json()["routes"].items() if not route.startswith("GET ")}
    found = [f"a quiet cycle sent {n} x {route} to ActiveCampaign" for route, n in routes.items()]
    with crm.storage.read() as session:
        for table in TABLES:
            sql = f"SELECT {table}id FROM {table} WHERE versionnumber > ?"
            found += [f"a quiet cycle wrote {table} {row[0][-4:]} of Dynamics" for row in session.rows(sql, (version,))]
        gone = session.value(GONE) or 0
    return found + (["a quiet cycle deleted in Dynamics"] if gone > version else [])
