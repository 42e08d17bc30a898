"""Signs a person in at Microsoft Entra ID, by msal's authorization-code flow with PKCE.

Sources: repository AzureAD/microsoft-authentication-library-for-python (1.39), `initiate_auth_code_flow` and
`acquire_token_by_auth_code_flow`; learn.microsoft.com, page id-token-claims-reference. msal checks state and nonce.
The id token comes straight from the token endpoint over TLS, so that its signature needs no look, but whom it is for
and how long it lasts are for the caller to check.
"""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.registration import Registration, refused, unreachable

# An answer by form would be a POST from another site, which carries no cookie that is SameSite=Lax.
warnings.filterwarnings("ignore", message="response_mode=", module="msal")
AGAIN = "This sign-in can't be finished. Begin again."


class NotFinished(Exception):
    """What came back fits no sign-in that has begun, or isn't for us; the text may be shown."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody of the directory. directory_id: the object id there; login: such as mira@contoso.example."""

    directory_id: str
    login: str
    name: str


def begin(registration: Registration, redirect_uri: str) -> dict[str, Any]:
    """The flow, as JSON values, to keep until the browser comes back; `auth_uri` is where to send it.

    Raises SyncError.
    """
    # Without a scope nothing but the sign-in itself is asked for.
    flow = dict(registration.application().initiate_auth_code_flow(scopes=[], redirect_uri=redirect_uri))
    return {**flow, "auth_uri": registration.reached(flow["auth_uri"])}


def finish(registration: Registration, flow: Mapping[str, Any], answer: Mapping[str, str], now: datetime) -> Identity:
    """Who signed in. answer: the query that the browser came back with, which anybody may have made up.

    Raises NotFinished, and SyncError where the authority refuses or does not answer.
    """
    application = registration.application()
    result = _redeemed(application, flow, answer)
    if "error" in result:
        raise _declined(result)
    claims = result.get("id_token_claims") or {}
    if not _is_ours(claims, registration.client_id, application.authority.tenant, now):
        raise NotFinished(AGAIN)
    return _identity(claims)


def _redeemed(application: Any, flow: Mapping[str, Any], answer: Mapping[str, str]) -> dict[str, Any]:
    # msal reads `client_info` without a check, and what it tells stands in the id token as well.
    known = {name: value for name, value in answer.items() if name != "client_info"}
    try:
        return dict(application.acquire_token_by_auth_code_flow(dict(flow), known))
    except (ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
        # A state or a nonce that was never sent, and parameters that are none.
        raise NotFinished(AGAIN) from error
    except Exception as error:
        raise unreachable(error) from error


def _declined(result: Mapping[str, Any]) -> Exception:
    """Somebody went back, or took too long; anything else is for whoever looks after the registration."""
    if result.get("error") in ("access_denied", "invalid_grant", "login_required", "interaction_required"):
        return NotFinished(AGAIN)
    return refused(result)


def _is_ours(claims: Mapping[str, Any], client_id: str, tenant: str, now: datetime) -> bool:
    """Whether the token was made for this registration and tenant, and is still good."""
    names = [(claims.get("aud"), client_id), (claims.get("tid"), tenant)]
    same = all(isinstance(told, str) and told.lower() == wanted.lower() for told, wanted in names)
    ends = claims.get("exp")
    return same and isinstance(ends, int | float) and now.timestamp() < ends


def _identity(claims: Mapping[str, Any]) -> Identity:
    try:
        directory_id = str(uuid.UUID(str(claims["oid"])))
    except (KeyError, ValueError) as error:
        raise NotFinished(AGAIN) from error
    login = str(claims.get("preferred_username") or directory_id).lower()
    return Identity(directory_id, login, str(claims.get("name") or login))
