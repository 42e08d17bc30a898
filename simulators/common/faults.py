"""Faults on demand: which request is hurt, how, and how often."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = ("status", "status_after", "reset_before", "reset_after", "slow", "truncate", "custom")


@dataclass
class Fault:
    """One rule. `path` is a regular expression on path and query, `times` counts down, None is for ever.

    status: answer without applying; status_after: apply, then answer with this status instead; reset_before and
    reset_after: close the connection without an answer; slow: sleep `seconds` first; truncate: apply and send half
    of the body; custom: the simulator itself asks for `name`.
    """

    kind: str
    path: str = ".*"
    method: str = ".*"
    times: int | None = 1
    probability: float = 1.0
    status: int = 503
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; one of {', '.join(KINDS)}")

    def matches(self, method: str, path: str) -> bool:
        return bool(re.fullmatch(self.method, method) and re.search(self.path, path))


class Faults:
    """The rules in force. Thread-safe; the generator of chances is seeded, so a run can be repeated."""

    def __init__(self, seed: int = 0) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()
        self._seed = seed
        self._random = random.Random(seed)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._rules.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def reset(self) -> None:
        """No rules, and the same chances again."""
        with self._lock:
            self._rules.clear()
            self._random.seed(self._seed)

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def pick(self, method: str, path: str, name: str = "") -> Fault | None:
        """The first rule that strikes this request, counted down. `name` asks for a custom fault of that name."""
        with self._lock:
            for rule in self._rules:
                wanted = rule.name == name if rule.kind == "custom" else not name
                if wanted and rule.matches(method, path) and self._random.random() < rule.probability:
                    self._count_down(rule)
                    return rule
        return None

    def _count_down(self, rule: Fault) -> None:
        if rule.times is not None:
            rule.times -= 1
            if rule.times <= 0:
                self._rules.remove(rule)
