"""The supervisor of a self-contained installation: what dies is started again, what stops stays stopped."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.plant import until

from cli import stack as module
from cli.stack import Stack

PARENT = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stack]:
    monkeypatch.setattr(module, "RESTART_AFTER_S", 0.05)
    made = Stack(os.environ, tmp_path)
    yield made
    made.stop()


def sleeper(seconds: float) -> list[str]:
    return [sys.executable, "-c", f"import time; time.sleep({seconds})"]


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried doesn't."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_process_that_dies_is_started_again(stack: Stack) -> None:
    stack.add("sleeper", sleeper(60))
    stack.guard()
    first = stack.pids()["sleeper"]
    os.kill(first, signal.SIGKILL)
    assert until(lambda: stack.pids().get("sleeper", first) != first, 10)


def test_children_of_a_killed_process_do_not_go_on_beside_its_successor(stack: Stack, tmp_path: Path) -> None:
    stack.add("parent", [sys.executable, "-c", PARENT])
    log = tmp_path / "parent.log"
    assert until(lambda: log.read_text().strip(), 10)
    orphan = int(log.read_text())
    os.kill(stack.pids()["parent"], signal.SIGKILL)
    stack.guard()
    assert until(lambda: not alive(orphan), 10)


def test_a_process_that_keeps_dying_is_given_up(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.add("hopeless", sleeper(0))
    stack.guard()
    assert until(lambda: stack.gave_up == ["hopeless"], 20)
    assert "hopeless keeps stopping; see" in capsys.readouterr().err


def test_nothing_is_started_again_once_stopping_has_begun(stack: Stack) -> None:
    for number in range(3):
        stack.add(f"sleeper{number}", sleeper(60))
    stack.guard()
    pids = list(stack.pids().values())
    stack.stop()
    assert stack.pids() == {}
    assert not any(alive(pid) for pid in pids)
