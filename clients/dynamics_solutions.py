"""The publisher and the solution that hold what ac365 has of its own.

Source: learn.microsoft.com, page org-service/work-with-solutions, references of publisher, solution and
solutioncomponent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients.answer import Json
from clients.dynamics_definer import Definer
from sync.model import Lane

PUBLISHER = "publisherid,uniquename,customizationprefix,customizationoptionvalueprefix"


class Solutions(Definer):
    """Publishers and solutions by unique name."""

    def publisher_named(self, name: str, *, lane: Lane) -> Mapping[str, Any] | None:
        """The publisher with its prefixes, None when there is none."""
        wanted = {"$select": PUBLISHER, "$filter": f"uniquename eq '{name}'"}
        return next(iter(self.all_rows("publishers", wanted, lane=lane)), None)

    def solution_named(self, name: str, *, lane: Lane) -> str | None:
        """The id of the solution, None when there is none."""
        wanted = {"$select": "solutionid", "$filter": f"uniquename eq '{name}'"}
        return next((str(row["solutionid"]) for row in self.all_rows("solutions", wanted, lane=lane)), None)

    def components(self, solution: str, *, lane: Lane) -> set[str]:
        """The ids of everything that belongs to the solution of this id."""
        wanted = {"$select": "objectid", "$filter": f"_solutionid_value eq {solution}"}
        return {str(row["objectid"]).lower() for row in self.all_rows("solutioncomponents", wanted, lane=lane)}

    def solutions_of(self, publisher: str, *, lane: Lane) -> set[str]:
        """The unique names of all solutions of the publisher of this id."""
        wanted = {"$select": "uniquename", "$filter": f"_publisherid_value eq {publisher}"}
        return {str(row["uniquename"]) for row in self.all_rows("solutions", wanted, lane=lane)}

    def make_publisher(self, body: Json, *, lane: Lane) -> None:
        """body: the row with its prefixes. Raises as `define`."""
        self.define("POST", "publishers", body, lane=lane)

    def make_solution(self, body: Json, publisher: str, *, lane: Lane) -> None:
        """body: the row without its publisher, whose id comes beside it. Raises as `define`."""
        bound = {"publisherid@odata.bind": f"/publishers({publisher})"}
        self.define("POST", "solutions", {**body, **bound}, lane=lane)

    def drop_solution(self, solution: str, *, lane: Lane) -> None:
        """Deletes the solution of this id; what belonged to it stays. Raises as `define`."""
        self.drop(f"solutions({solution})", lane=lane)

    def drop_publisher(self, publisher: str, *, lane: Lane) -> None:
        """Deletes the publisher of this id. Raises as `define`."""
        self.drop(f"publishers({publisher})", lane=lane)
