"""The processes of a self-contained installation: started together, restarted when they die, stopped by one Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

STOP_WITHIN_S = 20.0
RESTART_AFTER_S = 1.0
GIVE_UP_AFTER = 5
"""A process that dies this often within a minute is not started again: something is wrong that a restart can't mend."""


@dataclass
class Child:
    """One process of the stack and when it was started lately."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)


class Stack:
    """Keeps children alive. They run in sessions of their own, so that they stop in our order, not all at once."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.environment = dict(environment)
        self._logs = logs
        self._children: list[Child] = []
        self._keepers: list[Callable[[], None]] = []
        self._stopping = threading.Event()
        # Nothing is started any more once stopping has begun.
        self._changing = threading.Lock()
        self.gave_up: list[str] = []

    def add(self, name: str, command: list[str], extra: Mapping[str, str] | None = None) -> None:
        """Starts a child; its output goes to `<logs>/<name>.log`. extra: variables for this child alone."""
        child = Child(name, command, self._logs / f"{name}.log", {**self.environment, **(extra or {})})
        self._children.append(child)
        self._start(child)

    def keep(self, keeper: Callable[[], None]) -> None:
        """Has the guard call this every second: it starts again what is no child of ours, such as a server."""
        self._keepers.append(keeper)

    def pids(self) -> dict[str, int]:
        """Process ids by name of the children that are alive."""
        return {c.name: c.process.pid for c in self._children if c.process and c.process.poll() is None}

    def guard(self) -> None:
        """Restarts children that die from now on, until `stop`."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._stopping.wait(RESTART_AFTER_S):
            with self._changing:
                if not self._stopping.is_set():
                    self._look_after()

    def stop(self) -> None:
        """Stops all children, the last started first, and waits; what does not stop in time is killed."""
        self._stopping.set()
        with self._changing:
            self._stop()

    def _look_after(self) -> None:
        for keeper in self._keepers:
            try:
                keeper()
            except Exception as error:
                # The guard goes on whatever happens; its next look is in a second.
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
        for child in self._children:
            if child.process and child.process.poll() is not None:
                self._restart(child, child.process.pid)

    def _stop(self) -> None:
        for child in reversed(self._children):
            if child.process:
                with contextlib.suppress(ProcessLookupError):
                    child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in reversed(self._children):
            if child.process:
                _wait(child.process, deadline)

    def _start(self, child: Child) -> None:
        child.starts.append(time.monotonic())
        with child.log.open("ab") as output:
            child.process = subprocess.Popen(
                child.command,
                env=child.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _restart(self, child: Child, pid: int) -> None:
        # Children of a process that was killed outlive it and would go on beside their successors.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        recent = [moment for moment in child.starts if time.monotonic() - moment < 60]
        if len(recent) >= GIVE_UP_AFTER:
            child.process = None
            self.gave_up.append(child.name)
            print(f"{child.name} keeps stopping; see {child.log}", file=sys.stderr)
            return
        child.starts = recent
        self._start(child)


def _wait(process: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def celery(*words: str) -> list[str]:
    """The command line of one Celery process of this installation."""
    return [sys.executable, "-m", "celery", "-A", "worker.app", *words]
