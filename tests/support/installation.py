"""An installation that was connected and described once, and is as it was then at the beginning of every test.

Describing both sides and compiling the rules takes longer than most tests. What is described is what both simulators
are on their first day; where a test changes that before the pipeline looks for the first time, the description is
dropped, and the pipeline describes them as if nothing had been known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.postgres import Postgres

from engine import configure, metadata
from engine.accounts import ID_FIELD
from engine.context import Context
from simulators.activecampaign.ops import definitions
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.schema.catalog import Catalog
from simulators.dynamics.state import Dynamics
from store import connections
from sync.model import Lane
from worker import services as product
from worker.settings import Settings

NAME = "story"
"""The database that a test finds."""
BARE, FURNISHED = "template_bare", "template_furnished"
"""Before anything was synced, and on the day after: the field for Dynamics' ids is there."""
DEFINED = ("fields", "field_options", "field_rels", "lists", "tags", "account_fields", "users")
TOLD = ('"~grants"', '"~links"', "transactioncurrency", "systemuser", "role", "organization")
Configure = Callable[[product.Services, int], None]
DATES = ("cdate", "udate", "created", "updated")


class Installation(product.Services):
    """`begin` puts the database back; `connection_id` is its only connection."""

    def __init__(
        self, settings: Settings, postgres: Postgres, crm: Dynamics, ac: ActiveCampaign, configure_all: Configure
    ) -> None:
        super().__init__(settings, name="test")
        self._postgres, self._crm, self._ac = postgres, crm, ac
        self._first: dict[str, tuple[Context, metadata.Known, Catalog, Any]] = {}
        self._looked = True
        connection_id = configure.ensure_connection(self)
        assert connection_id is not None
        self.connection_id = connection_id
        configure_all(self, connection_id)
        self._keep(BARE)
        furnish(ac)
        self.context(connection_id).refresh(Lane.LIVE)
        self._keep(FURNISHED)

    def _keep(self, template: str) -> None:
        self.context(self.connection_id)
        context, known = self.context(self.connection_id), self._known[self.connection_id]
        self._first[template] = context, known, self._crm.catalog.copy(), self._definitions()
        self.db.close()
        self._postgres.admin(f"CREATE DATABASE {template} TEMPLATE {NAME} STRATEGY FILE_COPY")

    def begin(self, template: str) -> None:
        """The day that the template was kept."""
        self.db.close()
        make_database(self._postgres, template)
        with self.db.transaction() as tx:
            tx.execute("UPDATE snapshots SET taken_at = now()")
            standing = connections.standing(tx, self.connection_id, metadata.keys())
        assert standing is not None
        self._template, self._looked = template, False
        stamp = tuple(standing[key] for key in product.STAMP)
        context, known, *_ = self._first[template]
        self._contexts = {self.connection_id: (stamp, context)}
        self._known = {self.connection_id: {key: (document, stamp[1]) for key, (document, _) in known.items()}}

    def context(self, connection_id: int) -> Context:
        """As the product does it, but for the first look."""
        if self.outdated():
            self._contexts.clear()
            with self.db.transaction() as tx:
                tx.execute("DELETE FROM snapshots")
        return super().context(connection_id)

    def outdated(self) -> bool:
        """Whether the simulators are not what was described. Once somebody has looked, that is the product's matter."""
        if self._looked:
            return False
        self._looked = True
        *_, catalog, definitions = self._first[self._template]
        hurt = self._crm.faults.listed() or self._ac.faults.listed()
        return bool(hurt) or self._crm.catalog != catalog or self._definitions() != definitions

    def _definitions(self) -> Any:
        """All that a description may depend on, but for the columns of Dynamics."""
        with self._crm.storage.read() as session:
            rows = [sorted(map(repr, session.rows(f"SELECT * FROM {table}"))) for table in TOLD]
        ours = [{number: _undated(row) for number, row in getattr(self._ac, name).rows.items()} for name in DEFINED]
        return rows, ours, dict(self._ac.schemas), dict(self._crm.switches), dict(self._ac.switches)


def _undated(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in DATES}


def make_database(postgres: Postgres, template: str) -> str:
    """The database of all installations of this process, anew; answers with its address."""
    postgres.admin(
        f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"CREATE DATABASE {NAME} TEMPLATE {template} STRATEGY FILE_COPY"
    )
    return postgres.dsn(NAME)


def furnish(ac: ActiveCampaign) -> None:
    """The field that the first sync of accounts makes is there."""
    definitions.add_account_field(ac, {"fieldLabel": ID_FIELD, "fieldType": "text"})
