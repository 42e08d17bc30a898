"""The failure list: seen, understood, retried, taken off."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN, DOV
from support.filed import failure

from cli import failures as commands
from store import asked, failures, wanted
from sync.model import Lane


@pytest.fixture
def listed(place):
    """Dov and Ben as bad records, Ada's account because a permission is missing; answers with their numbers."""
    rows = [
        failure(place.id, DOV),
        failure(place.id, BEN, message="the name is too long"),
        failure(place.id, ADA, "stop", "account", "a permission is missing"),
    ]
    return dict(zip((DOV, BEN, ADA), [place.do(failures.file, [row])[0] for row in rows], strict=True))


def state(place, number):
    return place.do(failures.get, number)["state"]


def test_an_empty_list_says_so(connected, place):
    assert "Nothing is on the failure list." in connected("failures").out


def test_failures_are_told_by_kind_with_advice_and_then_one_by_one(connected, listed):
    ran = connected("failures")
    assert ran.status == 0
    assert "2 x contact outbound" in ran.out
    assert "Correct the address in Dynamics" in ran.out
    assert DOV in ran.out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--entity", "account"], [ADA]),
        (["--class", "bad_record"], [DOV, BEN]),
        (["--text", "too long"], [BEN]),
        (["--text", DOV[:8]], [DOV]),
    ],
)
def test_filters_narrow_the_list(connected, listed, words, found):
    ran = connected("failures", "list", *words, "--json")
    assert {row["record_id"] for row in ran.json["failures"]} == set(found)


def test_one_failure_shows_everything_that_is_known(connected, listed):
    ran = connected("failures", "show", str(listed[DOV]))
    assert "the address is not valid" in ran.out
    assert "c-1" in ran.out
    assert "waits for you" in ran.out


def test_an_unknown_number_is_answered_with_where_to_look(connected, place):
    ran = connected("failures", "show", "4711")
    assert ran.status == 1
    assert "ac365 failures list" in ran.err


def test_a_retry_asks_for_the_record_to_be_read_anew(connected, place, listed):
    ran = connected("failures", "retry", str(listed[DOV]))
    assert ran.status == 0
    assert "read anew and tried again" in ran.out
    assert place.mine(wanted.peek, "contact", Lane.SYNC, 10) == [DOV]
    assert state(place, listed[BEN]) == "open"


def test_a_retry_of_a_class_takes_all_of_it(connected, place, listed):
    assert connected("failures", "retry", "--class", "bad_record", "--json").json == {"retrying": 2}
    assert state(place, listed[ADA]) == "open"


def test_retrying_everything_has_to_be_said(connected, place, listed):
    assert connected("failures", "retry").status == 2
    assert connected("failures", "retry", "--all", "--json").json == {"retrying": 3}


@pytest.fixture
def unmade(place, listed):
    """A lead that Dynamics refused: only the contact of ActiveCampaign is known."""
    place.configure(lambda document: document["entities"]["lead"].update(enabled=True, direction="both"))
    row = failure(place.id, None, entity="lead", message="companyname is required") | {"direction": "inbound"}
    return place.do(failures.file, [row | {"ac_id": 17, "request": {"action": "create"}}])[0]


def test_a_direction_narrows_the_list(connected, listed, unmade):
    ran = connected("failures", "--direction", "inbound", "--json")
    assert [row["id"] for row in ran.json["failures"]] == [unmade]
    assert [row["direction"] for row in ran.json["groups"]] == ["inbound"]


def test_a_failure_without_a_record_is_named_by_activecampaigns_id(connected, unmade):
    assert "lead for ActiveCampaign's 17" in connected("failures").out
    assert "lead for ActiveCampaign's 17: companyname" in connected("failures", "show", str(unmade)).out


def test_a_retry_of_a_failure_without_a_record_asks_for_it_to_be_made(connected, place, listed, unmade):
    assert connected("failures", "retry", "--direction", "inbound", "--json").json == {"retrying": 1}
    assert place.mine(asked.peek, "person", Lane.SYNC, 10) == {17: "lead"}


def test_advice_of_a_refusal_fits_its_direction(connected, place):
    place.do(failures.file, [failure(place.id, ADA) | {"direction": "inbound", "advice": ""}])
    assert "correct it in ActiveCampaign" in connected("failures").out


def test_discarded_failures_leave_the_list(connected, place, listed):
    assert connected("failures", "discard", str(listed[DOV]), "--yes").status == 0
    assert state(place, listed[DOV]) == "discarded"
    assert DOV not in connected("failures").out


def test_a_person_who_says_no_discards_nothing(connected, place, listed, monkeypatch):
    monkeypatch.setattr(commands, "on_terminal", lambda: True)
    assert connected("failures", "discard", "--all", typed="n\n").status == 1
    assert state(place, listed[DOV]) == "open"


def test_another_connections_failures_are_out_of_reach(connected, place, listed):
    other = place.do(failures.file, [failure(_other(place), ADA)])[0]
    assert connected("failures", "show", str(other), "--connection", "default").status == 1
    assert connected("failures", "retry", str(other), "--connection", "default", "--json").json == {"retrying": 0}


def _other(place):
    from support.stored import connect

    return place.do(connect, "fabrikam")
