"""Activities in the store: each once, with its words until it is written, and lines that one worker holds at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.stored import LATER, NOW, SOON, House

from store import activities, activity_lines, activity_names, activity_news, links, records
from store.activity_lines import READ, WRITE
from sync.model import Entity

HOUR = timedelta(hours=1)


def event(number: int, ac_id: int = 7, **more: Any) -> dict[str, Any]:
    plain = {"event_id": str(number), "ac_id": ac_id, "at": NOW.isoformat(), "kind": "opened", "state": "unlinked"}
    return {**plain, "told": {"source": "News"}, "asks": False, "reason": "", **more}


@pytest.fixture
def linked(house: House) -> House:
    """Ada's record is linked to contact 7 and was delivered."""
    link = house.link(ADA, ADA_AT)
    house.mine(links.learn, {link.id: 7})
    with house.db.transaction() as tx:
        tx.execute("UPDATE links SET delivered_at = now()")
    return house


def file(house: House, *rows: dict[str, Any], at: Any = NOW) -> list[str]:
    return [row["event_id"] for row in house.mine(activities.file, list(rows), at)]


def test_an_event_is_filed_once(house: House) -> None:
    assert file(house, event(1), event(1), event(2)) == ["1", "2"]
    assert file(house, event(2), event(3)) == ["3"]
    assert house.mine(activities.known, ["1", "3", "9"]) == {"1", "3"}


def test_who_is_linked_and_delivered_may_be_shown(linked: House) -> None:
    file(linked, event(1), event(2, ac_id=8))
    assert linked.mine(activities.link_up, NOW) == 1
    row = linked.mine(activities.ready, 10)[0]
    assert (row["event_id"], row["holder"], row["holder_id"]) == ("1", "contact", ADA)
    with linked.db.transaction() as tx:
        tx.execute("UPDATE links SET delivered_at = NULL")
    file(linked, event(3))
    assert linked.mine(activities.link_up, NOW) == 0
    assert linked.mine(activities.ready, 10)[0]["holder"] is None


def test_a_bounce_waits_for_its_reason_but_not_for_ever(linked: House) -> None:
    file(linked, event(1, asks=True))
    assert linked.mine(activities.link_up, NOW) == 0
    assert [row["event_id"] for row in linked.mine(activities.asking, 10)] == ["1"]
    assert linked.mine(activities.link_up, SOON) == 1
    linked.mine(activities.explain, {"1": "Hard bounce"})
    assert linked.mine(activities.asking, 10) == []
    assert linked.mine(activities.ready, 10)[0]["told"] == {"source": "News", "detail": "Hard bounce"}


def test_words_are_kept_until_they_are_in_dynamics(linked: House) -> None:
    file(linked, event(1, state="ready"), event(2, state="ready"))
    written = {"event_id": "1", "state": "written", "reason": "", "entity": "contact", "record_id": ADA}
    refused = {"event_id": "2", "state": "refused", "reason": "too long", "entity": None, "record_id": None}
    linked.mine(activities.settle, [written, refused])
    rows = {row["event_id"]: row for row in linked.mine(activities.of_contact, 7, 10)}
    assert (rows["1"]["told"], rows["1"]["record_id"], rows["2"]["told"]) == (None, ADA, {"source": "News"})
    assert [(one["state"], one["reason"]) for one in linked.mine(activities.refusals, 5)] == [("refused", "too long")]
    assert linked.mine(activities.waiting) == {"ready": 0, "refused": 1}
    assert linked.mine(activities.retry) == 1
    assert linked.mine(activities.waiting) == {"ready": 1, "refused": 0}


def test_what_is_old_or_lost_its_record_is_named(linked: House) -> None:
    old = (NOW - timedelta(days=9)).isoformat()
    file(linked, event(1, state="ready", at=old), event(2, state="ready"), event(3, state="ready"))
    for number, entity, record in (("1", "contact", ADA), ("2", "contact", ADA), ("3", "lead", BEN)):
        linked.mine(
            activities.settle,
            [{"event_id": number, "state": "written", "reason": "", "entity": entity, "record_id": record}],
        )
    gone = {"entity": "lead", "record_id": BEN, "state": "deleted", "version": 1, "reason": ""}
    linked.mine(records.put, [gone])
    assert sorted(linked.mine(activities.expired, NOW - timedelta(days=5), 10)) == ["1", "3"]
    linked.mine(activities.forget, ["1", "3"])
    assert [row["event_id"] for row in linked.mine(activities.of_contact, 7, 10)] == ["2"]


def test_what_never_arrived_goes_when_it_is_old(linked: House) -> None:
    old = (NOW - timedelta(days=9)).isoformat()
    file(linked, event(1, at=old), event(2), event(3, at=old, state="written"))
    assert linked.mine(activities.outdated, NOW - timedelta(days=5), 10) == 1


def test_kinds_are_counted_by_state(house: House) -> None:
    file(house, event(1), event(2, kind="sent"), at=NOW - HOUR)
    file(house, event(3))
    found = {(row["kind"], row["state"]): (row["total"], row["lately"]) for row in house.mine(activities.counts, NOW)}
    assert found == {("opened", "unlinked"): (2, 1), ("sent", "unlinked"): (1, 0)}


def test_a_line_is_held_by_one_until_its_lease_ends(house: House) -> None:
    house.mine(activity_lines.ensure, NOW)
    assert house.mine(activity_lines.claim, READ, "a", NOW, SOON)["state"] == {}
    assert house.mine(activity_lines.claim, READ, "b", NOW, SOON) is None
    assert house.mine(activity_lines.claim, READ, "b", LATER, LATER + HOUR) is not None
    assert house.mine(activity_lines.advance, READ, "a", {"x": 1}, LATER) is False
    assert house.mine(activity_lines.advance, READ, "b", {"x": 1}, LATER) is True
    house.mine(activity_lines.release, READ, "b", LATER + HOUR, {"class": "again"})
    row = house.mine(activity_lines.get, READ)
    assert (row["state"], row["claimed_by"], row["attempts"], row["error"]) == ({"x": 1}, None, 1, {"class": "again"})


def test_lines_are_due_when_their_time_has_come(house: House) -> None:
    house.mine(activity_lines.ensure, NOW)
    house.mine(activity_lines.claim, READ, "a", NOW, SOON)
    assert [row["line"] for row in house.do(activity_lines.due, NOW)] == [WRITE]
    house.mine(activity_lines.release, READ, "a", LATER)
    assert [row["line"] for row in house.do(activity_lines.due, NOW)] == [WRITE]
    house.mine(activity_lines.hurry, READ, SOON)
    assert house.mine(activity_lines.get, READ)["due_at"] == SOON
    house.mine(activity_lines.hurry, READ, LATER)
    assert house.mine(activity_lines.get, READ)["due_at"] == SOON


def noted(house: House) -> dict[str, Any] | None:
    found: dict[str, Any] | None = house.mine(activity_news.next_one, LATER, LATER, LATER)
    return found


def test_hints_come_first_and_the_newest_before_others(house: House) -> None:
    rows = [{"ac_id": n, "evidence_at": (NOW - n * HOUR).isoformat(), "sends": 0, "sends_since": None} for n in (1, 2)]
    house.mine(activity_news.note, [*rows, {"ac_id": 3, "evidence_at": None, "sends": 2, "sends_since": None}], NOW)
    house.mine(activity_news.hint, 4, NOW - 9 * HOUR, NOW)
    order = []
    while (one := noted(house)) is not None:
        order.append(one["ac_id"])
        assert house.mine(activity_news.done, one)
    assert order == [4, 1, 2, 3]
    assert house.mine(activity_news.seen, [1])[1]["covered_at"] == NOW - HOUR


def test_newer_news_are_not_ended_with_older_ones(house: House) -> None:
    house.mine(activity_news.hint, 4, NOW - HOUR, NOW)
    one = noted(house)
    house.mine(activity_news.hint, 4, NOW, NOW)
    assert house.mine(activity_news.done, one) is False
    assert house.mine(activity_news.waiting)["waiting"] == 1


@pytest.mark.parametrize(("minutes", "left"), [(0, 0), (5, 0), (-5, 1)])
def test_an_event_explains_what_is_not_newer(house: House, minutes: int, left: int) -> None:
    house.mine(activity_news.hint, 7, NOW, NOW)
    file(house, event(1, at=(NOW + timedelta(minutes=minutes)).isoformat()))
    house.mine(activity_news.explained)
    assert house.mine(activity_news.waiting)["waiting"] == left


@pytest.mark.parametrize(("filed", "left"), [(1, 1), (2, 0)])
def test_mails_are_explained_by_as_many_events(house: House, filed: int, left: int) -> None:
    row = {"ac_id": 7, "evidence_at": None, "sends": 2, "sends_since": (NOW - HOUR).isoformat()}
    house.mine(activity_news.note, [row], NOW)
    file(house, event(8, kind="sent"), at=NOW - 2 * HOUR)
    file(house, *(event(number, kind="sent") for number in range(filed)))
    house.mine(activity_news.explained)
    assert house.mine(activity_news.waiting)["waiting"] == left


def test_news_of_strangers_and_old_suspicions_are_forgotten(linked: House) -> None:
    for number in (7, 8):
        linked.mine(activity_news.hint, number, NOW, NOW)
    assert linked.mine(activity_news.strangers) == 1
    linked.mine(activity_news.note, [{"ac_id": 9, "evidence_at": None, "sends": 1, "sends_since": None}], NOW)
    assert linked.mine(activity_news.stale, LATER) == 1
    assert linked.mine(activity_news.waiting)["waiting"] == 1


def test_linked_contacts_come_in_the_order_of_their_ids(linked: House) -> None:
    link = linked.link(BEN, BEN_AT, Entity.LEAD)
    linked.mine(links.learn, {link.id: 3})
    assert linked.mine(activity_news.linked_after, 0, 10) == [7]
    assert linked.mine(activity_news.linked) == 1


def test_names_are_known_for_a_while(house: House) -> None:
    key = (activity_names.CAMPAIGN, 5)
    house.mine(activity_names.put, {key: "News", (activity_names.MESSAGE, 5): "Subject"})
    house.mine(activity_names.put, {key: "Better news"})
    assert house.mine(activity_names.get, [key], NOW - timedelta(days=99_999)) == {key: "Better news"}
    assert house.mine(activity_names.get, [key], NOW + timedelta(days=99_999)) == {}
