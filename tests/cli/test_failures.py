"""The failure list: seen, understood, retried, taken off."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN, DOV

from cli import failures as commands
from store import failures, wanted
from sync.model import Lane


def failure(connection_id, record_id, klass="bad_record", entity="contact", message="the address is not valid"):
    return {
        "connection_id": connection_id,
        "entity": entity,
        "direction": "outbound",
        "record_id": record_id,
        "ac_id": None,
        "stage": "upsert",
        "class": klass,
        "code": "activecampaign.email_invalid",
        "message": message,
        "advice": "Correct the address in Dynamics, then retry.",
        "request": {"fields": ["email"]},
        "answer": "",
        "due_at": None,
        "cycle_id": None,
        "correlation_id": "c-1",
        "code_version": "0.1",
    }


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
