"""The oracle of the rounds sees what it is there to see."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace

import pytest
from machine.journal import ACTIVECAMPAIGN, DYNAMICS
from rounds import order
from rounds.history import Entry, History, Place
from rounds.verdict import CONSENT, SUBSCRIBED, UNSUBSCRIBED, Verdict

HERE, THERE = (DYNAMICS, "contact", "a"), (ACTIVECAMPAIGN, "contact", 1)
CITY = "CITY"


@pytest.fixture
def history() -> History:
    made = History.__new__(History)
    made.of, made._lists = defaultdict(list), {}
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


@pytest.mark.parametrize(("before", "number"), [(UNSUBSCRIBED, 1), (SUBSCRIBED, 0)])
def test_who_left_a_list_is_never_put_back(history: History, before: int, number: int) -> None:
    verdict = Verdict(SimpleNamespace(), history)
    history._lists[1, 2] = before
    history.listed(1, 2, SUBSCRIBED)
    assert len(verdict.complaints[CONSENT]) == number
