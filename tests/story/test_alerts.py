"""Alerts: what goes wrong is told within minutes, by mail and by webhook, and so is that it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from support.cast import ADA, ADA_AT, DOV
from support.lookout import Lookout
from support.post_office import Box, Office, box, opened
from support.story import Story

from engine.alerts.watch import look
from store import watermarks
from sync.model import Direction, Entity


@pytest.fixture
def hook() -> Iterator[Box]:
    with box() as made:
        yield made


@pytest.fixture
def office() -> Iterator[Office]:
    with opened(Office()) as made:
        yield made


@pytest.fixture
def lookout(story: Story, hook: Box, office: Office, monkeypatch: pytest.MonkeyPatch) -> Lookout:
    """An installation that is well, and tells by both ways."""
    story.configure(sync={"enabled": True})
    made = Lookout(story.pump.services, story.pump.services.now(), monkeypatch)
    made.configure(
        webhook_url=hook.url,
        webhook_key="the key",
        mail_to=("ops@contoso.example",),
        mail_from="ac365@contoso.example",
        smtp_host="127.0.0.1",
        smtp_port=office.port,
        smtp_security="none",
        deadman_url=f"{hook.url}/alive",
    )
    made.pass_minutes(2)
    return made


def test_a_well_installation_is_silent_but_for_its_sign_of_life(lookout: Lookout, hook: Box, office: Office) -> None:
    lookout.pass_minutes(10)
    assert (lookout.firing(), hook.posted, office.taken) == ([], [], [])
    assert hook.pings == 12


def test_a_worker_that_stops_is_told_within_minutes_and_so_is_its_return(
    lookout: Lookout, hook: Box, office: Office
) -> None:
    lookout.serving = ("live",)
    lookout.pass_minutes(5)
    assert lookout.firing() == ["queue_unserved"]
    assert office.subjects == ["[ac365] Nobody serves the queue sync."]
    assert "What to do: Start the worker of this queue again" in office.texts[0]
    lookout.pass_minutes(20)
    lookout.serving = ("live", "sync")
    lookout.pass_minutes(7)
    assert lookout.firing() == []
    assert hook.kinds == [("queue_unserved", "firing"), ("queue_unserved", "recovered")]
    assert office.subjects[1] == "[ac365] Over: Nobody serves the queue sync."


def test_the_sign_of_life_is_missing_while_a_queue_is_not_served(lookout: Lookout, hook: Box) -> None:
    lookout.serving = ("live",)
    lookout.pass_minutes(1)
    pings = hook.pings
    lookout.pass_minutes(10)
    assert hook.pings == pings


def test_a_beat_that_is_silent_is_one_alert_and_not_one_for_each_queue(lookout: Lookout) -> None:
    lookout.serving = ()
    lookout.pass_minutes(5)
    assert lookout.firing() == ["beat_silent"]


def test_a_wrong_key_is_told_with_the_advice_of_the_service(lookout: Lookout, story: Story, hook: Box) -> None:
    story.contact(ADA, ADA_AT)
    story.refuse("POST", r"/api/3/.*", status=401, times=1000)
    story.pump.sync()
    lookout.pass_minutes(4)
    assert "credential_refused" in lookout.firing()
    told = next(one for document in hook.documents for one in document["alerts"] if one["rule"] == "credential_refused")
    assert "Settings, Developer" in told["advice"]
    assert told["url"].endswith(f"/c/{story.pump.connection_id}/connection")


def test_a_refused_record_is_told_without_a_word_about_it(
    lookout: Lookout, story: Story, hook: Box, office: Office
) -> None:
    story.contact(DOV, "dov@", lastname="Brown")
    story.sync(state="partial")
    lookout.pass_minutes(1)
    assert lookout.firing() == ["failures_new"]
    told = hook.posted[0][1].decode() + office.texts[0] + office.subjects[0]
    assert [word for word in ("dov", "Brown", DOV) if word in told] == []


def test_a_stream_without_success_is_told_after_three_periods(lookout: Lookout, story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.sync()
    lookout.pass_minutes(170, every=10)
    assert lookout.firing() == []
    lookout.pass_minutes(20, every=5)
    assert set(lookout.firing()) == {"stream_overdue"}


def test_what_nobody_took_is_told_again_later_and_once(lookout: Lookout, hook: Box, office: Office) -> None:
    hook.status = 500
    lookout.serving = ("live",)
    lookout.pass_minutes(10)
    assert hook.posted == []
    hook.status = 200
    lookout.pass_minutes(20)
    assert hook.kinds == [("queue_unserved", "firing")]
    assert len(office.taken) == 1


def test_what_nobody_takes_for_a_day_is_given_up_and_shown(lookout: Lookout, hook: Box, story: Story) -> None:
    hook.status = 500
    lookout.serving = ("live",)
    lookout.pass_minutes(5)
    lookout.now += timedelta(hours=25)
    lookout.pass_minutes(1)
    with story.transaction() as tx:
        rows = tx.execute("SELECT error FROM notices WHERE way = 'webhook' AND given_up_at IS NOT NULL").fetchall()
    assert [row["error"] for row in rows] == ["answered with status 500"]


def test_somebody_is_reminded_of_what_still_fires(lookout: Lookout, hook: Box) -> None:
    lookout.configure(remind_hours=1)
    lookout.serving = ("live",)
    lookout.pass_minutes(70, every=5)
    assert hook.kinds == [("queue_unserved", "firing"), ("queue_unserved", "reminder")]


def test_two_who_look_in_the_same_minute_are_one(lookout: Lookout, story: Story) -> None:
    moment = lookout.now + timedelta(minutes=1)
    assert [look(lookout.services, moment), look(lookout.services, moment)] == [True, False]


def test_a_pause_that_outlives_the_change_token_is_told_before(lookout: Lookout, story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.sync()
    with story.transaction() as tx:
        mark = watermarks.get(tx, story.pump.connection_id, Entity.CONTACT, Direction.OUTBOUND)
        tx.execute("UPDATE watermarks SET moved_at = moved_at - interval '5 days 1 hour' WHERE kind = 'delta'")
    assert mark is not None
    assert mark["kind"] == "delta"
    lookout.pass_minutes(4)
    assert "change_token_expiring" in lookout.firing()


def test_redis_that_is_away_is_told(lookout: Lookout) -> None:
    lookout.patch.setattr(lookout.services, "redis", redis.Redis(host="127.0.0.1", port=1))
    lookout.pass_minutes(6, every=3)
    assert lookout.firing() == ["redis_away"]
