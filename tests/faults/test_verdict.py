"""The oracle of the rounds sees what it is there to see."""

from __future__ import annotations

from collections import defaultdict

import pytest
from machine.journal import ACTIVECAMPAIGN, DYNAMICS
from rounds import order
from rounds.history import Entry, History, Place

HERE, THERE = (DYNAMICS, "contact", "a"), (ACTIVECAMPAIGN, "contact", 1)
CITY = "CITY"


@pytest.fixture
def history() -> History:
    made = History.__new__(History)
    made.of = defaultdict(list)
    return made


def held(history: History, place: Place, *entries: tuple[float, str, bool]) -> None:
    history.of[place] = [Entry(at, {CITY: value}, ours) for at, value, ours in entries]


def test_an_older_value_over_a_newer_one_is_out_of_order(history: History) -> None:
    held(history, HERE, (0, "Bonn", False), (1, "Ulm", False))
    held(history, THERE, (0.5, "Bonn", True), (2, "Ulm", True), (3, "Bonn", True))
    assert list(order.stale(history, HERE, THERE, CITY)) == [("Bonn", "Ulm")]


def test_a_value_that_came_back_is_newer_than_what_was_between(history: History) -> None:
    held(history, HERE, (0, "Bonn", False), (1, "Ulm", False), (2, "Bonn", False))
    held(history, THERE, (0.5, "Bonn", True), (1.5, "Ulm", True), (3, "Bonn", True))
    assert list(order.stale(history, HERE, THERE, CITY)) == []


def test_a_persons_newer_word_that_has_arrived_is_not_overwritten_by_an_older_one(history: History) -> None:
    held(history, HERE, (0, "Bonn", False), (2, "Ulm", True))
    held(history, THERE, (0.5, "Bonn", True), (1, "Ulm", False), (3, "Bonn", True))
    assert list(order.stale(history, HERE, THERE, CITY)) == [("Bonn", "Ulm")]


def test_what_people_set_back_themselves_is_their_matter(history: History) -> None:
    held(history, HERE, (0, "Bonn", False), (1, "Ulm", False))
    held(history, THERE, (0.5, "Bonn", True), (2, "Ulm", True), (3, "Bonn", False))
    assert list(order.stale(history, HERE, THERE, CITY)) == []
