"""What a person says about a connection, checked before anybody is asked: addresses, ids, which secrets go together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from clients import connect
from clients.loopback import is_loopback

DYNAMICS: Final = "https://contoso.crm4.dynamics.com"
ACTIVECAMPAIGN: Final = "https://contoso.api-us1.com"
SHARED: Final = ("common", "organizations", "consumers")
_TENANT: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PEM: Final = ("PRIVATE KEY-----", "BEGIN CERTIFICATE-----")
NEEDED: Final = "This is needed."
HTTPS: Final = "The address begins with https://, such as {}."
BARE: Final = "Only the address itself, such as {}, without what stands behind it."
NEITHER: Final = "A client secret or a certificate is needed."
BOTH: Final = "Give a client secret or a certificate, not both."


def faults(wanted: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field, in words. wanted: all of `engine.configure`'s PLAIN and SECRET, empty where not used."""
    return dict(_faults(wanted))


def tidy(url: str) -> str:
    """An address as it is kept: without a slash at its end, and without the path of an API that was pasted along."""
    url = url.strip().rstrip("/")
    for suffix in connect.SUFFIXES:
        url = url.removesuffix(suffix)
    return url


def _faults(wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from _address("dynamics_url", wanted["dynamics_url"], DYNAMICS)
    yield from _address("activecampaign_url", wanted["activecampaign_url"], ACTIVECAMPAIGN)
    if authority := wanted["dynamics_authority"]:
        yield from _address("dynamics_authority", authority, "https://login.microsoftonline.us", path=True)
    yield from _ids(wanted)
    if not wanted["activecampaign_api_key"]:
        yield "activecampaign_api_key", NEEDED
    yield from _secret(wanted["dynamics_client_secret"], wanted["dynamics_client_certificate"])
    if wanted["activecampaign_event_key"] and not wanted["activecampaign_event_account"]:
        yield "activecampaign_event_account", "The key of event tracking wants the account id as well."
    if wanted["activecampaign_event_account"] and not wanted["activecampaign_event_key"]:
        yield "activecampaign_event_key", "The account id of event tracking wants its key as well."


def _ids(wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    tenant, client = wanted["dynamics_tenant_id"], wanted["dynamics_client_id"]
    if not tenant:
        yield "dynamics_tenant_id", NEEDED
    elif tenant.lower() in SHARED or not _TENANT.fullmatch(tenant):
        yield "dynamics_tenant_id", "Take the directory (tenant) id from the app registration's overview."
    try:
        UUID(client)
    except ValueError:
        told = "This is no application (client) id, such as 00000000-1111-2222-3333-444444444444."
        yield "dynamics_client_id", told if client else NEEDED


def _secret(secret: str, certificate: str) -> Iterator[tuple[str, str]]:
    if secret and certificate:
        yield "dynamics_client_secret", BOTH
    elif not (secret or certificate):
        yield "dynamics_client_secret", NEITHER
    elif certificate and not all(part in certificate for part in _PEM):
        yield "dynamics_client_certificate", "Paste the PEM text with both parts: PRIVATE KEY and CERTIFICATE."


def _address(name: str, url: str, example: str, *, path: bool = False) -> Iterator[tuple[str, str]]:
    parts = _parts(url)
    if not url:
        yield name, NEEDED
    elif parts is None or not parts.hostname or (parts.scheme != "https" and not is_loopback(url)):
        yield name, HTTPS.format(example)
    elif parts.query or parts.fragment or "@" in parts.netloc or (parts.path.strip("/") and not path):
        yield name, BARE.format(example)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return None if re.search(r"\s", url) else parts
