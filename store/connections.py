"""Connections: one Dynamics environment and one ActiveCampaign account that are kept equal."""

from __future__ import annotations

from datetime import datetime

from store.statements import Row, Statements, Tx

SQL = Statements("connections")


def ensure(
    tx: Tx,
    name: str,
    *,
    dynamics_url: str,
    dynamics_client_id: str,
    activecampaign_url: str,
    secrets: bytes,
    dynamics_tenant_id: str = "",
    dynamics_authority: str = "",
) -> int:
    """Makes the connection of this name, or changes it; answers with its id. `secrets` comes from `Vault.encrypt`."""
    return int(
        SQL.value(
            tx,
            "ensure",
            name=name,
            dynamics_url=dynamics_url,
            dynamics_tenant_id=dynamics_tenant_id,
            dynamics_client_id=dynamics_client_id,
            dynamics_authority=dynamics_authority,
            activecampaign_url=activecampaign_url,
            secrets=secrets,
        )
    )


def get(tx: Tx, connection_id: int) -> Row | None:
    """One connection: the columns of the table."""
    return SQL.row(tx, "get", id=connection_id)


def standing(tx: Tx, connection_id: int, keys: list[str]) -> Row | None:
    """One connection as in `get`, with what tells a stale context in one look: `version`, the newest configuration's
    number or None, and `described_at`, when a snapshot under one of these keys was last put, or None."""
    return SQL.row(tx, "standing", id=connection_id, keys=keys)


def by_name(tx: Tx, name: str) -> Row | None:
    """One connection by its name."""
    return SQL.row(tx, "by_name", name=name)


def listed(tx: Tx) -> list[Row]:
    """All connections, oldest first."""
    return SQL.rows(tx, "listed")


def bind_organization(tx: Tx, connection_id: int, organization_id: str) -> bool:
    """Binds the connection to a Dynamics organisation for good. False: it is bound to another one."""
    return SQL.run(tx, "bind_organization", id=connection_id, organization_id=organization_id) == 1


def due(tx: Tx, now: datetime) -> list[Row]:
    """Connections whose time has come, locked until the transaction ends; those another beat holds are left to it."""
    return SQL.rows(tx, "due", now=now)


def set_next_due(tx: Tx, connection_id: int, at: datetime | None) -> None:
    """When the next scheduled cycle starts; None for never."""
    SQL.run(tx, "set_next_due", id=connection_id, at=at)


def lock(tx: Tx, connection_id: int) -> None:
    """Makes other transactions that call this for the connection wait until this one ends."""
    SQL.run(tx, "lock", id=connection_id)


def renew_webhooks(tx: Tx, connection_id: int) -> int:
    """Makes the webhook addresses given out so far worthless; answers with the generation that is valid from now on."""
    return int(SQL.value(tx, "renew_webhooks", id=connection_id))
