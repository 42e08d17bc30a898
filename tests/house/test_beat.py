"""Every entry of the beat schedule starts a task that exists, on a queue that is served."""

from __future__ import annotations

import pytest

import beat_schedule
from sync.model import Lane
from worker.app import app

ENTRIES = beat_schedule.BEAT_SCHEDULE


@pytest.fixture(scope="module")
def registered() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


@pytest.mark.parametrize("entry", ENTRIES)
def test_entry_names_a_registered_task(registered, entry):
    assert ENTRIES[entry]["task"] in registered


@pytest.mark.parametrize("entry", ENTRIES)
def test_entry_names_a_queue_that_workers_serve(entry):
    assert ENTRIES[entry]["options"]["queue"] in {lane.value for lane in Lane}


@pytest.mark.parametrize("entry", ENTRIES)
def test_unserved_entry_is_gone_before_the_next_one(entry):
    """Otherwise an outage of the workers leaves a heap of ticks behind."""
    assert 0 < ENTRIES[entry]["options"]["expires"] < ENTRIES[entry]["schedule"]


def test_application_runs_this_schedule():
    assert app.conf.beat_schedule == ENTRIES


def test_every_task_has_a_name_that_survives_a_moved_file(registered):
    assert registered
    assert {name.split(".")[0] for name in registered} == {"ac365"}
