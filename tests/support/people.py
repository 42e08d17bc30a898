"""People of the simulated Dynamics who come to the console."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulators.dynamics.control_people import add_role, set_member
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import Dynamics

MIRA, NOOR, OMAR = (f"{name}@contoso.example" for name in ("mira.admin", "noor.seller", "omar.leaver"))


def oid(upn: str) -> str:
    """The object id of somebody in the directory."""
    return stable_id("person", upn)


def give(crm: Dynamics, upn: str, role: str) -> None:
    """Makes a security role and gives it to somebody."""
    add_role(crm, role, None)
    set_member(crm, upn, role, True)


def to_microsoft(client: FlaskClient, upn: str, query: str = "") -> str:
    """Begins a sign-in, signs this person in at Microsoft, and answers with where the browser is sent then."""
    begun = client.get(f"/sign-in/entra{query}")
    assert begun.status_code == 302, begun.get_data(as_text=True)
    return at_microsoft(begun.location, upn)


def at_microsoft(url: str, upn: str) -> str:
    """This person signs in there; answers with where the browser is sent then."""
    answer = requests.get(f"{url}&login_hint={upn}", allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def sign_in(client: FlaskClient, upn: str, query: str = "") -> TestResponse:
    """The whole way to Microsoft and back."""
    return client.get(to_microsoft(client, upn, query))
