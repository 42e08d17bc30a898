"""A fresh environment per test: Ada is a contact of an account, Ben a lead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.dynamics_hand import ACCOUNT, ADA, BEN, Hand

from simulators.dynamics.app import make
from simulators.dynamics.state import Dynamics


@pytest.fixture
def state() -> Iterator[Dynamics]:
    made = Dynamics()
    made.load("account", [{"accountid": ACCOUNT, "name": "Difference Ltd"}])
    ada = {"contactid": ADA, "firstname": "Ada", "lastname": "Byron", "emailaddress1": "ada@difference.example"}
    made.load("contact", [{**ada, "_parentcustomerid_value": ACCOUNT, "creditlimit": 1000}])
    ben = {"leadid": BEN, "firstname": "Ben", "lastname": "Okoro", "emailaddress1": "ben@okoro.example"}
    made.load("lead", [{**ben, "subject": "Web enquiry", "companyname": "Okoro Ltd", "leadsourcecode": 8}])
    yield made
    made.close()


@pytest.fixture
def hand(state: Dynamics) -> Hand:
    made = Hand(state, make(state).test_client())
    made.token = made.ask_token().get_json()["access_token"]
    return made


@pytest.fixture
def admin(hand: Hand) -> Hand:
    return hand.as_admin()
