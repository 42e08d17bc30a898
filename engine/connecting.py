"""Connecting both services: made, changed and tried out by a person; what is kept secret never comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from clients import probe
from clients.probe import Finding
from engine import addresses, configure, findings
from engine.findings import Kept
from store import audit, connections
from store.db import Database, Tx
from store.errors import WrongKey
from store.vault import Vault
from sync.errors import SyncError
from sync.model import Lane

NOT_SAVED: Final = 0
"""The id under which the budget of a connection is kept that is only tried out."""
TAKEN: Final = "There is a connection of this name already."
ELSEWHERE: Final = (
    "This address leads to organisation {there}, and this connection is bound to {here}. Their records must never "
    "meet: add the other one as a connection of its own."
)


class Refused(ValueError):
    """What was said can't be kept; `faults` has the reason by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {told}" for name, told in faults.items()))
        self.faults = dict(faults)


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

    def clients(self, connection: dict[str, Any]) -> tuple[Any, Any, Any]:
        """Both clients and the budget."""


def secrets_of(vault: Vault, row: Mapping[str, Any]) -> dict[str, str]:
    """The secrets of a connection, none where the key no longer fits: then they have to be given anew."""
    try:
        return vault.decrypt(row["secrets"])
    except WrongKey:
        return {}


def completed(vault: Vault, row: Mapping[str, Any] | None, said: Mapping[str, str]) -> dict[str, str]:
    """All of PLAIN and SECRET: what was said, and for secrets that were left empty what is kept.

    said: by name; `forget_events` ends event tracking. A new client secret takes the place of a kept certificate, and
    the other way round.
    """
    kept = secrets_of(vault, row) if row else {}
    if said.get("forget_events"):
        kept = {name: value for name, value in kept.items() if name not in configure.EVENTS}
    if said.get("dynamics_client_secret") or said.get("dynamics_client_certificate"):
        kept = {name: value for name, value in kept.items() if not name.startswith("dynamics_client_")}
    given = {name: (said.get(name) or "").strip() for name in (*configure.PLAIN, *configure.SECRET)}
    urls = {name: addresses.tidy(given[name]) for name in ("dynamics_url", "activecampaign_url")}
    plain = {**given, **urls, "dynamics_authority": given["dynamics_authority"].rstrip("/")}
    return {**plain, **{name: given[name] or kept.get(name, "") for name in configure.SECRET}}


def create(services: Services, name: str, said: Mapping[str, str], author: str) -> int:
    """Makes a connection in which everything is switched off; answers with its id. Raises Refused, StoreError."""
    wanted = _checked(completed(services.vault, None, said), name)
    with services.db.transaction() as tx:
        if connections.by_name(tx, name):
            raise Refused({"name": TAKEN})
        connection_id = configure.save(tx, services.vault, name, wanted)
        _note(tx, connection_id, author, "connect", name, {}, wanted)
    return connection_id


def change(services: Services, row: Mapping[str, Any], said: Mapping[str, str], author: str) -> None:
    """Changes a connection. Raises Refused, also where the address leads to another organisation than before.

    When Dynamics does not answer, nobody can tell; then the next cycle refuses it.
    """
    wanted = _checked(completed(services.vault, row, said), str(row["name"]))
    if told := elsewhere(services, row, wanted):
        raise Refused({"dynamics_url": told})
    with services.db.transaction() as tx:
        before = {name: row[name] for name in configure.PLAIN} | secrets_of(services.vault, row)
        configure.save(tx, services.vault, str(row["name"]), wanted)
        _note(tx, row["id"], author, "change connection", str(row["name"]), before, wanted)


def elsewhere(services: Services, row: Mapping[str, Any], wanted: Mapping[str, str]) -> str:
    """That another address leads to another organisation, in words; "" where it does not, or nobody can tell."""
    if not row["organization_id"] or wanted["dynamics_url"] == row["dynamics_url"]:
        return ""
    try:
        there = services.clients(_unsaved(services.vault, row, wanted))[0].organization_id(lane=Lane.LIVE)
    except SyncError:
        return ""
    here = str(row["organization_id"])
    return "" if str(there).lower() == here.lower() else ELSEWHERE.format(there=there, here=here)


def try_unsaved(services: Services, row: Mapping[str, Any] | None, said: Mapping[str, str]) -> list[Finding]:
    """What both services say to what was not saved yet. Nothing is kept. Raises Refused for what can't be asked."""
    wanted = _checked(completed(services.vault, row, said), "unsaved")
    found = _asked(services, _unsaved(services.vault, row or {"id": NOT_SAVED}, wanted))
    if row and (told := elsewhere(services, row, wanted)):
        found.append(Finding("dynamics: organisation", False, told))
    return found


def try_out(services: Services, row: dict[str, Any]) -> list[Finding]:
    """What both services say to a connection; kept, and once all is good the connection is bound.

    Another organisation than before is one of the findings.
    """
    found = _asked(services, row)
    if findings.good(found):
        try:
            told = configure.bind(services.db, row["id"], services.clients(row)[0])
            found.append(Finding("dynamics: organisation", True, f"bound to {told}"))
        except SyncError as error:
            found.append(Finding("dynamics: organisation", False, error.message, error.advice))
    with services.db.transaction() as tx:
        findings.keep(tx, row["id"], Kept.TRIAL, found)
    return found


def _asked(services: Services, row: dict[str, Any]) -> list[Finding]:
    dynamics, activecampaign, _ = services.clients(row)
    return [*probe.check_dynamics(dynamics), *probe.check_activecampaign(activecampaign)]


def from_environment(settings: Any, name: str) -> list[str]:
    """The variables of the environment that describe a connection, empty for one that they don't describe.

    What they say is put back whenever a process of ac365 starts.
    """
    names = (*configure.PLAIN, *configure.SECRET) if name == configure.FIRST else ()
    return [one.upper() for one in names if getattr(settings, one)]


def _checked(wanted: dict[str, str], name: str) -> dict[str, str]:
    unnamed = {} if name else {"name": addresses.NEEDED}
    if faults := unnamed | addresses.faults(wanted):
        raise Refused(faults)
    return wanted


def _unsaved(vault: Vault, row: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    plain = {name: wanted[name] for name in configure.PLAIN}
    secrets = {name: wanted[name] for name in configure.SECRET if wanted[name]}
    return {**row, **plain, "secrets": vault.encrypt(secrets)}


def _note(
    tx: Tx,
    connection_id: int,
    author: str,
    action: str,
    name: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> None:
    """What changed, for the audit log; of secrets only that they did."""
    changed = [one for one in (*configure.PLAIN, *configure.SECRET) if after[one] != (before.get(one) or "")]
    told = [
        {one: "(secret)" if one in configure.SECRET and side.get(one) else side.get(one) for one in changed}
        for side in (before, after)
    ]
    if changed:
        audit.write(tx, connection_id, author, action, name, before=told[0] if before else None, after=told[1])
