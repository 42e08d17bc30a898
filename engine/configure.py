"""Connections and their configuration: made from the environment, bound to one organisation, saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from clients.dynamics import Dynamics
from config import document as documents
from engine import configured, timing
from store import configurations, connections
from store.db import Database, Tx
from store.vault import Vault
from sync.errors import Stop
from sync.model import Lane

FIRST: Final = "default"
"""The name of the connection that the environment describes."""
PLAIN: Final = (
    "dynamics_url",
    "dynamics_tenant_id",
    "dynamics_client_id",
    "dynamics_authority",
    "activecampaign_url",
)
EVENTS: Final = ("activecampaign_event_account", "activecampaign_event_key")
"""What ActiveCampaign's event tracking is told; without it no events are sent."""
SECRET: Final = ("dynamics_client_secret", "dynamics_client_certificate", "activecampaign_api_key", *EVENTS)
OPTIONAL: Final = ("dynamics_authority", "dynamics_client_secret", "dynamics_client_certificate", *EVENTS)


class Incomplete(LookupError):
    """A connection lacks something; the message names all of it at once."""


class Services(Protocol):
    """The part of a process's services that is needed here."""

    @property
    def settings(self) -> Any:
        """What the environment says, with the names of `PLAIN` and `SECRET` as attributes."""

    @property
    def db(self) -> Database:
        """The database."""

    @property
    def vault(self) -> Vault:
        """Encrypts and decrypts credentials."""


def ensure_connection(services: Services) -> int | None:
    """Makes or corrects the connection that the environment describes; None when the environment names none.

    Nothing is written while it is as described already. A new connection starts with everything switched off. Raises
    Incomplete when the environment names some settings but not all.
    """
    wanted = {name: str(getattr(services.settings, name)) for name in (*PLAIN, *SECRET)}
    if not any(wanted.values()):
        return None
    complete(wanted, {name: name.upper() for name in wanted})
    with services.db.transaction() as tx:
        return save(tx, services.vault, FIRST, wanted)


def complete(wanted: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Checks that a connection has all it needs. names: what a person calls each setting. Raises Incomplete."""
    missing = [names[name] for name in wanted if name not in OPTIONAL and not wanted[name]]
    if not (wanted["dynamics_client_secret"] or wanted["dynamics_client_certificate"]):
        missing.append(f"{names['dynamics_client_secret']} (or {names['dynamics_client_certificate']})")
    if missing:
        raise Incomplete(f"the connection is described in part only; set {', '.join(missing)} as well")


def save(tx: Tx, vault: Vault, name: str, wanted: Mapping[str, str], organization_id: str | None = None) -> int:
    """Saves a connection if anything about it differs; answers with its id.

    wanted: all of PLAIN and SECRET, empty where not used; organization_id: bind the connection to this organisation.
    """
    plain = {key: wanted[key] for key in PLAIN}
    secrets = {key: wanted[key] for key in SECRET if wanted[key]}
    present = connections.by_name(tx, name)
    if present is None or not _same(vault, present, plain, secrets):
        connection_id = connections.ensure(tx, name, **plain, secrets=vault.encrypt(secrets))
    else:
        connection_id = int(present["id"])
    if configured.current(tx, connection_id) is None:
        configurations.save(tx, connection_id, documents.defaults(), "ac365")
    if organization_id:
        connections.bind_organization(tx, connection_id, organization_id)
    return int(connection_id)


def _same(vault: Vault, present: Mapping[str, Any], plain: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
    return all(present[key] == value for key, value in plain.items()) and vault.decrypt(present["secrets"]) == secrets


def bind(db: Database, connection_id: int, dynamics: Dynamics, lane: Lane = Lane.LIVE) -> str:
    """Makes sure that this address still leads to the organisation the connection was made for; answers with its id.

    The first call binds the connection. A copy of an organisation (a sandbox made from production) has the same rows
    but another id, and its records must never meet production's links. Raises Stop for another organisation.
    """
    organization_id = str(dynamics.who_am_i(lane=lane)["OrganizationId"])
    with db.transaction() as tx:
        bound = connections.bind_organization(tx, connection_id, organization_id)
    if not bound:
        raise Stop(
            f"this Dynamics address leads to organisation {organization_id}, another one than before",
            code="dynamics.other_organization",
            advice="Correct DYNAMICS_URL. If this is a copy on purpose, add it as a connection of its own.",
        )
    return organization_id


def switch(tx: Tx, connection_id: int, on: bool, author: str, now: datetime) -> bool:
    """Turns the global switch; answers whether that changed anything. Raises LookupError without a configuration."""
    version, document = current(tx, connection_id)
    if document["sync"]["enabled"] is on:
        return False
    changed = {**document, "sync": {**document["sync"], "enabled": on}}
    replace(tx, connection_id, version, changed, author, now)
    return True


def replace(tx: Tx, connection_id: int, version: int, document: Mapping[str, Any], author: str, now: datetime) -> int:
    """Makes a document the configuration after `version`; answers with its version. Raises store.errors.Stale.

    Switched on, the connection is due at once; with other times, at their next slot. Quiet hours put both off.
    """
    before = current(tx, connection_id)[1]
    saved = configurations.save(tx, connection_id, dict(document), author, expected_version=version)
    if document["sync"]["enabled"] and not before["sync"]["enabled"]:
        connections.set_next_due(tx, connection_id, timing.allowed(document, now))
    elif timing.differ(before, document):
        connections.set_next_due(tx, connection_id, timing.next_due(document, None, now))
    return int(saved)


def current(tx: Tx, connection_id: int) -> tuple[int, dict[str, Any]]:
    """The version and document of the configuration. Raises LookupError when there is none yet."""
    found = configured.current(tx, connection_id)
    if found is None:
        raise LookupError("there is no configuration yet: import one with `ac365 config import FILE`")
    return found
