"""From a bearer token or the cookie of a browser, and impersonation headers, to the caller.

Headers: Microsoft Learn, "Impersonate another user using the Web API".
"""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import Headers

from simulators.dynamics.access import Caller, Party, require_named
from simulators.dynamics.errors import ApiError
from simulators.dynamics.sessions import refuse_foreign
from simulators.dynamics.state import Dynamics


def caller_of(state: Dynamics, headers: Headers, host: str) -> Caller:
    """Who calls. Raises ApiError: 401 without a good token or session, 403 for somebody the environment does not know
    and for a session that a foreign page uses."""
    if "Authorization" not in headers and state.sessions.user(headers):
        refuse_foreign(headers, host)
        party = state.access.party(signed_in(state, headers, host))
    else:
        party = state.access.party(_user(state, _claims(state, headers, host)))
    person = _impersonated(state, headers)
    if person is None:
        return Caller((party,), account=party.user)
    require_named(Caller((party,)), "prvActOnBehalfOfAnotherUser")
    return Caller((person, party), account=party.user)


def signed_in(state: Dynamics, headers: Headers, host: str) -> str:
    """The systemuser whose session a browser has. Raises ApiError: 401 without one, 403 when disabled since."""
    user = state.sessions.user(headers)
    if user is None or state.faults.pick("GET", "/", "unauthorized"):
        raise unauthorized(state, host)
    return _enabled(state.access.named("systemuserid", user))


def _claims(state: Dynamics, headers: Headers, host: str) -> dict[str, Any]:
    scheme, _, token = (headers.get("Authorization") or "").partition(" ")
    claims = state.authority.claims(token, host) if scheme.lower() == "bearer" else None
    if claims is None or state.faults.pick("GET", "/", "unauthorized"):
        raise unauthorized(state, host)
    return claims


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
