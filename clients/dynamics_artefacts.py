"""Everything that ac365 has of its own in an environment, as one group of calls."""

from __future__ import annotations

from clients.dynamics_definitions import Definitions
from clients.dynamics_forms import Forms
from clients.dynamics_hooks import Hooks
from clients.dynamics_roles import Roles
from clients.dynamics_solutions import Solutions
from sync.model import Lane


class Artefacts(Solutions, Definitions, Roles, Forms, Hooks):
    """Read and made by whoever installs; run time needs none of it."""

    def base_language(self, *, lane: Lane) -> int:
        """The language code of the environment: every label has to have a text in it."""
        rows = self.strong("organizations", {"$select": "languagecode"}, lane=lane)["value"]
        return int((rows[0].get("languagecode") if rows else None) or 1033)
