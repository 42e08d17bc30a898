"""`ac365 sync`: what is refused, what is opened, and what waiting for it prints."""

from __future__ import annotations

from time import monotonic
from types import SimpleNamespace

import pytest
from support.cast import ADA, ADA_AT, BEN

from engine import configure
from store import cycles, pages, records, streams, wanted, watermarks
from sync.model import CycleKind, Direction, Entity, Lane

KEYS = ["entity", "direction", "read", "created", "updated", "unchanged", "skipped", "waiting", "failed"]


@pytest.fixture(autouse=True)
def _same_organisation(monkeypatch):
    monkeypatch.setattr(configure, "bind", lambda *_: "org")


@pytest.fixture
def started(place):
    """Contacts had their first sync."""
    place.mine(watermarks.move, Entity.CONTACT, Direction.OUTBOUND, kind="delta", link="x", select_hash="h")


def newest(place):
    return place.do(cycles.recent, 1)[0]


@pytest.mark.parametrize(
    "words",
    [
        ["--initial", "--from-now"],
        ["--record", ADA, "--dry-run"],
        ["--record", ADA, "--entity", "contact", "--entity", "lead"],
        ["--record", "ada"],
    ],
)
def test_what_contradicts_itself_is_wrong_usage(connected, place, words):
    assert connected("sync", *words).status == 2


def test_an_entity_that_is_switched_off_is_refused_with_the_cure(connected, place):
    ran = connected("sync", "--entity", "lead")
    assert ran.status == 1
    assert "lead is switched off" in ran.err
    assert "config import" in ran.err


def test_a_paused_entity_is_refused(connected, place):
    connected("pause", "--entity", "contact")
    ran = connected("sync", "--yes")
    assert ran.status == 1
    assert "ac365 resume" in ran.err


def test_the_first_sync_of_an_entity_is_an_initial_one(connected, place):
    assert connected("sync", "--yes").status == 0
    assert (newest(place)["kind"], newest(place)["lane"]) == ("initial", "backfill")


def test_later_syncs_bring_changes_only(connected, place, started):
    assert connected("sync").status == 0
    assert newest(place)["kind"] == "manual"
    assert place.do(cycles.streams, newest(place)["id"])[0]["full"] is False


def test_initial_reads_everything_again(connected, place, started):
    connected("sync", "--initial", "--yes")
    assert place.do(cycles.streams, newest(place)["id"])[0]["full"] is True


def test_from_now_opens_a_baseline(connected, place):
    connected("sync", "--from-now")
    assert newest(place)["kind"] == "baseline"


def test_from_now_would_lose_changes_of_a_started_entity_and_is_refused(connected, place, started):
    ran = connected("sync", "--from-now")
    assert ran.status == 1
    assert "--from-now would pass over its changes" in ran.err


def test_the_same_request_twice_is_one_cycle(connected, place):
    first, second = (connected("sync", "--yes", "--json").json["cycle"] for _ in range(2))
    assert first == second


def test_one_record_goes_ahead_of_everything_else(connected, place):
    assert connected("sync", "--entity", "contact", "--record", ADA.upper()).status == 0
    assert newest(place)["lane"] == "live"
    assert place.mine(wanted.peek, Entity.CONTACT, Lane.LIVE, 10) == [ADA]


def test_a_record_that_was_seen_before_needs_no_entity(connected, place):
    row = {"entity": "contact", "record_id": ADA, "state": "linked", "version": 1, "address": ADA_AT}
    place.mine(records.put, [row])
    assert connected("sync", "--record", ADA).status == 0
    assert connected("sync", "--record", BEN).status == 1


def test_a_sync_with_the_global_switch_off_says_that_it_is_the_only_one(connected, place):
    assert "The global switch is off" in connected("sync", "--yes").err


def finish(place, monkeypatch, state="complete", **counts):
    """As if a worker did the cycle at the moment when the command begins to wait."""

    def work(_services, _wakes):
        cycle_id = newest(place)["id"]
        stream_id = place.do(cycles.streams, cycle_id)[0]["id"]
        place.do(cycles.start, cycle_id)
        place.do(streams.begin, stream_id, "h")
        place.do(pages.file, stream_id, 0, [{}] * sum(counts.values()), None)
        place.do(streams.count, stream_id, counts)
        place.do(streams.fetched, stream_id)
        place.do(cycles.finish, cycle_id, state)

    monkeypatch.setattr("cli.sync.send", work)


def test_waiting_for_json_prints_exactly_the_promised_object(connected, place, monkeypatch):
    finish(place, monkeypatch, created=2, skipped=1)
    found = connected("sync", "--yes", "--wait", "--json").json
    assert list(found) == ["cycle", "state", "started", "finished", "streams"]
    assert list(found["streams"][0]) == KEYS
    assert found["streams"][0]["direction"] == "outbound"
    assert (found["state"], found["streams"][0]["created"]) == ("complete", 2)


def test_read_is_always_the_sum_of_the_outcomes(connected, place, monkeypatch):
    finish(place, monkeypatch, "failed", created=2, failed=1)
    stream = connected("sync", "--yes", "--wait", "--json").json["streams"][0]
    assert stream["read"] == sum(stream[key] for key in KEYS[3:])


@pytest.mark.parametrize(("state", "status"), [("complete", 0), ("partial", 3), ("failed", 1)])
def test_the_exit_status_tells_how_the_cycle_ended(connected, place, monkeypatch, state, status):
    finish(place, monkeypatch, state, created=1)
    assert connected("sync", "--yes", "--wait", "--json").status == status


@pytest.fixture
def stopped(place, monkeypatch):
    """The cycle stops and asks at the moment when the command begins to wait."""

    def work(_services, _wakes):
        place.do(cycles.start, newest(place)["id"])
        place.do(cycles.ask, newest(place)["id"], "it would create 900")

    monkeypatch.setattr("cli.sync.send", work)


def test_a_cycle_that_stops_says_what_it_asks_and_how_to_answer(connected, place, stopped):
    ran = connected("sync", "--yes", "--wait")
    number = newest(place)["id"]
    assert ran.status == 3
    assert "it would create 900" in ran.out
    assert all(f"ac365 cycles {answer} {number}" in ran.out for answer in ("approve", "reject"))


def test_a_script_sees_the_state_and_reads_the_question_beside_the_object(connected, place, stopped):
    ran = connected("sync", "--yes", "--wait", "--json")
    assert (ran.status, ran.json["state"]) == (3, "stopped")
    assert "it would create 900" in ran.err
    assert f"ac365 cycles approve {newest(place)['id']}" in ran.err


def test_a_cycle_that_was_rejected_meanwhile_could_not_run(connected, place, monkeypatch):
    finish(place, monkeypatch, "stopped", skipped=1)
    assert connected("sync", "--yes", "--wait", "--json").status == 1


def test_waiting_ends_with_a_table_that_adds_up(connected, place, monkeypatch):
    finish(place, monkeypatch, "partial", created=2, failed=1)
    ran = connected("sync", "--yes", "--wait", "--json")
    shown = connected("cycles", "show", str(ran.json["cycle"]))
    assert "3 read = 2 created + 0 updated + 0 unchanged + 0 skipped + 0 waiting + 1 failed" in shown.out


def test_interrupted_waiting_leaves_the_cycle_running(connected, place, monkeypatch):
    def interrupt(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.watch.until_ended", interrupt)
    ran = connected("sync", "--yes", "--wait", "--json")
    assert ran.status == 1
    assert f"ac365 cycles show {newest(place)['id']}" in ran.err
    assert newest(place)["state"] == "queued"


@pytest.fixture
def follow(place, monkeypatch):
    """Ends what follows a cycle, each at the moment when the command looks at it in vain."""

    def follow(*states, requested_by="goes back to ActiveCampaign"):
        left = list(states)

        def work(_services, _wakes):
            finish_one(place, newest(place)["id"], "complete")
            open_next()

        def open_next():
            stream = {"entity": Entity.CONTACT, "direction": Direction.OUTBOUND}
            where = (CycleKind.RETRY, Lane.SYNC, 1, [stream])
            place.mine(cycles.open, *where, requested_by=requested_by)

        def sleep(_seconds):
            finish_one(place, newest(place)["id"], left.pop(0))
            if left:
                open_next()

        monkeypatch.setattr("cli.sync.send", work)
        monkeypatch.setattr("cli.watch.time", SimpleNamespace(sleep=sleep, monotonic=monotonic))

    return follow


def finish_one(place, cycle_id, state):
    place.do(cycles.start, cycle_id)
    place.do(cycles.finish, cycle_id, state)


def test_waiting_ends_when_all_that_follows_is_through(connected, place, follow):
    follow("complete", "complete")
    assert connected("sync", "--yes", "--wait").status == 0
    assert [row["state"] for row in place.do(cycles.recent, 5)] == ["complete"] * 3


def test_the_object_for_scripts_is_that_of_the_cycle_asked_for(connected, place, follow):
    follow("complete")
    found = connected("sync", "--yes", "--wait", "--json").json
    assert (found["cycle"], found["state"]) == (place.do(cycles.recent, 2)[1]["id"], "complete")


@pytest.mark.parametrize("state", ["partial", "failed"])
def test_what_follows_and_does_not_come_to_its_end_is_told(connected, place, follow, state):
    follow(state, "complete")
    ran = connected("sync", "--yes", "--wait", "--json")
    number = place.do(cycles.recent, 2)[1]["id"]
    assert ran.status == 3
    assert f"Cycle {number}, which followed (goes back to ActiveCampaign), is {state}" in ran.err


def test_a_failure_that_is_due_meanwhile_is_waited_for_and_not_blamed(connected, place, follow):
    follow("partial", requested_by="retry")
    assert connected("sync", "--yes", "--wait").status == 0
    assert newest(place)["state"] == "partial"


def test_cycles_are_listed_newest_first(connected, place):
    connected("sync", "--from-now")
    connected("sync", "--yes")
    kinds = [one["kind"] for one in connected("cycles", "5", "--json").json]
    assert kinds == ["initial", "baseline"]
    assert len(connected("cycles", "1", "--json").json) == 1


def test_an_unknown_cycle_is_answered_with_where_to_look(connected, place):
    ran = connected("cycles", "show", "4711")
    assert ran.status == 1
    assert "ac365 cycles" in ran.err
