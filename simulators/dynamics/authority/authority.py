"""The authority's memory and rules: registered applications, people who signed in, codes and tokens.

Error names and numbers: Microsoft Learn, "Microsoft Entra authentication and authorization error codes".
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulators.dynamics.authority.assertions import is_valid
from simulators.dynamics.authority.tokens import Signer, encode
from simulators.dynamics.clock import Clock
from simulators.dynamics.schema.catalog import stable_id

BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CODE_LIFETIME_S = 600


class OAuthError(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, status: int, error: str, number: int, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.number, self.description = status, error, number, description


@dataclass
class Application:
    """A registered application."""

    client_id: str
    secret: str | None = None
    certificate: str | None = None
    redirects: tuple[str, ...] = ()
    """Where people may be sent back to. Of http within this machine the port doesn't count."""

    def leads_to(self, address: str) -> bool:
        """Whether this is a registered address. Source: Microsoft Learn, "Redirect URI restrictions"."""
        return any(address == known or without_port(address) == without_port(known) for known in self.redirects)


@dataclass
class Person:
    """Somebody who can sign in: object id in the directory, user name, display name."""

    oid: str
    upn: str
    name: str


@dataclass
class Grant:
    """A code waiting to be redeemed."""

    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    scope: str
    person: Person
    expires: float


class Authority:
    """One tenant. Thread-safe."""

    def __init__(self, tenant: str, clock: Clock, switches: dict[str, Any]) -> None:
        self.tenant = tenant
        self._clock = clock
        self._switches = switches
        self._signer = Signer()
        self._applications: dict[str, Application] = {}
        self._grants: dict[str, Grant] = {}
        self._revoked_before = 0.0
        self.signed_in = ""
        """Who is signed in to the directory in every browser: a user name, so that no page asks who it is."""
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Forgets applications, sign-ins and revocations. Tokens that were handed out stay good."""
        with self._lock:
            self._applications, self._grants, self._revoked_before, self.signed_in = {}, {}, 0.0, ""

    def register(self, application: Application) -> None:
        self._applications[application.client_id.lower()] = application

    def revoke(self) -> None:
        """Makes every token handed out so far worthless, as after a change of keys."""
        self._revoked_before = self._clock.seconds()

    def claims(self, token: str, host: str) -> dict[str, Any] | None:
        """The claims of an access token for this host that is still good, None otherwise."""
        claims = self._signer.read(token)
        if claims is None or claims.get("use") != "access":
            return None
        fresh = claims["exp"] > self._clock.seconds() and claims["made"] >= self._revoked_before
        return claims if fresh and same_host(claims["aud"], host) else None

    def token(self, form: dict[str, str], endpoint: str) -> dict[str, Any]:
        """Answers the token endpoint. Raises OAuthError."""
        application = self._application(form)
        self._authenticate(application, form, endpoint)
        kind = form.get("grant_type", "")
        if kind == "client_credentials":
            return self._for_application(application, form.get("scope", ""))
        if kind == "authorization_code":
            return self._for_code(application, form, endpoint)
        if kind == "refresh_token":
            return self._for_refresh(application, form, endpoint)
        raise OAuthError(400, "unsupported_grant_type", 70003, f"The app requested an unsupported grant type '{kind}'.")

    def authorize(self, query: dict[str, str], person: Person) -> str:
        """A code for the person, after `admit` let the request in."""
        code = secrets.token_urlsafe(32)
        client_id, redirect_uri, challenge = (query.get(n, "") for n in ("client_id", "redirect_uri", "code_challenge"))
        expires = self._clock.seconds() + CODE_LIFETIME_S
        grant = Grant(
            client_id, redirect_uri, challenge, query.get("nonce", ""), query.get("scope", ""), person, expires
        )
        with self._lock:
            self._grants[code] = grant
        return code

    def admit(self, tenant: str, query: dict[str, str]) -> None:
        """Judges a request to sign somebody in. Raises OAuthError: nobody is sent to an address nobody registered."""
        if tenant.lower() != self.tenant.lower():
            raise OAuthError(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        application, address = self._application(query), query.get("redirect_uri", "")
        if not application.leads_to(address):
            raise OAuthError(400, "invalid_request", 50011, f"The redirect URI '{address}' specified in the request "
                             f"does not match the redirect URIs configured for the application '{application.client_id}"
                             "'.")  # fmt: skip
        if query.get("response_type") != "code" or query.get("code_challenge_method", "S256") != "S256":
            raise OAuthError(400, "unsupported_response_type", 700054, "Only response_type 'code' is supported.")
        if not query.get("scope"):
            raise OAuthError(400, "invalid_request", 900144, "The request body must contain the following parameter: "
                             "'scope'.")  # fmt: skip

    def _application(self, form: dict[str, str]) -> Application:
        client_id = form.get("client_id", "")
        found = self._applications.get(client_id.lower())
        if found is None:
            where = f"Application with identifier '{client_id}' was not found in the directory '{self.tenant}'."
            raise OAuthError(400, "unauthorized_client", 700016, where)
        return found

    def _authenticate(self, application: Application, form: dict[str, str], endpoint: str) -> None:
        if form.get("client_assertion_type") == BEARER:
            given = form.get("client_assertion", "")
            if application.certificate and is_valid(
                given, application.certificate, application.client_id, endpoint, self._clock.seconds()
            ):
                return
            raise OAuthError(401, "invalid_client", 700027, "The certificate with identifier used to sign the client "
                             "assertion is not registered on application.")  # fmt: skip
        if not form.get("client_secret"):
            raise OAuthError(401, "invalid_client", 7000218, "The request body must contain the following parameter: "
                             "'client_assertion' or 'client_secret'.")  # fmt: skip
        if application.secret is None or not secrets.compare_digest(form["client_secret"], application.secret):
            raise OAuthError(401, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being "
                             "sent in the request is the client secret value, not the client secret ID, for a secret "
                             f"added to app '{application.client_id}'.")  # fmt: skip

    def _for_application(self, application: Application, scope: str) -> dict[str, Any]:
        audience = scope.removesuffix("/.default").rstrip("/")
        if " " in scope or not scope.endswith("/.default") or "://" not in scope:
            raise OAuthError(400, "invalid_scope", 1002012, f"The provided value for scope {scope} is not valid. "
                             "Client credential flows must have a scope value with /.default suffixed to the resource "
                             "identifier (application ID URI).")  # fmt: skip
        claims = {"appid": application.client_id, "idtyp": "app", "oid": stable_id("principal", application.client_id)}
        return self._access(claims, audience)

    def _for_code(self, application: Application, form: dict[str, str], endpoint: str) -> dict[str, Any]:
        with self._lock:
            grant = self._grants.pop(form.get("code", ""), None)
        verifier = encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if grant is None or grant.expires < self._clock.seconds() or grant.client_id != application.client_id:
            raise OAuthError(
                400, "invalid_grant", 70008, "The provided authorization code or refresh token has expired."
            )
        if grant.redirect_uri != form.get("redirect_uri", ""):
            raise OAuthError(
                400, "invalid_grant", 500112, "The reply address does not match the one that was requested."
            )
        if grant.challenge and grant.challenge != verifier:
            raise OAuthError(400, "invalid_grant", 501481, "The Code_Verifier does not match the code_challenge "
                             "supplied in the authorization request.")  # fmt: skip
        told = form.get("client_info") == "1"
        return self._for_person(application, grant.person, grant.scope, endpoint, grant.nonce, told)

    def _for_refresh(self, application: Application, form: dict[str, str], endpoint: str) -> dict[str, Any]:
        claims = self._signer.read(form.get("refresh_token", "")) or {}
        if claims.get("use") != "refresh" or claims["appid"] != application.client_id:
            raise OAuthError(400, "invalid_grant", 9002313, "Invalid request. The refresh token is malformed.")
        person = Person(claims["oid"], claims["upn"], claims["name"])
        scope = f"{form.get('scope', '')} offline_access"
        return self._for_person(application, person, scope, endpoint, "", form.get("client_info") == "1")

    def _for_person(
        self, application: Application, person: Person, scope: str, endpoint: str, nonce: str, told: bool
    ) -> dict[str, Any]:
        """What a person's application gets: an id token for `openid`, a refresh token for `offline_access`."""
        resources = [part for part in scope.split() if "://" in part]
        audience = resources[0].rpartition("/")[0].rstrip("/") if resources else "00000003-0000-0000-c000-000000000000"
        shared = {"appid": application.client_id, "oid": person.oid, "upn": person.upn, "name": person.name}
        answer = {**self._access({**shared, "idtyp": "user"}, audience), "scope": scope}
        if told:
            answer["client_info"] = encode(f'{{"uid":"{person.oid}","utid":"{self.tenant}"}}'.encode())
        if "offline_access" in scope.split():
            answer["refresh_token"] = self._signer.sign({**shared, "use": "refresh"})
        if "openid" in scope.split():
            answer["id_token"] = self._identity(application, person, endpoint, nonce)
        return answer

    def _identity(self, application: Application, person: Person, endpoint: str, nonce: str) -> str:
        now = int(self._clock.seconds())
        claims = {
            "aud": application.client_id, "iss": endpoint.removesuffix("/oauth2/v2.0/token") + "/v2.0", "iat": now,
            "nbf": now, "exp": now + 3600, "name": person.name, "oid": person.oid, "preferred_username": person.upn,
            "sub": stable_id("subject", application.client_id, person.oid), "tid": self.tenant, "ver": "2.0",
        }  # fmt: skip
        return self._signer.sign({**claims, "nonce": nonce} if nonce else claims)

    def _access(self, claims: dict[str, Any], audience: str) -> dict[str, Any]:
        made, life = self._clock.seconds(), self._switches["token_lifetime_s"]
        full = {**claims, "use": "access", "aud": audience, "tid": self.tenant, "iat": int(made), "made": made}
        token = self._signer.sign({**full, "exp": made + life})
        return {"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token}


def without_port(address: str) -> str:
    """An address of http within this machine without its port; any other as it is."""
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname not in ("localhost", "127.0.0.1"):
        return address
    return parts._replace(netloc=parts.hostname).geturl()


def same_host(audience: str, host: str) -> bool:
    """Whether a token's audience names this host; `<org>.api.<region>` is the same environment as `<org>.<region>`."""
    named = audience.partition("://")[2].partition("/")[0]
    return named.replace(".api.", ".").lower() == host.replace(".api.", ".").lower()
