"""How things read: spans of time, numbers, errors, findings, bars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from cli import check, output
from cli.errors import CannotRun, explained
from cli.watch import Bars, Lines
from clients.probe import Finding
from engine.report import COUNTERS, CycleReport, StreamReport
from store.errors import Unreachable
from sync.errors import MissingPermission
from sync.model import Entity

NOW = datetime(2030, 5, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (86_400 * 3, "3 d")],
)
def test_a_span_of_time_is_told_in_its_largest_unit(seconds, told):
    assert output.duration(seconds) == told


def test_moments_are_told_relative_to_now():
    assert output.when(NOW - timedelta(minutes=3), NOW) == "3 min ago"
    assert output.when(NOW + timedelta(hours=2), NOW) == "in 2 h"
    assert output.when(None, NOW) == "never"


def test_json_has_times_in_utc_with_seconds(capsys):
    output.print_json({"at": NOW})
    assert '"at": "2030-05-17T12:00:00Z"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CannotRun("it is so", "Do this."), "it is so. Do this."),
        (MissingPermission("no", privilege="prvReadLead", advice="Grant it"), "no. Grant it."),
        (LookupError("there is no cycle 7"), "there is no cycle 7."),
        (Unreachable("line one\n  line two"), "line one line two. Check that PostgreSQL"),
    ],
)
def test_an_error_is_one_line_that_ends_with_what_to_do(error, line):
    assert explained(error).startswith(line)
    assert "\n" not in explained(error)


def test_a_missing_key_in_our_own_code_is_not_taken_for_an_answer():
    with pytest.raises(KeyError) as caught:
        {}["Annual Revenue"]
    assert "a fault in ac365 itself (KeyError" in explained(caught.value)


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (Finding("redis", True, "Redis 7.2", "Use another."), "ok    redis: Redis 7.2"),
        (Finding("redis", False, "does not answer", "Start it."), "WRONG redis: does not answer. Start it."),
        (Finding("webhooks", False, "not in this plan", required=False), "note  webhooks: not in this plan"),
    ],
)
def test_a_finding_is_one_line(finding, line):
    assert check.line(finding) == line


def report(state="running", stream="delivering", read=10, **counts):
    one = StreamReport(Entity.CONTACT, "outbound", stream, read, {name: counts.get(name, 0) for name in COUNTERS})
    return CycleReport(1, "manual", state, "ada", NOW, NOW, None, "", [one])


def test_bars_show_how_many_records_are_through():
    screen = Console(file=StringIO(), width=100, force_terminal=True)
    with Progress(TextColumn("{task.completed}/{task.total} {task.fields[told]}"), console=screen) as progress:
        Bars(progress).show(report(created=4, waiting=6))
        task = progress.tasks[0]
    assert (task.completed, task.total) == (4, 10)
    assert task.fields["told"] == "4 created, 6 waiting"


def test_a_stream_that_is_still_read_has_no_known_end():
    with Progress(console=Console(file=StringIO())) as progress:
        Bars(progress).show(report(stream="fetching", waiting=10))
        assert progress.tasks[0].total is None


def test_without_a_terminal_every_move_is_a_line_but_not_too_often(capsys):
    lines = Lines()
    lines.show(report(created=1, waiting=9))
    lines.show(report(created=2, waiting=8))
    lines.show(report("complete", "done", created=10))
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "contacts 10 of 10 (10 created)" in told[-1]
