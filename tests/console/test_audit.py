"""The audit log in the console: who changed what, and what it was before."""

from __future__ import annotations

from flask import Flask
from support.browser import Browser
from support.programs import program

from engine.differences import Difference, between
from store import audit
from worker.services import Services


def write(services: Services, connection_id: int | None, number: int = 1) -> None:
    before = {"sync": {"frequency": "15min", "enabled": True}, "tags": ["a"]}
    after = {"sync": {"frequency": "hourly", "enabled": True}, "tags": ["a", "b"]}
    with services.db.transaction() as tx:
        for _ in range(number):
            audit.write(tx, connection_id, "cli:ada", "configure", "version 2", before=before, after=after)


def test_a_line_says_who_changed_what_and_shows_only_what_differs(
    admin: Browser, services: Services, connection_id: int
) -> None:
    write(services, connection_id)
    text = admin.get("/audit/?author=ada&action=config")
    for word in ("cli:ada", "version 2", "sync.frequency", "<del>15min</del>", "<ins>hourly</ins>", "<ins>a, b</ins>"):
        assert word in text
    assert "sync.enabled" not in text


def test_filters_narrow_the_log(admin: Browser, services: Services, connection_id: int) -> None:
    write(services, connection_id)
    assert "No line fits." in admin.get("/audit/?author=nobody")
    assert "cli:ada" in admin.get(f"/audit/?connection={connection_id}")
    assert "cli:ada" not in admin.get("/audit/?connection=999")


def test_the_log_goes_on_behind_a_page(admin: Browser, services: Services, connection_id: int) -> None:
    write(services, connection_id, 51)
    assert 'rel="next">On</a>' in admin.get("/audit/?author=cli%3Aada")


def test_a_percent_sign_is_no_wildcard(admin: Browser, services: Services, connection_id: int) -> None:
    write(services, connection_id)
    assert "No line fits." in admin.get("/audit/?author=c%25a")


def test_programs_read_the_log(app: Flask, services: Services, connection_id: int) -> None:
    write(services, connection_id)
    client = program(app, "administrator")
    line = client.get("/api/v1/audit?limit=1&author=ada").json[0]  # type: ignore[index]
    assert line["connection_id"] == connection_id
    assert {"place": "sync.frequency", "before": "15min", "after": "hourly"} in line["changes"]
    assert client.get("/api/v1/audit?author=%00").status_code == 422
    assert program(app, "user").get("/api/v1/audit").status_code == 403


def test_what_was_made_or_removed_is_told_by_its_first_level() -> None:
    assert between(None, {"role": "user"}) == [Difference("role", None, "user")]
    assert between({"role": "user"}, None) == [Difference("role", "user", None)]
    assert between(None, None) == []


def test_objects_in_lists_are_compared_one_by_one() -> None:
    before, after = [{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 3}, {"a": 4}]
    assert between(before, after) == [Difference("2.a", 2, 3), Difference("3", None, {"a": 4})]
