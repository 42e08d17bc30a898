"""Signing in through msal itself, against an authority on https."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from flask import Flask, Response, jsonify, request

from clients.registration import certificate
from clients.tokens import Tokens
from simulators.common.server import Server
from simulators.common.tls import make_certificates, server_context
from sync.errors import BadCredentials, Unavailable

RESOURCE = "https://contoso.crm4.dynamics.com"


class Authority:
    """Answers as Entra ID; `refusal` is (status, error, description) when it refuses."""

    def __init__(self) -> None:
        self.url = ""
        self.forms: list[dict[str, str]] = []
        self.refusal: tuple[int, str, str] | None = None

    def discover(self, tenant: str) -> Response | tuple[Response, int]:
        if tenant == "nobody":
            return jsonify(error="invalid_tenant", error_description="AADSTS90002: Tenant 'nobody' not found."), 400
        base = f"{self.url}/{tenant}"
        return jsonify(issuer=base, authorization_endpoint=f"{base}/authorize", token_endpoint=f"{base}/token")

    def issue(self, tenant: str) -> Response | tuple[Response, int]:
        self.forms.append(request.form.to_dict())
        if self.refusal:
            status, error, words = self.refusal
            return jsonify(error=error, error_description=words), status
        return jsonify(token_type="Bearer", expires_in=3599, access_token=f"token-{len(self.forms)}")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def authority(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates))
    app, authority = Flask("authority"), Authority()
    app.add_url_rule("/<tenant>/v2.0/.well-known/openid-configuration", "discover", authority.discover)
    app.add_url_rule("/<tenant>/token", "issue", authority.issue, methods=["POST"])
    with Server(app, tls=server_context(certificates.parent)) as server:
        authority.url = server.url
        yield authority


def _tokens(authority: Authority, tenant: str = "contoso.example", credential: Any = "s3cret") -> Tokens:
    return Tokens(tenant=tenant, client_id="ada-app", credential=credential, resource=RESOURCE, authority=authority.url)


def test_asks_for_the_environment_and_keeps_the_token(authority: Authority) -> None:
    tokens = _tokens(authority)
    assert [tokens.token(), tokens.token()] == ["token-1", "token-1"]
    assert authority.forms[0]["scope"] == f"{RESOURCE}/.default"


def test_all_clients_of_a_process_share_a_token(authority: Authority) -> None:
    assert _tokens(authority).token() == _tokens(authority).token()
    assert len(authority.forms) == 1


def test_another_secret_is_another_sign_in(authority: Authority) -> None:
    _tokens(authority).token()
    _tokens(authority, credential="other").token()
    assert [form["client_secret"] for form in authority.forms] == ["s3cret", "other"]


def test_a_forgotten_token_is_replaced_by_a_fresh_one(authority: Authority) -> None:
    tokens = _tokens(authority)
    tokens.token()
    tokens.forget()
    assert tokens.token() == "token-2"


def test_a_certificate_signs_in(authority: Authority) -> None:
    _tokens(authority, credential=certificate(_pem())).token()
    assert authority.forms[0]["client_assertion"].count(".") == 2
    assert "client_secret" not in authority.forms[0]


@pytest.mark.parametrize(
    ("status", "error", "words", "kind", "advice"),
    [
        (401, "invalid_client", "AADSTS7000215: Invalid client secret provided.", BadCredentials, "new client secret"),
        (
            401,
            "invalid_client",
            "AADSTS7000222: The provided client secret keys are expired.",
            BadCredentials,
            "expired",
        ),
        (400, "unauthorized_client", "AADSTS700016: Application was not found.", BadCredentials, "client id"),
        (400, "invalid_resource", "AADSTS500011: The resource principal was not found.", BadCredentials, "URL"),
        (400, "odd", "without a code", BadCredentials, "credentials"),
        (400, "temporarily_unavailable", "AADSTS90033: A transient error has occurred.", Unavailable, ""),
    ],
)
def test_a_refusal_says_what_to_do(authority: Authority, status: int, error: str, words: str, kind, advice) -> None:
    authority.refusal = (status, error, words)
    with pytest.raises(kind) as caught:
        _tokens(authority).token()
    assert advice in caught.value.advice
    assert "s3cret" not in str(caught.value)


def test_a_corrected_secret_works_at_once(authority: Authority) -> None:
    tokens = _tokens(authority)
    authority.refusal = (400, "unauthorized_client", "AADSTS700016: not found")
    with pytest.raises(BadCredentials):
        tokens.token()
    authority.refusal = None
    assert tokens.token() == "token-2"


def test_an_unknown_tenant_is_a_bad_credential(authority: Authority) -> None:
    with pytest.raises(BadCredentials) as caught:
        _tokens(authority, tenant="nobody").token()
    assert "tenant" in caught.value.advice


def test_an_unreadable_certificate_is_named_without_its_content(authority: Authority) -> None:
    with pytest.raises(BadCredentials) as caught:
        _tokens(authority, credential=certificate("-----BEGIN nonsense")).token()
    assert "certificate" in caught.value.advice
    assert "nonsense" not in str(caught.value)


def test_an_authority_that_does_not_answer_is_tried_again() -> None:
    tokens = Tokens(tenant="t", client_id="c", credential="s", resource=RESOURCE, authority="https://127.0.0.1:1")
    with pytest.raises(Unavailable):
        tokens.token()


def test_an_authority_with_an_unknown_certificate_is_unavailable(authority: Authority, monkeypatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with pytest.raises(Unavailable) as caught:
        _tokens(authority, tenant="fresh.example").token()
    assert "REQUESTS_CA_BUNDLE" in caught.value.advice


def test_an_authority_without_https_is_a_bad_setting() -> None:
    tokens = Tokens(tenant="t", client_id="c", credential="s", resource=RESOURCE, authority="http://contoso.example/t")
    with pytest.raises(BadCredentials) as caught:
        tokens.token()
    assert "https" in caught.value.advice


def _pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ada-app")]), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (private + signed.public_bytes(serialization.Encoding.PEM)).decode()


def test_an_authority_within_this_machine_needs_no_tls() -> None:
    app, authority = Flask("authority"), Authority()
    app.add_url_rule("/<tenant>/v2.0/.well-known/openid-configuration", "discover", authority.discover)
    app.add_url_rule("/<tenant>/token", "issue", authority.issue, methods=["POST"])
    with Server(app) as server:
        authority.url = server.url
        tokens = Tokens(tenant="t", client_id="c", credential="s", resource=RESOURCE, authority=f"{server.url}/t")
        assert tokens.token() == "token-1"
