"""A comparison that is interrupted goes on where it stopped, and remembers nothing in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.cast import ADA, ADA_AT
from support.compared import compared, told
from support.story import Story

from engine import verify_run

TABLES = ("verifications", "verify_here", "verify_companies", "verify_members", "verify_differences")


class Interrupted(Exception):
    """What Ctrl-C does, in a test."""


@pytest.fixture
def crowd(story: Story) -> Story:
    """250 contacts on both sides, in three pages of ActiveCampaign."""
    story.crowd(250)
    story.sync()
    return story


def stop_at(what: str, number: int) -> Callable[[str, int], None]:
    def progress(now: str, count: int) -> None:
        if now == what and count >= number:
            raise Interrupted

    return progress


def interrupt(story: Story, what: str = "ActiveCampaign contacts", number: int = 100) -> None:
    with pytest.raises(Interrupted):
        compared(story, progress=stop_at(what, number))


def numbers(story: Story) -> dict[str, int]:
    """How many rows each table of the comparison has."""
    with story.transaction() as tx:
        return {name: tx.execute(f"SELECT count(*) AS n FROM {name}").fetchone()["n"] for name in TABLES}


def test_it_goes_on_where_it_stopped(crowd: Story) -> None:
    crowd.edit_there("person1@example.com", "person250@example.com", set={"firstName": "Eda"})
    interrupt(crowd)
    crowd.forget_requests()
    report = compared(crowd)
    assert report.contacts == 250
    assert (report.tallies[1].equal, report.tallies[1].different) == (248, 2)
    assert len(report.differences) == 2
    assert crowd.routes()["GET /api/3/contacts"] == 2


@pytest.mark.parametrize("what", ["associations", "Dynamics contacts", "Dynamics leads"])
def test_wherever_it_stopped_the_numbers_are_the_same(crowd: Story, what: str) -> None:
    whole = compared(crowd).as_json()
    interrupt(crowd, what, 0)
    assert compared(crowd).as_json() == whole


def test_anew_begins_again(crowd: Story) -> None:
    interrupt(crowd)
    crowd.forget_requests()
    assert compared(crowd, anew=True).contacts == 250
    assert crowd.routes()["GET /api/3/contacts"] == 3


@pytest.mark.parametrize("why", ["an hour has passed", "another configuration"])
def test_what_is_too_old_begins_again(crowd: Story, why: str) -> None:
    interrupt(crowd)
    if why == "an hour has passed":
        with crowd.transaction() as tx:
            tx.execute("UPDATE verifications SET touched_at = now() - interval '61 minutes'")
    else:
        crowd.configure(contact={"standard": {"jobtitle": {"on_empty": "keep"}}})
    crowd.forget_requests()
    assert compared(crowd).contacts == 250
    assert crowd.routes()["GET /api/3/contacts"] == 3


def test_two_at_once_do_not_mix(crowd: Story) -> None:
    def another(what: str, _count: int) -> None:
        if what == "Dynamics leads":
            compared(crowd)

    with pytest.raises(LookupError, match="took over"):
        compared(crowd, progress=another)


def test_nothing_is_left_behind(crowd: Story) -> None:
    interrupt(crowd)
    assert numbers(crowd)["verify_here"] == 250
    compared(crowd)
    assert set(numbers(crowd).values()) == {0}


def test_no_value_of_a_record_that_agrees_is_kept(crowd: Story) -> None:
    interrupt(crowd)
    with crowd.transaction() as tx:
        row = tx.execute("SELECT * FROM verify_here LIMIT 1").fetchone()
    assert not any("Person" in str(value) for value in row.values())


def test_memory_holds_numbers_and_a_place_only(crowd: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pages nothing is kept that grows with the number of records, even where every one differs."""
    crowd.edit_there(*(f"person{n}@example.com" for n in range(1, 251)), set={"firstName": "Eda"})
    sizes: list[int] = []
    advance = verify_run.Run.advance

    def watched(run: Any, cursor: Any) -> Any:
        sizes.append(sum(len(str(value)) for name, value in vars(run).items() if name not in ("context", "progress")))
        return advance(run, cursor)

    monkeypatch.setattr(verify_run.Run, "advance", watched)
    assert compared(crowd).tallies[1].different == 250
    assert max(sizes) < 1500


def test_a_page_of_dynamics_that_is_too_old_is_read_from_the_beginning(
    crowd: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.reading.PAGE_SIZE", 100)
    interrupt(crowd, "Dynamics contacts", 100)
    crowd.crm.expire_tokens([crowd.crm.catalog.tables["contact"]])
    dead = f"{crowd.crm.url}/api/data/v9.2/contacts?$deltatoken=919042%2108%2f22%2f2017%2008%3a10%3a44"
    with crowd.transaction() as tx:
        tx.execute("UPDATE verifications SET cursor = jsonb_set(cursor, '{cursor}', to_jsonb(%s::text))", [dead])
    assert compared(crowd).tallies[1].in_dynamics == 250


def test_reading_goes_through_the_share_of_the_backfill(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.contact(ADA, ADA_AT)
    lanes = set()
    page = type(story.context.activecampaign).contacts_page

    def watched(client: Any, **how: Any) -> Any:
        lanes.add(how["lane"])
        return page(client, **how)

    monkeypatch.setattr(type(story.context.activecampaign), "contacts_page", watched)
    assert told(compared(story)) == {ADA: {"": None}}
    assert lanes == {"backfill"}
