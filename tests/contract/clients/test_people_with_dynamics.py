"""Finding people by address in the simulated Dynamics, and what the application user may write."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN_AT

from clients.dynamics import Dynamics
from clients.probe import check_dynamics
from simulators.dynamics.seed import INTEGRATION
from sync.model import TWO_WAY, Entity, Lane

AWKWARD = ["a+b@example.com", "a_b@example.com", "a%b@example.com", "o'brien@example.com", "o'_%x@example.com",
           "A&B#C=d@example.com", "ä/ö?@example.com", "a[b]c@example.com", 'q"q\\@example.com']  # fmt: skip
TWISTED = ["axb@example.com", "a b@example.com", "obrien@example.com"]


@pytest.fixture
def dynamics(live_dynamics: Dynamics) -> Dynamics:
    return live_dynamics


def _load(environment, table: str, addresses: list[str]) -> None:
    rows = [{f"{table}id": f"{n:08}-0000-4000-8000-000000000000", "lastname": "Y", "emailaddress1": address}
            for n, address in enumerate(addresses)]  # fmt: skip
    environment.load(table, rows)


def _found(dynamics: Dynamics, entity: Entity, addresses: list[str]) -> list[str]:
    rows = dynamics.people_at(entity, addresses, ("lastname",), lane=Lane.SYNC)
    return sorted(row["emailaddress1"] for row in rows)


@pytest.mark.parametrize("wildcards", [True, False])
@pytest.mark.parametrize("address", AWKWARD)
def test_an_awkward_address_finds_its_owner_alone(dynamics: Dynamics, environment, address, wildcards) -> None:
    environment.switches["eq_wildcards"] = wildcards
    _load(environment, "contact", AWKWARD + TWISTED)
    assert _found(dynamics, Entity.CONTACT, [address]) == [address]


def test_all_awkward_addresses_are_found_in_one_request(dynamics: Dynamics, environment) -> None:
    _load(environment, "lead", AWKWARD + TWISTED)
    assert _found(dynamics, Entity.LEAD, AWKWARD) == sorted(AWKWARD)


def test_case_and_blanks_around_make_no_difference(dynamics: Dynamics) -> None:
    assert _found(dynamics, Entity.CONTACT, [f" {ADA_AT.upper()}\t", ADA_AT, ""]) == [ADA_AT]


def test_everybody_with_an_address_is_found_active_or_not(dynamics: Dynamics, environment) -> None:
    environment.load("contact", [{"contactid": BEN_AT.encode().hex()[:8] + ADA[8:], "emailaddress1": ADA_AT.upper(),
                                  "statecode": 1, "statuscode": 2}])  # fmt: skip
    assert len(_found(dynamics, Entity.CONTACT, [ADA_AT])) == 2


def test_a_hundred_addresses_go_in_one_request(dynamics: Dynamics, environment, ledger) -> None:
    addresses = [f"person{n}@example.com" for n in range(150)]
    _load(environment, "contact", addresses)
    assert len(_found(dynamics, Entity.CONTACT, addresses)) == 150
    assert len(ledger.taken) == 2


def test_an_application_user_with_all_privileges_lacks_none(dynamics: Dynamics) -> None:
    assert {entity: dynamics.write_privileges(entity) for entity in TWO_WAY} == {entity: [] for entity in TWO_WAY}


def test_privileges_that_are_missing_or_too_narrow_are_named(dynamics: Dynamics, control) -> None:
    changed = {"prvWriteLead": "Basic", "prvCreateLead": None, "prvAppendToAccount": None}
    control("privileges", {"role": INTEGRATION, "set": changed})
    assert dynamics.write_privileges(Entity.LEAD) == ["prvCreateLead", "prvWriteLead", "prvAppendToAccount"]
    assert dynamics.write_privileges(Entity.CONTACT) == ["prvAppendToAccount"]


def test_the_check_says_which_role_to_change(dynamics: Dynamics, control) -> None:
    control("privileges", {"role": INTEGRATION, "set": {"prvCreateLead": None}})
    found = {one.what: one for one in check_dynamics(dynamics, [Entity.CONTACT, Entity.LEAD])}
    assert found["dynamics: write contacts"].ok
    assert not found["dynamics: write leads"].ok
    assert "role of the application user the privilege prvCreateLead (create, leads)" in (
        found["dynamics: write leads"].advice
    )
