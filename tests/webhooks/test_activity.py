"""A delivery to the address `activity`: who and when is noted, nothing else, and nobody is woken for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.cast import ADA_AT
from support.stored import House

from config import document as documents
from engine.asked import Purpose
from engine.wake import Wake
from store import activity_lines, activity_news, configurations

OPEN = {"type": "open", "contact[id]": "4711", "contact[email]": ADA_AT, "campaign[name]": "September news"}


@pytest.fixture
def listening(house: House) -> House:
    """The connection with activities switched on."""
    house.mine(configurations.save, documents.load({"activities": {"enabled": True}}), "test")
    return house


def noted(house: House) -> dict[str, Any] | None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    found: dict[str, Any] | None = house.mine(activity_news.next_one, ahead, ahead, ahead)
    return found


def deliver(client: FlaskClient, paths: dict[Purpose, str], **more: str) -> int:
    return client.post(paths[Purpose.ACTIVITY], data={**OPEN, **more}).status_code


def test_who_and_when_is_noted_and_nobody_is_woken(
    client: FlaskClient, paths: dict[Purpose, str], listening: House, sent: list[Wake], wishes: Any
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
    for _ in range(2):
        assert deliver(client, paths, date_time=at.isoformat()) == 202
    row = noted(listening)
    assert row is not None
    assert (row["ac_id"], row["evidence_at"], row["hinted"]) == (4711, at, True)
    assert (sent, wishes()) == ([], {})
    assert ADA_AT not in str(row)


@pytest.mark.parametrize(
    "said", ["", "yesterday", "2026-09-01 10:00:00", "1999-01-01T00:00:00-05:00", "9999-01-01T00:00Z"]
)
def test_a_time_that_can_not_be_is_that_of_the_arrival(
    client: FlaskClient, paths: dict[Purpose, str], listening: House, said: str
) -> None:
    before = datetime.now(UTC)
    assert deliver(client, paths, date_time=said) == 202
    row = noted(listening)
    assert row is not None
    assert before <= row["evidence_at"] <= datetime.now(UTC)


def test_a_delivery_hastens_the_next_reading(client: FlaskClient, paths: dict[Purpose, str], listening: House) -> None:
    now = datetime.now(UTC)
    listening.mine(activity_lines.ensure, now + timedelta(hours=4))
    deliver(client, paths)
    row = listening.mine(activity_lines.get, activity_lines.READ)
    assert row["due_at"] - now < timedelta(minutes=6)


def test_while_activities_are_off_it_is_taken_and_forgotten(
    client: FlaskClient, paths: dict[Purpose, str], house: House
) -> None:
    assert deliver(client, paths) == 202
    assert noted(house) is None


def test_a_campaign_s_own_event_names_nobody(client: FlaskClient, paths: dict[Purpose, str], listening: House) -> None:
    assert client.post(paths[Purpose.ACTIVITY], data={"type": "sent"}).status_code == 422
