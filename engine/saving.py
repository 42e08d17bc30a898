"""Saving a changed configuration: checked against both services as far as they can be asked, and the global switch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from config import document as documents
from config.faults import ConfigFaults, Fault
from engine import configure, metadata, validate
from store import configurations
from store.db import Database
from sync.errors import SyncError
from sync.model import Lane


class Services(Protocol):
    """The part of a process's services that is needed here."""

    @property
    def db(self) -> Database:
        """The database."""

    def clients(self, connection: dict[str, Any]) -> tuple[Any, Any, Any]:
        """Both clients and the budget."""

    def now(self) -> datetime:
        """The present moment, in UTC."""


def current(services: Services, connection_id: int) -> tuple[int, dict[str, Any]]:
    """The version and the configuration, with the defaults of what is new. Raises LookupError without one."""
    with services.db.transaction() as tx:
        version, document = configure.current(tx, connection_id)
    return version, documents.load(document)


def replace(
    services: Services, row: dict[str, Any], version: int, document: Mapping[str, Any], author: str
) -> tuple[int, bool]:
    """Makes a document the configuration after `version`; answers with its version and whether that changed anything.

    Raises ConfigFaults with every fault that the document brings, store.errors.Stale when somebody saved meanwhile.
    Faults that stand in `version` as well hold up nothing: they were there before.
    """
    loaded = documents.load(document)
    with services.db.transaction() as tx:
        found = configurations.at(tx, row["id"], version)
    before = documents.load(found) if found else None
    if before == loaded:
        return version, False
    if brought := _brought(services, row, before, loaded):
        raise ConfigFaults(brought)
    with services.db.transaction() as tx:
        return configure.replace(tx, row["id"], version, loaded, author, services.now()), True


def switch(services: Services, row: dict[str, Any], on: bool, author: str) -> bool:
    """Turns the global switch; answers whether that changed anything. Raises ConfigFaults where on would not do."""
    if on and (faults := _faults(services, row, current(services, row["id"])[1])):
        raise ConfigFaults(faults)
    with services.db.transaction() as tx:
        return configure.switch(tx, row["id"], on, author, services.now())


def described(services: Services, row: dict[str, Any]) -> dict[str, Any] | None:
    """What both services are like: read anew where that is old, as they were known where they don't answer.

    None when they were never asked and can't be.
    """
    try:
        if metadata.stale(services.db, row["id"], services.now()):
            dynamics, activecampaign, _ = services.clients(row)
            metadata.refresh(services.db, row["id"], dynamics, activecampaign, Lane.LIVE)
    except SyncError:
        if metadata.missing(services.db, row["id"]):
            return None
    return metadata.load(services.db, row["id"])


def _faults(services: Services, row: dict[str, Any], document: Mapping[str, Any]) -> list[Fault]:
    found = described(services, row)
    return validate.against(found)(document) if found else []


def _brought(
    services: Services, row: dict[str, Any], before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> list[Fault]:
    """The faults of the second document that the first one does not have."""
    found = described(services, row)
    if found is None:
        return []
    check = validate.against(found)
    known = check(before) if before else []
    return [one for one in check(after) if one not in known]
