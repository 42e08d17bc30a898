"""Each rule finds what it is there for, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.alerts import every
from sync.alerts.reading import Budget, Fresh, Queue, Slots, Trouble, Way
from sync.model import Direction, Entity, Lane

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
OUT, BACK = Direction.OUTBOUND, Direction.INBOUND


def trouble(klass: str, code: str) -> dict[str, Any]:
    return {"troubles": (Trouble(Entity.CONTACT, OUT, klass, code, advice="Do this."),)}


def waiting(lane: Lane, **age: float) -> dict[str, Any]:
    return {"oldest": {(OUT, lane): NOON - timedelta(**age)}}


def silent(**time: float) -> tuple[Way, ...]:
    return (Way(Entity.CONTACT, OUT, begun=True, last_success=NOON, silent=timedelta(**time)),)


def test_a_well_installation_has_no_sign(well, found) -> None:
    assert found(well) == {}


OF_THE_INSTALLATION = {
    "beat_silent": {"queues": (Queue("live", 300.0, fresh=False), Queue("sync", None, fresh=False))},
    "queue_unserved": {"queues": (Queue("live", 300.0, fresh=False), Queue("sync", 5.0, fresh=True, version="1"))},
    "redis_away": {"redis": False},
    "versions_differ": {"version": "2"},
    "receiver_away": {"receiver_age_s": 600.0},
    "database_growing": {"database": 30 * 10**9, "week_ago": 20 * 10**9},
    "disk_short": {"disk_free": 0.05},
    "sign_ins_locked": {"locked": 1},
}
OF_A_CONNECTION: dict[str, dict[str, Any]] = {
    "service_unreachable": trouble("again", "dynamics.no_answer"),
    "service_throttled": {"budgets": {"activecampaign": Budget({"calls": Slots(5, 5)}, paused_s=20.0)}},
    "credential_refused": trouble("stop", "entra.AADSTS7000222"),
    "permission_missing": trouble("stop", "dynamics.0x80040220"),
    "credential_expiring": {"credential_ends": NOON + timedelta(days=20)},
    "change_token_expiring": {"token_ends": NOON + timedelta(days=1)},
    "backlog_old": waiting(Lane.SYNC, minutes=61),
    "urgent_waiting": waiting(Lane.LIVE, minutes=11),
    "stream_overdue": {"ways": silent(minutes=31)},
    "direction_failing": {"bad_ends": {OUT: 3}},
    "echo_suspected": {"echoes": 3},
    "records_unaccounted": {"unbalanced": 1},
    "failures_new": {"fresh": (Fresh("bad_record", "activecampaign", 2, new=2),)},
    "failures_rising": {"fresh": (Fresh("again", "", 50, new=50),)},
    "write_in_doubt": {"fresh": (Fresh("again", "dynamics", 1, doubtful=1),)},
    "workers_dying": {"fresh": (Fresh("bad_record", "worker", 1, lost=1),)},
    "cycle_asks": {"asks": (7,)},
    "conflicts_waiting": {"conflicts": 2},
    "requests_waiting": {"asked": NOON - timedelta(minutes=6)},
    "activities_late": {"activities_due": NOON - timedelta(minutes=61)},
}


@pytest.mark.parametrize("name", OF_THE_INSTALLATION)
def test_the_rule_finds_what_is_wrong_with_the_installation(well, found, name) -> None:
    assert set(found(replace(well, **OF_THE_INSTALLATION[name]))) == {name}


@pytest.mark.parametrize("name", OF_A_CONNECTION)
def test_the_rule_finds_what_is_wrong_with_a_connection(with_connection, found, name) -> None:
    assert set(found(with_connection(**OF_A_CONNECTION[name]))) == {name}


def test_every_rule_is_tried() -> None:
    assert {*OF_THE_INSTALLATION, *OF_A_CONNECTION} == set(every.BY_NAME)


QUIET: list[dict[str, Any]] = [
    {**waiting(Lane.SYNC, minutes=59)},
    {**waiting(Lane.BACKFILL, hours=20)},
    {"ways": silent(minutes=29)},
    {"ways": silent(days=9), "enabled": False},
    {"ways": silent(days=9), "quiet": True},
    {"ways": silent(days=9), "loading": True},
    {"ways": (replace(silent(days=9)[0], paused=True),)},
    {"ways": (replace(silent(days=9)[0], begun=False),)},
    {"ways": silent(days=2), "frequency": timedelta(days=1)},
    {"bad_ends": {OUT: 2, BACK: 2}},
    {"echoes": 2},
    {"credential_ends": NOON + timedelta(days=22)},
    {"fresh": (Fresh("again", "dynamics", 4, new=4), Fresh("overtaken", "", 9, new=9))},
    {"budgets": None},
]


@pytest.mark.parametrize("differing", QUIET)
def test_what_is_as_it_should_be_is_no_sign(with_connection, found, differing) -> None:
    assert found(with_connection(**differing)) == {}


def test_a_change_that_somebody_holds_up_is_no_backlog(with_connection, found) -> None:
    old = waiting(Lane.SYNC, hours=9)
    paused = (replace(silent(minutes=1)[0], paused=True),)
    assert found(with_connection(ways=paused, **old)) == {}
    assert set(found(with_connection(asks=(7,), **old))) == {"cycle_asks"}


def test_an_opt_out_that_a_pause_holds_up_is_told(with_connection, found) -> None:
    paused = (replace(silent(minutes=1)[0], paused=True),)
    assert set(found(with_connection(ways=paused, **waiting(Lane.LIVE, hours=1)))) == {"urgent_waiting"}


def test_a_breaker_that_tripped_is_told_as_such(with_connection, found) -> None:
    assert (
        "paused for a while"
        in found(with_connection(tripped=frozenset({BACK}), bad_ends={BACK: 5}))["direction_failing"]
    )


def test_many_records_without_an_answer_make_a_service_unreachable(with_connection, found) -> None:
    many = (Fresh("again", "activecampaign", 5, new=5),)
    assert found(with_connection(fresh=many)) == {
        "service_unreachable": "default: ActiveCampaign does not answer properly."
    }


def test_a_large_installation_may_have_more_failures(with_connection, found) -> None:
    fresh = (Fresh("again", "", 500, new=500),)
    assert found(with_connection(fresh=fresh, records={("contact", "linked"): 1_000_000})) == {}


def test_what_ac365_advises_stands_before_what_the_rule_does(with_connection) -> None:
    (_, sign), *_ = every.signs(with_connection(**trouble("stop", "activecampaign.bad_key")))
    assert sign.advice == "Do this."


def test_a_small_database_may_grow(well, found) -> None:
    assert found(replace(well, database=10**9, week_ago=10**8)) == {}


def test_what_redis_knows_can_not_be_told_without_it(well) -> None:
    assert every.untold(replace(well, redis=False)) == {"service_throttled"}
    assert every.untold(well) == frozenset()


def test_who_listens_no_more_is_noticed_before_anybody_waits(with_connection, found) -> None:
    assert set(found(with_connection(heard=NOON - timedelta(minutes=6)))) == {"requests_waiting"}
    assert found(with_connection(heard=NOON - timedelta(minutes=4), asked=NOON - timedelta(minutes=4))) == {}
