"""Making what ac365 has of its own in an environment: definitions and rows that belong to a solution.

Sources: learn.microsoft.com, pages webapi/create-update-entity-definitions-using-web-api (the headers
MSCRM.SolutionUniqueName and, for what was made a moment ago, Consistency: Strong).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients.answer import Answer, Json
from clients.dynamics_reader import API, HEADERS, ODATA, Reader
from clients.urls import absolute, query
from sync.errors import Missing
from sync.model import Lane

STRONG = {**HEADERS, "Consistency": "Strong"}
MOST_S = 240.0
"""Definitions and publishing take their time; the service itself gives up after some minutes."""


class Definer(Reader):
    """Reads past the service's caches, and writes on behalf of a solution. Every method takes the lane."""

    def strong(self, path: str, params: Mapping[str, object] | None = None, *, lane: Lane) -> Json:
        """The parsed body of a read that knows what was made a moment ago."""
        asked = query(params or {})
        url = path if path.startswith("http") else f"{API}/{path}{f'?{asked}' if asked else ''}"
        return self.door.send("GET", absolute(self.door.base_url, url), lane=lane, headers=STRONG, read_s=MOST_S).data

    def all_rows(self, path: str, params: Mapping[str, object], *, lane: Lane) -> list[dict[str, Any]]:
        """The rows of every page of a set or a function, read past the caches."""
        rows: list[dict[str, Any]] = []
        data = self.strong(path, params, lane=lane)
        while True:
            rows += data["value"]
            link = data.get("@odata.nextLink")
            if not link:
                return rows
            data = self.strong(link, lane=lane)

    def define(
        self, method: str, path: str, body: Json = None, *, solution: str = "", merging: bool = False, lane: Lane
    ) -> Answer:
        """Makes or changes something, as a part of the solution if one is named. merging: labels of other languages
        stay. Raises UnknownOutcome where nobody can tell whether it was made, Customizing while another customization
        runs, BadRecord, MissingPermission."""
        headers = dict(ODATA)
        headers |= {"MSCRM.SolutionUniqueName": solution} if solution else {}
        headers |= {"MSCRM.MergeLabels": "true"} if merging else {}
        return self.door.send(
            method, f"{API}/{path}", json=body, headers=headers, lane=lane, write=True, parse=False, read_s=MOST_S
        )

    def drop(self, path: str, *, lane: Lane) -> None:
        """Deletes a definition or a row; one that is gone already is as good. Raises as `define`."""
        try:
            self.define("DELETE", path, lane=lane)
        except Missing:
            return
