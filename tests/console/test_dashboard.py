"""The dashboard says first what needs a person, then how everything stands; its numbers are those of the tables."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from support.browser import Browser

from console import charts
from engine.overview import Day
from store import configurations, conflicts, cycles, failures, outcomes, pauses, records, streams
from sync.model import CycleKind, Direction, Entity, Lane
from worker.services import Services


class Installation:
    """What tests put into the store of the connection."""

    def __init__(self, services: Services, connection_id: int) -> None:
        self.db, self.id = services.db, connection_id

    def do(self, function: Any, *args: Any, **named: Any) -> Any:
        with self.db.transaction() as tx:
            return function(tx, *args, **named)

    def enable(self, *entities: Entity) -> None:
        with self.db.transaction() as tx:
            current = configurations.current(tx, self.id)
            assert current
            document = current[1]
            for entity in entities:
                document["entities"][entity]["enabled"] = True
            configurations.save(tx, self.id, document, "test")

    def cycle(self) -> tuple[int, int]:
        wanted = [{"entity": Entity.CONTACT, "direction": Direction.OUTBOUND}]
        cycle_id = self.do(cycles.open, self.id, CycleKind.MANUAL, Lane.SYNC, 1, wanted, requested_by="anna")
        self.do(cycles.start, cycle_id)
        return cycle_id, self.do(cycles.streams, cycle_id)[0]["id"]

    def fail(self, number: int = 1, klass: str = "bad_record") -> None:
        what = {"class": klass, "message": "ada@contoso.example is no address", "advice": "Correct it in Dynamics."}
        row = {"connection_id": self.id, "entity": "contact", "direction": "outbound", "stage": "upsert", **what}
        rows = [{**row, "record_id": str(uuid4())} for _ in range(number)]
        self.do(failures.file, rows)

    def happen(self, outcome: str, number: int, direction: str = "outbound") -> None:
        row = {"connection_id": self.id, "entity": "contact", "direction": direction, "outcome": outcome}
        self.do(outcomes.add, [{**row, "record_id": str(UUID(int=n + 1))} for n in range(number)])


@pytest.fixture
def here(services: Services, connection_id: int) -> Installation:
    return Installation(services, connection_id)


def test_a_question_stands_before_everything_else(here: Installation, user: Browser) -> None:
    here.fail()
    cycle_id, _ = here.cycle()
    here.do(cycles.ask, cycle_id, "it would delete 400 of 500 contacts")
    text = user.get(f"/c/{here.id}/")
    assert text.index("it would delete 400 of 500 contacts") < text.index("correct it in Dynamics")
    assert f"when cycle {cycle_id} is answered" in text


def test_failures_are_told_by_class_with_advice_and_without_anybodys_address(here: Installation, user: Browser) -> None:
    here.fail(3)
    here.fail(2, "again")
    text = user.get(f"/c/{here.id}/")
    assert "3 × The service refuses the record" in text
    assert "2 × A service did not answer" in text
    assert "Correct it in Dynamics." in text
    assert "ada@contoso.example" not in text


def test_a_refused_sign_in_is_told_until_the_stream_went_well(here: Installation, user: Browser) -> None:
    error = {
        "class": "stop",
        "code": "entra.7000222",
        "message": "the secret has expired",
        "advice": "Make another one.",
    }
    cycle_id, stream_id = here.cycle()
    here.do(streams.fail, stream_id, error)
    here.do(cycles.finish, cycle_id, "failed")
    assert "Contacts to ActiveCampaign: the secret has expired" in user.get(f"/c/{here.id}/")
    cycle_id, stream_id = here.cycle()
    for step in (lambda tx: streams.begin(tx, stream_id, ""), lambda tx: streams.fetched(tx, stream_id)):
        here.do(step)
    here.do(streams.finish, stream_id)
    assert "the secret has expired" not in user.get(f"/c/{here.id}/")


def test_conflicts_pauses_and_first_syncs_are_told(here: Installation, user: Browser) -> None:
    here.enable(Entity.CONTACT)
    row = {"connection_id": here.id, "entity": "contact", "record_id": str(UUID(int=1)), "key": "JOB_TITLE"}
    here.do(conflicts.add, [{**row, "policy": "ask", "winner": ""}])
    here.do(pauses.pause, here.id, Entity.LEAD, None, "mira", "spring sale")
    text = user.get(f"/c/{here.id}/")
    for told in (
        "1 × Fields that both sides changed",
        "Paused: lead, by mira: spring sale",
        "Contacts wait for their first",
    ):
        assert told in text


def test_records_are_counted_where_they_stand(here: Installation, user: Browser) -> None:
    rows = [
        {"entity": "contact", "record_id": str(UUID(int=n + 1)), "state": "linked", "version": 1} for n in range(1234)
    ]
    here.do(records.put, here.id, rows)
    found = user.client.get(f"/api/v1/connections/{here.id}/overview").json
    contacts = next(one for one in found["status"]["entities"] if one["entity"] == "contact")
    assert contacts["in_sync"] == 1234
    assert "1,234" in user.get(f"/c/{here.id}/")


def test_the_chart_and_its_table_show_what_happened_today(here: Installation, user: Browser) -> None:
    here.happen("created", 3)
    here.happen("failed", 2, "inbound")
    text = user.get(f"/c/{here.id}/")
    assert "<title>3 created</title>" in text
    assert "<title>2 failed</title>" in text
    today = datetime.now(UTC).date()
    assert re.search(rf">{today}</th><td>to ActiveCampaign</td><td class=\"number\">3</td>", text)


def test_an_update_of_itself_brings_only_the_part_that_changes(here: Installation, user: Browser) -> None:
    part = user.client.get(f"/c/{here.id}/", headers={"X-Part": "1"}).get_data(as_text=True)
    assert "data-live" in part
    assert "<nav" not in part


def test_the_page_bears_no_style_of_its_own(here: Installation, user: Browser) -> None:
    here.happen("created", 3)
    assert "style=" not in user.get(f"/c/{here.id}/")


def test_bars_of_a_day_stand_upon_each_other_and_fit() -> None:
    day = Day(datetime.now(UTC).date(), Direction.OUTBOUND, created=60, updated=30, failed=10)
    chart = charts.activity([day], charts.busiest([day]))
    assert [bar.kind for bar in chart.bars] == ["created", "updated", "failed"]
    assert [round(bar.y + bar.height) for bar in chart.bars] == [160, 64, 16]
    assert chart.bars[-1].y == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("connections/99999999999999999999/overview", 404),
        ("connections/{id}/records?search=%00", 422),
        ("connections/{id}/records?search=ada&after=nonsense", 422),
        ("connections/{id}/records?search=99999999999999999999999", 200),
        ("connections/{id}/records?search=%25_%5C", 200),
        ("connections/{id}/records/parrot/00000000-0000-4000-8000-000000000001", 404),
        ("connections/{id}/records/contact/parrot", 404),
        (
            "connections/{id}/records/lead/00000000-0000-4000-8000-000000000001/story?before=0001-01-01T00:00:00Z",
            422,
        ),
        ("connections/{id}/records/contact/00000000-0000-4000-8000-000000000001/story?limit=999999999999", 422),
        ("connections/{id}/explanations?address=nobody", 422),
    ],
)
def test_nothing_that_is_asked_makes_a_fault(here: Installation, user: Browser, path: str, status: int) -> None:
    assert user.client.get(f"/api/v1/{path.format(id=here.id)}").status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?search=%00", 200),
        ("?search=ada&after=nonsense", 400),
        ("?search=ada&after=contact+00000000-0000-4000-8000-000000000001+%00", 200),
        ("contact/00000000-0000-4000-8000-000000000001?cycle=99999999999999999999999", 404),
        ("contact/00000000-0000-4000-8000-000000000001/story?before=9999-12-31T23:59:59-12:00", 400),
        ("contact/00000000-0000-4000-8000-000000000001/story?before=yesterday", 400),
        ("parrot/00000000-0000-4000-8000-000000000001", 404),
        ("address?address=nobody", 404),
    ],
)
def test_a_page_that_is_asked_for_nonsense_says_so(here: Installation, user: Browser, path: str, status: int) -> None:
    user.get(f"/c/{here.id}/records/{path}", status)
