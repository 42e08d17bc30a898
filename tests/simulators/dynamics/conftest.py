"""A fresh environment per test: Ada is a contact of an account, Ben a lead."""

from __future__ import annotations

import pytest
from flask import Flask
from support.dynamics_hand import ACCOUNT, ADA, BEN, Hand

from simulators.dynamics.state import Dynamics


@pytest.fixture
def state(dynamics_of_process: tuple[Dynamics, Flask]) -> Dynamics:
    made, _ = dynamics_of_process
    made.reset()
    made.load("account", [{"accountid": ACCOUNT, "name": "Difference Ltd"}])
    ada = {"contactid": ADA, "firstname": "Ada", "lastname": "Byron", "emailaddress1": "ada@difference.example"}
    made.load("contact", [{**ada, "_parentcustomerid_value": ACCOUNT, "creditlimit": 1000}])
    ben = {"leadid": BEN, "firstname": "Ben", "lastname": "Okoro", "emailaddress1": "ben@okoro.example"}
    made.load("lead", [{**ben, "subject": "Web enquiry", "companyname": "Okoro Ltd", "leadsourcecode": 8}])
    return made


@pytest.fixture
def hand(state: Dynamics, dynamics_of_process: tuple[Dynamics, Flask]) -> Hand:
    made = Hand(state, dynamics_of_process[1].test_client())
    made.token = made.ask_token().get_json()["access_token"]
    return made


@pytest.fixture
def admin(hand: Hand) -> Hand:
    return hand.as_admin()
