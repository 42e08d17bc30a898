"""Clients made from a connection as it is kept: addresses in the open, credentials decrypted by the caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from clients import table_activecampaign, table_dynamics
from clients.auth import ApiKey, Bearer
from clients.budget import Budget
from clients.dynamics import Dynamics
from clients.events import EVENT_TABLE, HOST, NoKey, Tracking
from clients.guard import NONE, Private
from clients.http import Door
from clients.loopback import HOSTS, is_loopback
from clients.registration import Credential, Registration, certificate
from clients.tokens import Tokens
from sync.errors import BadCredentials

SUFFIXES = ("/admin", "/api/3")
ANSWER_WITHIN_S = 20.0
"""Shorter than the lease of the rows that a call carries, so that nobody else takes them up while it is under way."""


def dynamics(
    connection: Mapping[str, Any], secrets: Mapping[str, str], budget: Budget, private: Private = NONE
) -> Dynamics:
    """The client of one environment. secrets: `dynamics_client_secret` or `dynamics_client_certificate` (PEM)."""
    url = _https(connection["dynamics_url"], "DYNAMICS_URL")
    tokens = Tokens(
        tenant=connection["dynamics_tenant_id"],
        client_id=connection["dynamics_client_id"],
        credential=_credential(secrets),
        resource=url,
        authority=connection["dynamics_authority"],
        private=private,
    )
    table = table_dynamics.TABLE
    return Dynamics(Door("dynamics", url, auth=Bearer(tokens), budget=budget, table=table, private=private))


def registration(connection: Mapping[str, Any], secrets: Mapping[str, str], private: Private = NONE) -> Registration:
    """What ac365 is to Microsoft Entra ID by this connection. secrets: as for `dynamics`."""
    tenant, client_id = connection["dynamics_tenant_id"], connection["dynamics_client_id"]
    return Registration(tenant, client_id, _credential(secrets), connection["dynamics_authority"], private)


def activecampaign(
    connection: Mapping[str, Any], secrets: Mapping[str, str], budget: Budget, private: Private = NONE
) -> Tracking:
    """The client of one account. The address may be pasted with or without the path of its API.

    secrets: `activecampaign_api_key`, and for events `activecampaign_event_account` and `activecampaign_event_key`.
    """
    url = _https(connection["activecampaign_url"], "ACTIVECAMPAIGN_URL")
    for suffix in SUFFIXES:
        url = url.removesuffix(suffix)
    key = ApiKey(secrets.get("activecampaign_api_key", ""))
    more: dict[str, Any] = {"budget": budget, "read_s": ANSWER_WITHIN_S, "private": private}
    door = Door("activecampaign", url, auth=key, table=table_activecampaign.TABLE, **more)
    account, event_key = (secrets.get(f"activecampaign_event_{name}", "") for name in ("account", "key"))
    if not (account and event_key):
        return Tracking(door)
    return Tracking(door, _events(url, more), account, event_key)


def _credential(secrets: Mapping[str, str]) -> Credential:
    pem = secrets.get("dynamics_client_certificate")
    return certificate(pem) if pem else secrets.get("dynamics_client_secret", "")


def _events(url: str, more: Mapping[str, Any]) -> Door:
    """Events go to one host for all accounts; an account that is simulated on this machine takes its own."""
    host = url if urlsplit(url).hostname in HOSTS else HOST
    return Door("activecampaign", host, auth=NoKey(), table=EVENT_TABLE, **more)


def _https(url: str, setting: str) -> str:
    """Both services are served over https only; a token must not travel in the open, except within this machine."""
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and not is_loopback(url)):
        raise BadCredentials(
            f"{setting} is not an https address", code="connection.bad_url", advice=f"Correct {setting}: https://…"
        )
    return url.rstrip("/")
