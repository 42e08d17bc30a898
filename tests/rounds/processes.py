"""The processes of one installation, kept alive by the product's own supervisor, and ways to end them badly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
from support.ports import free_ports

from cli.stack import Stack
from rounds.clock import Clock

ROOT = Path(__file__).parents[2]
WORKER, LIVE, BEAT, CONSOLE = "worker", "live", "beat", "console"
WITHOUT = ("--without-mingle", "--without-gossip")


class Processes:
    """A worker of two children, one for what is urgent, beat, and the console."""

    def __init__(self, folder: Path, clock: Clock, environment: Mapping[str, str]) -> None:
        paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        self.port = free_ports(1)[0]
        settings = {"PYTHONPATH": paths, "AC365_LOG_LEVEL": "WARNING", "AC365_CONSOLE_PORT": str(self.port)}
        self.stack = Stack({**environment, **settings}, folder / "log")
        self._folder, self._clock = folder, clock

    def start(self) -> None:
        """Starts all of them; the supervisor starts those again that die."""
        self._add(WORKER, "worker", "-Q", "sync,backfill", "-n", "worker@%h", "-c", "2", *WITHOUT)
        self._add(LIVE, "worker", "-Q", "live", "-n", "live@%h", "-c", "1", *WITHOUT)
        self._add(BEAT, *self._beat("schedule"))
        self.stack.add(CONSOLE, [sys.executable, "-m", "console"])
        self.stack.guard()

    def _add(self, name: str, *words: str) -> None:
        clocks = os.pathsep.join(map(str, self._clock.files(name)))
        self.stack.add(name, celery(*words), {"TEST_CLOCKS": clocks})

    def _beat(self, schedule: str) -> tuple[str, ...]:
        return ("beat", "-s", str(self._folder / schedule), "--pidfile=")

    def kill(self, name: str) -> bool:
        """Kills a process and its children at once; whether it was there."""
        pid = self.stack.pids().get(name)
        if pid is None:
            return False
        os.killpg(pid, signal.SIGKILL)
        return True

    def kill_child(self, name: str) -> bool:
        """Kills a child that carries out tasks, and leaves its parent alone; whether there was one."""
        pid = self.stack.pids().get(name)
        children = psutil.Process(pid).children() if pid else []
        if children:
            children[0].kill()
        return bool(children)

    def second_beat(self) -> subprocess.Popen[bytes]:
        """One more beat, which nobody starts again; whoever asked for it kills it."""
        with (self._folder / "log" / "second-beat.log").open("ab") as output:
            return subprocess.Popen(
                celery(*self._beat("schedule2")),
                env=self.stack.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def stop(self) -> None:
        self.stack.stop()


def celery(*words: str) -> list[str]:
    """A process of Celery with the product's own application and short waits."""
    return [sys.executable, "-m", "celery", "-A", "support.quick_app", *words]
