"""What ran: the list, one cycle with what became of its records, and the answer to one that asks."""

from __future__ import annotations

import pytest
from flask import Flask
from support.browser import Browser
from support.cast import ADA, BEN, CLEO, DOV
from support.programs import program, told
from support.stored import House, change

from engine.wake import Stage, Wake
from store import audit, cycles, outcomes, streams
from sync.model import CycleKind, Entity
from worker.services import Services

SHADOWED = "another record of this address speaks"


@pytest.fixture
def house(services: Services, connection_id: int) -> House:
    return House(services.db, connection_id)


@pytest.fixture
def ended(house: House) -> int:
    """A cycle that read four contacts: two skipped for one reason, one for another, one failed."""
    stream_id = house.stream(read=4, kind=CycleKind.MANUAL)
    cycle_id = house.do(streams.get, stream_id)["cycle_id"]
    where = {"connection_id": house.id, "cycle_id": cycle_id, "stream_id": stream_id, "entity": Entity.CONTACT}
    skipped = [
        {**where, "record_id": one, "outcome": "skipped", "reason": SHADOWED, "version": 1} for one in (ADA, BEN)
    ]
    others = [
        {**where, "record_id": CLEO, "outcome": "skipped", "reason": "out of scope", "version": 1},
        {**where, "record_id": DOV, "outcome": "failed", "reason": "the address is not valid", "version": 1},
    ]
    house.do(outcomes.add, [*skipped, *others])
    house.do(streams.count, stream_id, {"skipped": 3, "failed": 1})
    house.do(streams.finish, stream_id)
    house.do(cycles.finish, cycle_id, "partial")
    return int(cycle_id)


@pytest.fixture
def asking(house: House) -> int:
    """A cycle that holds Ada back and asks."""
    stream_id = house.stream(read=1, kind=CycleKind.SCHEDULED)
    cycle_id = int(house.do(streams.get, stream_id)["cycle_id"])
    house.put(stream_id, change(phase=1, action="unlink"))
    question = "with 100 records linked, it would delete 60 (25 % may pass): let it go on with `ac365 cycles approve "
    house.do(
        cycles.ask,
        cycle_id,
        f"contact outbound: {question}{cycle_id}`, or end it with `ac365 cycles reject {cycle_id}`",
    )
    return cycle_id


def path(house: House, *more: object) -> str:
    return "/".join([f"/c/{house.id}/cycles", *(str(part) for part in more)])


def test_nothing_ran_yet_is_said(user: Browser, house: House) -> None:
    assert "Nothing ran yet." in user.get(path(house, ""))


def test_the_list_shows_what_ran_with_its_counts(user: Browser, house: House, ended: int) -> None:
    text = user.get(path(house, ""))
    assert f'<a href="/c/{house.id}/cycles/{ended}">{ended}</a>' in text
    assert "partial" in text


def test_the_list_goes_on_behind_fifty_cycles(user: Browser, house: House) -> None:
    for _ in range(51):
        house.do(cycles.finish, house.cycle(), "complete")
    text = user.get(path(house, ""))
    assert 'rel="next">On</a>' in text
    last = min(row["id"] for row in house.do(cycles.recent, 50, house.id))
    assert 'rel="next">On</a>' not in user.get(path(house, f"?before={last}"))


def test_a_cycle_shows_that_its_counts_add_up(user: Browser, house: House, ended: int) -> None:
    assert "4 read = 0 created + 0 updated + 0 unchanged + 3 skipped + 0 waiting + 1 failed" in user.get(
        path(house, ended)
    )


def test_reasons_are_counted_and_lead_to_their_records(user: Browser, house: House, ended: int) -> None:
    assert "the address is not valid" in user.get(path(house, ended))
    text = user.get(path(house, f"{ended}?outcome=skipped"))
    assert text.index(SHADOWED) < text.index("out of scope")
    narrowed = user.get(path(house, f"{ended}?outcome=skipped&reason={SHADOWED}&entity=contact&direction=outbound"))
    assert (ADA in narrowed, BEN in narrowed, CLEO in narrowed) == (True, True, False)


def test_an_error_of_a_stream_is_shown_with_what_to_do(user: Browser, house: House) -> None:
    stream_id = house.stream(done=False)
    error = {"message": "the sign-in is refused", "code": "dynamics.signin", "advice": "Renew the client secret."}
    house.do(streams.fail, stream_id, error)
    text = user.get(path(house, house.do(streams.get, stream_id)["cycle_id"]))
    assert "the sign-in is refused" in text
    assert "Renew the client secret." in text


def test_a_question_is_asked_in_words_with_what_each_answer_does(admin: Browser, house: House, asking: int) -> None:
    text = admin.get(path(house, asking))
    assert "it would delete 60 (25 % may pass).</p>" in text
    assert "contacts to ActiveCampaign: 0 to create, 0 to change, 1 to delete or to take out of the sync" in text
    assert "ac365 cycles approve" not in text


def test_an_approved_cycle_goes_on(admin: Browser, house: House, asking: int, sent: list[Wake]) -> None:
    assert admin.post(path(house, asking, "approve"), 303) == path(house, asking)
    assert house.do(cycles.get, asking)["state"] == "running"
    assert [wake.stage for wake in sent] == [Stage.CYCLE]
    assert house.mine(audit.listed, limit=1)[0]["author"] == "console:anna"


def test_a_rejected_cycle_ends_and_says_how_much_stays_unwritten(admin: Browser, house: House, asking: int) -> None:
    admin.post(path(house, asking, "reject"), 303)
    assert "1 records were not written" in admin.get(path(house, asking))
    assert house.do(cycles.get, asking)["finished_at"] is not None


def test_an_answer_that_comes_too_late_changes_nothing(admin: Browser, house: House, ended: int) -> None:
    assert "does not wait for an answer" in admin.post(path(house, ended, "approve"), 409)


def test_a_user_sees_the_question_and_cannot_answer(user: Browser, house: House, asking: int) -> None:
    text = user.get(path(house, asking))
    assert "An administrator can answer." in text
    assert "Approve: write all of it" not in text


def test_a_running_cycle_keeps_itself_up_to_date_and_can_be_stopped(
    admin: Browser, house: House, sent: list[Wake]
) -> None:
    stream_id = house.stream(read=3, done=False, kind=CycleKind.MANUAL)
    cycle_id = house.do(streams.get, stream_id)["cycle_id"]
    assert f'data-live="{path(house, cycle_id)}"' in admin.get(path(house, cycle_id))
    admin.post(path(house, cycle_id, "stop"), 303)
    assert (house.counts(stream_id), len(sent)) == ({"skipped": 3}, 1)


def test_a_cycle_of_another_connection_is_not_shown(user: Browser, house: House, services: Services) -> None:
    user.get(path(house, 999), 404)
    user.get(f"/c/999/cycles/{house.cycle()}", 404)


def test_a_page_of_a_large_cycle_looks_through_a_window_only(
    user: Browser, house: House, ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "WINDOW", 2)
    monkeypatch.setattr("engine.cycle_records.WINDOW", 2)
    assert "Shown are the first 2 of them." in user.get(path(house, f"{ended}?outcome=skipped"))


def test_programs_read_cycles_and_their_records(app: Flask, services: Services, house: House, ended: int) -> None:
    client = program(app, "user")
    base = f"/api/v1/connections/{house.id}/cycles"
    (listed,) = told(client.get(base))
    assert (listed["id"], listed["sums"]["skipped"], listed["read"]) == (ended, 3, 4)
    assert told(client.get(f"{base}/{ended}"))["held"] == []
    (first, _) = told(client.get(f"{base}/{ended}/reasons?outcome=skipped"))
    assert (first["reason"], first["count"]) == (SHADOWED, 2)
    page = told(client.get(f"{base}/{ended}/records?outcome=skipped&limit=2"))
    rest = told(client.get(f"{base}/{ended}/records?outcome=skipped&limit=2&after={page['next']}"))
    assert [row["record_id"] for row in page["records"] + rest["records"]] == [ADA, BEN, CLEO]
    assert rest["next"] is None


def test_programs_answer_a_cycle_that_asks(app: Flask, services: Services, house: House, asking: int) -> None:
    client = program(app, "administrator")
    base = f"/api/v1/connections/{house.id}/cycles/{asking}"
    assert told(client.get(base))["held"][0]["unlink"] == 1
    assert told(client.post(f"{base}/reject")) == {"cycle": asking, "unwritten": 1}
    assert client.post(f"{base}/reject").status_code == 409
    assert client.post(f"{base}/stop").status_code == 409


@pytest.mark.parametrize("query", ["before=-1", "before=9223372036854775808", "limit=0", "limit=x"])
def test_what_is_no_number_of_a_cycle_is_refused(app: Flask, services: Services, house: House, query: str) -> None:
    client = program(app, "user")
    assert client.get(f"/api/v1/connections/{house.id}/cycles?{query}").status_code == 422
