"""Activities come through whatever happens on the way: each once, and none is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.marketing import READ, WRITE, Marketing

from engine.activities import feed, hold, lines, reading
from mapping import activity_rows
from simulators.common.faults import Fault
from store import activities, activity_lines, pauses
from store.db import Tx

PEOPLE = [f"person{number}@example.com" for number in range(1, 121)]


class Killed(BaseException):
    """What `kill -9` is to a worker: nothing of its own runs any more."""


@pytest.fixture
def crowded(marketing: Marketing) -> Marketing:
    """A hundred and twenty more contacts are linked."""
    marketing.story.configure(guards={"creates": 1})
    marketing.story.crowd(120)
    marketing.story.sync()
    return marketing


def dying(patch: pytest.MonkeyPatch, at: int, *, before: bool) -> Callable[[], int]:
    """The worker dies at the end of its `at`-th step, before or after what it did is committed. Answers with a counter
    of steps."""
    keep, steps = hold.Hold.keep, [0]

    def kept(self: hold.Hold, tx: Tx, state: Any) -> None:
        keep(self, tx, state)
        steps[0] += 1
        if steps[0] == at:
            if not before:
                tx.commit()
            raise Killed

    patch.setattr(hold.Hold, "keep", kept)
    return lambda: steps[0]


@pytest.mark.parametrize("lazy", [False, True])
def test_a_worker_may_die_at_every_step(marketing: Marketing, monkeypatch: pytest.MonkeyPatch, lazy: bool) -> None:
    marketing.story.ac.switches["activities_need_contact_read"] = lazy
    for kind in ("sent", "open", "click", "soft_bounce"):
        marketing.happen(kind, ADA_AT, BEN_AT)
    marketing.pass_(minutes=20)
    deaths = 0
    for at in range(1, 40):
        for before in (True, False):
            with monkeypatch.context() as patch:
                steps = dying(patch, 1 + at % 3, before=before)
                for line in (READ, WRITE):
                    marketing.due(line)
                    try:
                        lines.run(marketing.context, line)
                    except Killed:
                        deaths += 1
                assert steps()
        if marketing.states() == {"written": 8}:
            break
    assert deaths
    marketing.pass_(minutes=20)
    marketing.turn()
    assert marketing.states() == {"written": 8}
    wanted = ["sent", "opened", "clicked", "bounced"]
    assert (marketing.kinds(ADA), marketing.kinds(BEN)) == (wanted, wanted)


def test_what_dynamics_wrote_before_the_worker_died_is_met_again(marketing: Marketing) -> None:
    marketing.happen("open", ADA_AT)
    marketing.read()
    marketing.story.crm.faults.add(Fault("reset_after", path="ac365_activities", times=1))
    marketing.write()
    assert marketing.states() == {"ready": 1}
    assert marketing.line(WRITE)["error"]["class"] == "again"
    marketing.write()
    assert (marketing.states(), marketing.kinds()) == ({"written": 1}, ["opened"])


def test_a_page_that_failed_is_read_again_and_the_other_line_goes_on(crowded: Marketing) -> None:
    crowded.happen("open", *PEOPLE)
    crowded.story.ac.faults.add(Fault("status", path="activities", times=1, status=500))
    crowded.turn()
    assert crowded.line(READ)["error"]["class"] == "again"
    crowded.turn()
    assert crowded.line(READ)["error"] is None
    assert crowded.states() == {"written": 120}


def test_rows_that_shift_while_pages_are_read_are_not_missed(crowded: Marketing) -> None:
    story = crowded.story
    for kind in ("open", "click"):
        crowded.happen(kind, *PEOPLE)
        crowded.pass_(minutes=1)
    page, calls = story.context.activecampaign.feed_page, []

    def shifting(*args: Any, **how: Any) -> Any:
        found = page(*args, **how)
        calls.append(how)
        if len(calls) == 1:
            # Between the first and the second page the newest go with their contacts, and others come.
            story.edit_there(*PEOPLE[-20:], delete=True)
            crowded.happen("reply", *PEOPLE[:3])
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(story.context.activecampaign), "feed_page", lambda _self, *a, **how: shifting(*a, **how))
        crowded.read()
    assert len(calls) > 2
    crowded.pass_(minutes=5)
    crowded.turn()
    shown = crowded.kinds()
    assert (shown.count("opened"), shown.count("clicked"), shown.count("replied")) >= (100, 100, 3)


def test_the_same_window_twice_files_nothing_twice(crowded: Marketing) -> None:
    crowded.happen("open", *PEOPLE)
    for _ in range(3):
        crowded.pass_(minutes=5)
        crowded.turn()
    assert crowded.states() == {"written": 120}
    assert len(crowded.kinds()) == 120


def test_news_of_many_cost_one_call_per_hundred_events(crowded: Marketing) -> None:
    crowded.turn()
    for kind in ("sent", "open"):
        crowded.happen(kind, *PEOPLE)
    crowded.pass_(minutes=15)
    routes = crowded.calls(crowded.turn)
    assert (routes["activities"], routes["contacts"]) == (3, 2)
    assert set(routes) <= {"activities", "contacts", "campaigns/<number>", "campaigns/<number>/campaignMessages"}
    assert crowded.states() == {"written": 240}


def test_a_bad_row_is_found_and_the_others_are_written(marketing: Marketing, monkeypatch: pytest.MonkeyPatch) -> None:
    marketing.happen("open", ADA_AT, BEN_AT)
    marketing.read()
    with marketing.story.transaction() as tx:
        longer = (
            "UPDATE activities SET told = told || jsonb_build_object('source_id', repeat('7', 30)) WHERE ac_id = %s"
        )
        tx.execute(longer, [marketing.number(ADA_AT)])
    with monkeypatch.context() as patch:
        patch.setitem(activity_rows.LENGTHS, "ac365_sourceid", 400)
        marketing.write()
    assert (marketing.states(), marketing.kinds()) == ({"written": 1, "refused": 1}, ["opened"])
    reason = marketing.story._mine(activities.refusals, 10)[0]["reason"]
    assert "ac365_sourceid" in reason
    marketing.story._mine(activities.retry)
    marketing.write()
    assert marketing.states() == {"written": 2}


def test_where_bulk_is_missing_rows_go_one_by_one(marketing: Marketing) -> None:
    marketing.story.crm.catalog.tables["ac365_activity"].bulk = False
    marketing.happen("open", ADA_AT, BEN_AT)
    marketing.turn()
    assert marketing.states() == {"written": 2}


def test_two_workers_never_hold_one_line(marketing: Marketing) -> None:
    marketing.due(READ)
    now = marketing.context.now()
    claims = [marketing.story._mine(activity_lines.claim, READ, token, now, now + hold.LEASE) for token in "ab"]
    assert [claim is None for claim in claims] == [False, True]


def test_whoever_lost_the_line_changes_nothing(marketing: Marketing, monkeypatch: pytest.MonkeyPatch) -> None:
    marketing.happen("open", ADA_AT)
    step = feed.step

    def late(mine: hold.Hold, state: Any) -> Any:
        with marketing.story.transaction() as tx:
            tx.execute("UPDATE activity_lines SET claimed_by = 'another' WHERE line = 'read'")
        return step(mine, state)

    monkeypatch.setattr(reading, "STEPS", {**reading.STEPS, "feed": late})
    marketing.read()
    assert marketing.states() == {}
    assert marketing.line(READ)["claimed_by"] == "another"


def test_while_everything_is_paused_nothing_travels(marketing: Marketing) -> None:
    marketing.story._mine(pauses.pause, None, None, "test")
    marketing.happen("open", ADA_AT)
    assert "activities" not in marketing.calls(marketing.turn)
    marketing.story._mine(pauses.resume, None, None, "test")
    marketing.turn()
    assert marketing.kinds() == ["opened"]
