"""From a bearer token and impersonation headers to the caller.

Headers: Microsoft Learn, "Impersonate another user using the Web API".
"""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import Headers

from simulators.dynamics.access import Caller, Party, require_named
from simulators.dynamics.errors import ApiError
from simulators.dynamics.state import Dynamics


def caller_of(state: Dynamics, headers: Headers, host: str) -> Caller:
    """Who calls. Raises ApiError: 401 without a good token, 403 for somebody the environment does not know."""
    scheme, _, token = (headers.get("Authorization") or "").partition(" ")
    claims = state.authority.claims(token, host) if scheme.lower() == "bearer" else None
    if claims is None or state.faults.pick("GET", "/", "unauthorized"):
        raise unauthorized(state, host)
    party = state.access.party(_user(state, claims))
    person = _impersonated(state, headers)
    if person is None:
        return Caller((party,), account=party.user)
    require_named(Caller((party,)), "prvActOnBehalfOfAnotherUser")
    return Caller((person, party), account=party.user)


def unauthorized(state: Dynamics, host: str) -> ApiError:
    """401 with the challenge that names the authority."""
    where = f"https://login.microsoftonline.com/{state.authority.tenant}/oauth2/authorize"
    challenge = f"Bearer authorization_uri={where}, resource_id=https://{host}/"
    return ApiError(401, "", "", {"WWW-Authenticate": challenge})


def _user(state: Dynamics, claims: dict[str, Any]) -> str:
    if claims["idtyp"] == "app":
        found = state.access.named("applicationid", claims["appid"])
    else:
        found = state.access.named("azureactivedirectoryobjectid", claims["oid"])
    return _enabled(found)


def _enabled(found: tuple[str, bool] | None) -> str:
    if found is None:
        raise ApiError(403, "0x80072560", "The user is not a member of the organization.")
    if found[1]:
        raise ApiError(
            403, "0x80040225", "The specified user is either disabled or is not a member of any business unit."
        )
    return found[0]


def _impersonated(state: Dynamics, headers: Headers) -> Party | None:
    oid, user = headers.get("CallerObjectId"), headers.get("MSCRMCallerID")
    if oid:
        return state.access.party(_enabled(state.access.named("azureactivedirectoryobjectid", oid)))
    if user:
        return state.access.party(_enabled(state.access.named("systemuserid", user)))
    return None
