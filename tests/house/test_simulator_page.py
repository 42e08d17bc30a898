"""The page about the simulators against the simulators: routes, faults, switches."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from support import pages

from simulators.activecampaign import app as activecampaign_app
from simulators.activecampaign.core.switches import DEFAULTS
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.faults import KINDS
from simulators.common.stats import Stats
from simulators.dynamics import app as dynamics_app
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics, first_switches

PAGE = "docs/simulators.md"


@pytest.fixture(scope="module")
def dynamics() -> Iterator[Flask]:
    state = Dynamics()
    yield dynamics_app.make(state)
    state.close()


@pytest.fixture(scope="module")
def activecampaign() -> Flask:
    return activecampaign_app.make(ActiveCampaign())


def controls(app: Flask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/_sim/")}


def test_every_control_route_is_explained(dynamics, activecampaign):
    told = set(pages.named(pages.section(PAGE, "Control routes")))
    assert told == controls(dynamics) | controls(activecampaign)


def test_every_kind_of_fault_is_explained():
    asked = set()
    for path in (pages.ROOT / "simulators").rglob("*.py"):
        asked |= set(re.findall(r'(?:\.fault\(|\.pick\([^()]*, )"([a-z_]+)"\)', path.read_text(encoding="utf-8")))
    assert set(pages.named(pages.section(PAGE, "Faults"))) == {*KINDS, *asked}


def test_every_figure_of_the_statistics_is_explained():
    told = set(pages.named(pages.section(PAGE, "What was written")))
    assert told == set(ActiveCampaign().stats.as_json()) == set(Stats().as_json())


@pytest.mark.parametrize(
    ("title", "switches"),
    [("Switches of Dynamics 365", first_switches()), ("Switches of ActiveCampaign", DEFAULTS)],
)
def test_every_switch_is_explained(title, switches):
    assert sorted(pages.named(pages.section(PAGE, title))) == sorted(switches)


def test_credentials_are_those_that_open_them():
    values = pages.named(pages.section(PAGE, "Start them"), column=1)
    assert {TENANT, CLIENT_ID, SECRET} <= set(values)
    assert any(user["key"] in values for user in ActiveCampaign().users)
