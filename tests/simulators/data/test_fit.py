"""The rows fit the simulated Dynamics that they are made for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from simulators.data import columns
from simulators.data.generate import records
from simulators.dynamics.state import Dynamics

TABLES = ("account", "contact", "lead", "opportunity")
COUNTS = {"accounts": 60, "contacts": 60, "leads": 60, "opportunities": 60}


@pytest.fixture(scope="module")
def dynamics() -> Iterator[Dynamics]:
    state = Dynamics()
    yield state
    state.close()


def test_every_generated_record_is_taken(dynamics):
    loaded = {}
    for table, found in itertools.groupby(records(7, **COUNTS), key=lambda record: record[0]):
        loaded[table] = dynamics.load(table, (row for _, row in found))
    assert loaded == dict.fromkeys(TABLES, 60)


@pytest.mark.parametrize("table", TABLES)
def test_lengths_are_those_of_the_metadata(dynamics, table):
    described = dynamics.catalog.tables[table].columns
    assert {name: described[name].length for name in columns.LENGTHS[table]} == columns.LENGTHS[table]


@pytest.mark.parametrize("table", TABLES)
def test_options_are_those_of_the_metadata(dynamics, table):
    described = dynamics.catalog.tables[table].columns
    options = {name: tuple(option.value for option in described[name].options) for name in columns.CHOICES[table]}
    assert options == columns.CHOICES[table]


@pytest.mark.parametrize("table", TABLES)
def test_states_are_those_of_the_metadata(dynamics, table):
    reasons = dynamics.catalog.tables[table].columns["statuscode"].options
    assert {(option.state, option.value) for option in reasons} == set(columns.STATES[table])
