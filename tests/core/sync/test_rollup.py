"""What a contact shows of its opportunities: it follows from all of them, in whatever order they come."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping import rollups
from sync import rollup_events
from sync.model import Change, Entity, Link
from sync.rollup import LOST, OPEN, TAGS, WON, Opportunity, Rollup, opportunity, rollup
from sync.rollup_plans import Plan, plan, plans, together

WORDS = {0: "Offen", 1: "Gewonnen", 2: "Verloren"}
DEAL = "0ddddddd-0000-4000-8000-000000000001"
SINCE = "2026-01-01T00:00:00Z"

amounts = st.none() | st.decimals(0, 10**9, places=2)
days = st.dates().map(lambda day: day.isoformat())
some = st.builds(
    Opportunity,
    id=st.uuids().map(str),
    version=st.integers(1, 10**6),
    modified_on=st.sampled_from(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", ""]),
    state=st.sampled_from([OPEN, WON, LOST, ""]),
    status=st.text(max_size=300),
    topic=st.text(max_size=300),
    stage=st.text(max_size=300),
    currency=st.sampled_from(["EUR", "USD", ""]),
    estimated=amounts,
    actual=amounts,
    close_date=st.just("") | days,
)
sets = st.lists(some, max_size=8, unique_by=lambda one: one.id)


def sums(text: str) -> dict[str, Decimal]:
    """The amounts of a text by their currency."""
    parts = [part.partition(" ") for part in text.split("; ")]
    return {currency: Decimal(amount) for amount, _, currency in parts}


@given(sets, st.randoms())
def test_the_order_does_not_matter(of_one: list[Opportunity], random: Any) -> None:
    shuffled = list(of_one)
    random.shuffle(shuffled)
    assert rollup(shuffled) == rollup(of_one)


@given(sets)
def test_a_tag_is_there_exactly_while_one_opportunity_has_its_state(of_one: list[Opportunity]) -> None:
    assert rollup(of_one).tags == {one.state for one in of_one} & set(TAGS)


@given(sets)
def test_no_amount_is_lost_and_none_counts_twice(of_one: list[Opportunity]) -> None:
    found = sums(rollup(of_one).values[rollups.OPEN_REVENUE])
    assert sum(found.values()) == sum(one.estimated or 0 for one in of_one if one.state == OPEN)
    won = sums(rollup(of_one).values[rollups.WON_REVENUE])
    assert sum(won.values()) == sum(one.actual or 0 for one in of_one if one.state == WON)


@given(sets)
def test_only_open_ones_are_counted_and_may_close_next(of_one: list[Opportunity]) -> None:
    found = rollup(of_one).values
    still_open = [one for one in of_one if one.state == OPEN]
    assert found[rollups.OPEN_COUNT] == str(len(still_open))
    assert all(found[rollups.NEXT_CLOSE] <= one.close_date for one in still_open if one.close_date)
    assert found[rollups.NEXT_CLOSE] in {"", *(one.close_date for one in still_open)}


@given(sets)
def test_every_value_is_text_that_its_field_can_hold(of_one: list[Opportunity]) -> None:
    found = rollup(of_one).values
    assert set(found) == {one.tag for one in rollups.FIELDS}
    assert all(len(value) <= 255 for value in found.values())


@given(sets, sets)
def test_what_is_written_leads_from_the_one_to_the_other(before: list[Opportunity], after: list[Opportunity]) -> None:
    shown, wanted = rollup(before), rollup(after)
    found = plan(shown, wanted)
    assert {**shown.values, **found.values} == wanted.values
    assert (shown.tags | set(found.add)) - set(found.remove) == wanted.tags
    assert not set(found.values.items()) & set(shown.values.items())
    assert plan(wanted, wanted).nothing


@given(sets)
def test_when_nobody_knows_what_arrived_everything_is_said_again(of_one: list[Opportunity]) -> None:
    wanted = rollup(of_one)
    found = plan(wanted, wanted, unsure=True)
    assert found.values == wanted.values
    assert set(found.add) == wanted.tags
    assert {*found.add, *found.remove} == set(TAGS)


def test_the_first_time_all_values_are_written_and_no_tag_is_taken_off() -> None:
    found = plan(None, rollup([Opportunity(DEAL, state=WON)]))
    assert (set(found.values), found.add, found.remove) == ({one.tag for one in rollups.FIELDS}, (WON,), ())


def test_without_opportunities_a_contact_shows_zeros_and_nothing() -> None:
    assert rollup([]) == Rollup(
        {
            rollups.OPEN_COUNT: "0",
            rollups.OPEN_REVENUE: "0.00",
            rollups.WON_REVENUE: "0.00",
            rollups.LAST_STAGE: "",
            rollups.LAST_TOPIC: "",
            rollups.LAST_STATUS: "",
            rollups.NEXT_CLOSE: "",
        },
        frozenset(),
    )


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ([("EUR", "1200")], "1200.00"),
        ([("EUR", "1200"), ("EUR", "0.5")], "1200.50"),
        ([("USD", "300"), ("EUR", "1200")], "1200.00 EUR; 300.00 USD"),
        ([("USD", None), ("EUR", "1200")], "1200.00"),
        ([("", "5"), ("EUR", "1200")], "5.00; 1200.00 EUR"),
        ([("EUR", None)], "0.00"),
    ],
)
def test_amounts_of_several_currencies_are_told_apart(amounts: list[tuple[str, str | None]], told: str) -> None:
    of_one = [
        Opportunity(f"{n}", state=OPEN, currency=currency, estimated=Decimal(amount) if amount else None)
        for n, (currency, amount) in enumerate(amounts)
    ]
    assert rollup(of_one).values[rollups.OPEN_REVENUE] == told


def test_the_last_one_is_the_one_modified_last() -> None:
    old = Opportunity("b", 9, "2026-01-01T00:00:00Z", stage="Old")
    new = Opportunity("a", 1, "2026-02-01T00:00:00Z", stage="New", topic="Licences", status="Open")
    found = rollup([old, new]).values
    assert (found[rollups.LAST_STAGE], found[rollups.LAST_TOPIC], found[rollups.LAST_STATUS]) == (
        "New", "Licences", "Open",
    )  # fmt: skip
    assert rollup([old, replace(new, modified_on=old.modified_on)]).values[rollups.LAST_STAGE] == "Old"


def test_states_are_known_by_their_number_in_every_language() -> None:
    found = opportunity(DEAL, 7, {"status": 1, "actual-revenue": "12.5", "topic": None}, WORDS)
    assert (found.state, found.status, found.actual, found.topic) == (WON, "Gewonnen", Decimal("12.5"), "")


def test_a_status_that_is_mapped_from_another_column_says_nothing() -> None:
    found = opportunity(DEAL, 7, {"status": 1, "estimated-revenue": "many"}, {})
    assert (found.state, found.status, found.estimated) == ("", "", None)


placed = st.lists(st.tuples(st.integers(1, 3), some), max_size=6, unique_by=lambda pair: pair[1].id)


def of(pairs: list[tuple[Any, Opportunity]], contact: int) -> list[Opportunity]:
    return [one for number, one in pairs if number == contact]


@given(placed, placed, st.data())
def test_after_the_plans_every_contact_shows_the_opportunities_that_are_its_own_then(
    stay: list[tuple[int, Opportunity]], come: list[tuple[int, Opportunity]], data: st.DataObject
) -> None:
    ids = {one.id for _, one in come}
    gone = data.draw(st.lists(st.sampled_from(stay), unique_by=lambda pair: pair[1].id)) if stay else []
    coming = [*come, *((None, one) for _, one in gone if one.id not in ids)]
    found = plans((1, 2, 3), stay, coming)
    left = [pair for pair in stay if pair[1].id not in {one.id for _, one in coming}]
    for contact in (1, 2, 3):
        before, wanted = rollup(of(stay, contact)), rollup([*of(left, contact), *of(come, contact)])
        one = found.get(contact, Plan({}))
        assert {**before.values, **one.values} == wanted.values
        assert (before.tags | set(one.add)) - set(one.remove) == wanted.tags


concerns = st.lists(st.frozensets(st.integers(0, 6), max_size=3), max_size=8)


@given(concerns)
def test_rows_of_one_contact_come_together_and_all_come_once(of_rows: list[frozenset[int]]) -> None:
    groups = together(of_rows)
    assert sorted(position for group in groups for position in group) == list(range(len(of_rows)))
    touched = [frozenset().union(*(of_rows[position] for position in group)) for group in groups]
    assert all(not touched[a] & touched[b] for a in range(len(groups)) for b in range(a))
    assert groups == sorted(groups)


def test_rows_that_only_a_third_one_joins_come_together() -> None:
    assert together([{1}, {2}, {3}, {1, 3}]) == [[0, 2, 3], [1]]


def change(version: int = 2, created: str | None = SINCE, modified: str = SINCE) -> Change:
    return Change(Entity.OPPORTUNITY, DEAL, version, modified_on=modified, values={"created-on": created})


BEFORE = "2025-12-31T23:59:59Z"


@pytest.mark.parametrize(
    ("action", "one", "told"),
    [
        ("create", change(), rollup_events.CREATED),
        ("create", change(created=BEFORE), rollup_events.UPDATED),
        ("create", change(created=None), rollup_events.UPDATED),
        ("create", change(created=BEFORE, modified=BEFORE), ""),
        ("update", change(), rollup_events.UPDATED),
        ("update", change(version=1), ""),
        ("unlink", change(), ""),
    ],
)
def test_history_and_what_did_not_change_in_dynamics_are_no_events(action: str, one: Change, told: str) -> None:
    link = Link(1, Entity.OPPORTUNITY, DEAL, agreed_version=1, delivered=True)
    assert rollup_events.due(action, one, None if action == "create" else link, SINCE) == told


@given(some)
def test_the_data_of_an_event_is_json_that_is_kept_whole(one: Opportunity) -> None:
    text = rollup_events.data(one)
    assert len(text) <= 255
    told = json.loads(text)
    assert told["id"] == one.id
    assert all(getattr(one, key).startswith(told[key]) for key in ("topic", "stage", "status"))
