"""Clients that nobody here wrote: msal and Microsoft's Dataverse client, over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msal
import pytest
import requests
from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models.upsert import UpsertItem
from support.dynamics_hand import ADA, Hand

from simulators.common.server import Server
from simulators.common.tls import server_context
from simulators.dynamics.app import make
from simulators.dynamics.schema.catalog import Key
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics


@pytest.fixture
def server(state: Dynamics, certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "ca.pem"))
    with Server(make(state), tls=server_context(certificates)) as running:
        yield running


def sign_on(server: Server, credential: Any, client_id: str = CLIENT_ID) -> dict[str, Any]:
    application = msal.ConfidentialClientApplication(
        client_id, client_credential=credential, authority=f"{server.url}/{TENANT}", instance_discovery=False
    )
    return application.acquire_token_for_client([f"{server.url}/.default"])


class Credential:
    """What the Dataverse client wants: a token made by msal."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        return AccessToken(sign_on(self._server, SECRET)["access_token"], 4_000_000_000)


@pytest.fixture
def client(server: Server, state: Dynamics) -> Iterator[DataverseClient]:
    state.add_application(CLIENT_ID, SECRET, "ac365", ["System Administrator"])
    with DataverseClient(server.url, Credential(server)) as made:
        yield made


def test_msal_signs_on_with_a_secret(server: Server) -> None:
    token = sign_on(server, SECRET)["access_token"]
    answer = requests.get(
        f"{server.url}/api/data/v9.2/WhoAmI", headers={"Authorization": f"Bearer {token}"}, timeout=10
    )
    assert answer.status_code == 200


def test_msal_hears_of_a_wrong_secret(server: Server) -> None:
    assert sign_on(server, "wrong")["error"] == "invalid_client"


def test_msal_signs_on_through_the_oidc_document(server: Server) -> None:
    application = msal.ConfidentialClientApplication(
        CLIENT_ID, client_credential=SECRET, oidc_authority=f"{server.url}/{TENANT}/v2.0"
    )
    assert "access_token" in application.acquire_token_for_client([f"{server.url}/.default"])


def own_certificate() -> tuple[str, str]:
    """A private key and a certificate that it signed, both PEM."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ac365")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), built.public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize("thumbprint", [True, False])
def test_msal_signs_on_with_a_certificate(server: Server, state: Dynamics, thumbprint: bool) -> None:
    private, public = own_certificate()
    state.add_application("44444444-4444-4444-8444-444444444444", None, "by certificate", [], public)
    digest = x509.load_pem_x509_certificate(public.encode()).fingerprint(hashes.SHA1()).hex()
    credential = {"private_key": private, **({"thumbprint": digest} if thumbprint else {"public_certificate": public})}
    assert "access_token" in sign_on(server, credential, "44444444-4444-4444-8444-444444444444")


def test_msal_is_refused_with_a_foreign_certificate(server: Server, state: Dynamics) -> None:
    private, public = own_certificate()
    state.add_application("44444444-4444-4444-8444-444444444444", None, "by certificate", [], own_certificate()[1])
    answer = sign_on(
        server, {"private_key": private, "public_certificate": public}, "44444444-4444-4444-8444-444444444444"
    )
    assert answer["error"] == "invalid_client"


def test_msal_reaches_plain_http_through_a_rewriting_client(hand: Hand, state: Dynamics) -> None:
    class Rewriter:
        def get(self, url: str, **kw: Any) -> requests.Response:
            return requests.get(url.replace("https://login.microsoftonline.com", plain.url), timeout=10, **kw)

        def post(self, url: str, **kw: Any) -> requests.Response:
            return requests.post(url.replace("https://login.microsoftonline.com", plain.url), timeout=10, **kw)

        def close(self) -> None: ...

    with Server(make(state)) as plain:
        application = msal.ConfidentialClientApplication(
            CLIENT_ID,
            client_credential=SECRET,
            authority=f"https://login.microsoftonline.com/{TENANT}",
            http_client=Rewriter(),
        )
        assert "access_token" in application.acquire_token_for_client([f"{plain.url}/.default"])


def test_msal_signs_a_person_in(server: Server) -> None:
    application = msal.ConfidentialClientApplication(
        CLIENT_ID, client_credential=SECRET, authority=f"{server.url}/{TENANT}", instance_discovery=False
    )
    flow = application.initiate_auth_code_flow(
        [], "http://localhost/sign-in/callback", login_hint="noor.seller@contoso.example"
    )
    back = requests.get(flow["auth_uri"], allow_redirects=False, timeout=10).headers["Location"]
    query = dict(part.split("=", 1) for part in back.partition("?")[2].split("&"))
    result = application.acquire_token_by_auth_code_flow(flow, query)
    assert result["id_token_claims"]["preferred_username"] == "noor.seller@contoso.example"


def test_dataverse_client_creates_reads_updates_and_deletes(client: DataverseClient) -> None:
    made = client.records.create(
        "contact", {"firstname": "Cleo", "lastname": "Ptolemy", "preferredcontactmethodcode": "Email"}
    )
    client.records.update("contact", made, {"jobtitle": "Queen"})
    row = client.records.retrieve("contact", made, select=["fullname", "jobtitle", "preferredcontactmethodcode"])
    assert (row["fullname"], row["jobtitle"], row["preferredcontactmethodcode"]) == ("Cleo Ptolemy", "Queen", 2)
    client.records.delete("contact", made)
    assert client.records.retrieve("contact", made) is None


def test_dataverse_client_pages_through_a_query(client: DataverseClient, state: Dynamics) -> None:
    state.load("contact", ({"lastname": f"Number {n}"} for n in range(25)))
    pages = client.records.list_pages(
        "contact",
        select=["lastname"],
        filter="startswith(lastname,'Number')",
        orderby=["lastname", "contactid"],
        page_size=10,
    )
    names = [[row["lastname"] for row in page] for page in pages]
    assert [len(page) for page in names] == [10, 10, 5]
    assert len({name for page in names for name in page}) == 25


def test_dataverse_client_writes_in_bulk(client: DataverseClient) -> None:
    made = client.records.create("contact", [{"lastname": "One"}, {"lastname": "Two"}])
    client.records.update("contact", made, {"department": "Both"})
    rows = [client.records.retrieve("contact", row_id, select=["lastname", "department"]) for row_id in made]
    assert [(row["lastname"], row["department"]) for row in rows] == [("One", "Both"), ("Two", "Both")]


def test_dataverse_client_upserts_by_alternate_key(client: DataverseClient, state: Dynamics) -> None:
    state.catalog.tables["contact"].keys["by_employee"] = Key("by_employee", ("employeeid",), status="Active")
    items = [
        UpsertItem({"employeeid": "4711"}, {"lastname": "Upserted"}),
        UpsertItem({"employeeid": "4712"}, {"lastname": "Too"}),
    ]
    client.records.upsert("contact", items)
    client.records.upsert("contact", [UpsertItem({"employeeid": "4711"}, {"jobtitle": "Twice"})])
    found = list(client.records.list("contact", select=["lastname", "jobtitle"], filter="employeeid eq '4711'"))
    assert [(row["lastname"], row["jobtitle"]) for row in found] == [("Upserted", "Twice")]


def test_dataverse_client_runs_a_batch_with_a_change_set(client: DataverseClient) -> None:
    batch = client.batch.new()
    with batch.changeset() as together:
        account = together.records.create("account", {"name": "Made in a batch"})
        together.records.create("contact", {"lastname": "Child", "parentcustomerid_account@odata.bind": account})
    batch.records.retrieve("contact", ADA, select=["fullname"])
    result = batch.execute()
    assert [one.status_code for one in result.responses] == [204, 204, 200]
    assert result.responses[2].data["fullname"] == "Ada Byron"


def test_dataverse_client_sees_the_services_own_error(client: DataverseClient) -> None:
    with pytest.raises(HttpError) as caught:
        client.records.create("contact", {"lastname": "x" * 51})
    assert caught.value.details["service_error_code"] == "0x80044331"
