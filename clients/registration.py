"""The registration of ac365 in Microsoft Entra ID, as msal takes it, and what its refusals mean. Facts from repository
AzureAD/microsoft-authentication-library-for-python (1.39) and learn.microsoft.com, page
use-single-tenant-server-server-authentication."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msal
from requests.exceptions import RequestException

from clients import guard
from clients.guard import Private
from clients.loopback import Redirected, is_loopback
from clients.redaction import redact
from sync.errors import BadCredentials, SyncError, Unavailable

PUBLIC_CLOUD = "https://login.microsoftonline.com"
TIMEOUT_S = 20

Credential = str | Mapping[str, str]

RENEW = "Make a new client secret in the app registration, and save its value (not its id) in this connection."
ADVICE = {
    "AADSTS7000215": RENEW,
    "AADSTS7000222": "The client secret has expired. " + RENEW,
    "AADSTS700027": "The certificate is not the one in the app registration. Upload its public part there.",
    "AADSTS700016": "Check the client id, and that the app registration is in this tenant.",
    "AADSTS90002": "Check the tenant id: there is no such tenant.",
    "AADSTS900023": "Check the tenant id: it is neither an id nor a domain name.",
    "AADSTS500011": "Check the URL of Dynamics: this tenant has no such environment.",
    "AADSTS1002012": "Check the URL of Dynamics: it is not an environment's address.",
    "AADSTS70011": "Check the URL of Dynamics: it is not an environment's address.",
}
PASSING = {"AADSTS90033", "AADSTS90024", "AADSTS90019", "AADSTS50196"}


def certificate(pem: str, passphrase: str | None = None) -> Credential:
    """The credential made of a PEM text that holds the private key and the certificate."""
    credential = {"private_key": pem, "public_certificate": pem}
    return {**credential, "passphrase": passphrase} if passphrase else credential


@dataclass(frozen=True, slots=True)
class Registration:
    """One application of one tenant. host: the authority's address, "" for the public cloud; it may name the tenant.

    private: what inside may be asked.
    """

    tenant: str
    client_id: str
    credential: Credential = field(repr=False)
    host: str = PUBLIC_CLOUD
    private: Private = guard.NONE

    @property
    def authority(self) -> str:
        """The address of the tenant at the authority."""
        return _with_tenant(self.host or PUBLIC_CLOUD, self.tenant)

    def application(self) -> Any:
        """An application of msal with an empty cache, which asks the authority once. Raises SyncError."""
        try:
            return msal.ConfidentialClientApplication(
                self.client_id,
                client_credential=self.credential,
                # Only Microsoft's own hosts are known to the discovery service.
                instance_discovery=None if self.authority.startswith(PUBLIC_CLOUD + "/") else False,
                **self._way_there(),
            )
        except RequestException as error:
            raise unreachable(error) from error
        except ValueError as error:
            raise _bad_setting(error) from error

    def reached(self, url: str) -> str:
        """An address of msal's as a browser has to open it."""
        parts = urlsplit(self.authority)
        return url.replace(PUBLIC_CLOUD, f"{parts.scheme}://{parts.netloc}", 1) if is_loopback(self.authority) else url

    def _way_there(self) -> dict[str, Any]:
        """The authority, and how its address is reached."""
        if not is_loopback(self.authority):
            return {"authority": self.authority, "http_client": self._client()}
        parts = urlsplit(self.authority)
        there = Redirected(PUBLIC_CLOUD, f"{parts.scheme}://{parts.netloc}")
        return {"authority": f"{PUBLIC_CLOUD}{parts.path}", "http_client": there}

    def _client(self) -> Any:
        """As msal makes one itself, but for the addresses that it refuses."""
        session = guard.session(self.private, retries=1)
        session.request = partial(session.request, timeout=TIMEOUT_S)  # type: ignore[method-assign]
        return session


def _with_tenant(authority: str, tenant: str) -> str:
    """`authority` may name the host alone, or the tenant already."""
    return authority.rstrip("/") if urlsplit(authority).path.strip("/") else f"{authority.rstrip('/')}/{tenant}"


def refused(result: Mapping[str, Any]) -> SyncError:
    """What the authority's error means: `error` and `error_description`, whose AADSTS number tells most."""
    words = str(result.get("error_description") or result.get("error") or "")
    found = re.search(r"AADSTS\d+", words)
    code = found[0] if found else str(result.get("error") or "refused")
    message = f"signing in to Dynamics: {redact(words, 200)}"
    if code in PASSING or code == "temporarily_unavailable":
        return Unavailable(message, code=f"entra.{code}")
    return BadCredentials(message, code=f"entra.{code}", advice=ADVICE.get(code, ""))


def _bad_setting(error: ValueError) -> SyncError:
    """msal raises ValueError for a tenant it can't find, for an address without https and for an unreadable key."""
    if re.search("authority|given address", str(error), re.IGNORECASE):
        advice = "Check the tenant id, and the authority's address if you set one: it must begin with https."
    else:
        advice = "Check the certificate: it must be PEM and hold the private key and the certificate."
    # Of an unreadable key msal may quote parts, so its words stay out of the message.
    return BadCredentials(
        "signing in to Dynamics is not possible with these settings", code="entra.bad_setting", advice=advice
    )


def unreachable(error: Exception) -> SyncError:
    """The authority gave no answer."""
    return Unavailable(
        f"the sign-in service does not answer ({type(error).__name__})",
        code="entra.unreachable",
        advice="Check the network and REQUESTS_CA_BUNDLE; it is tried again by itself.",
    )
