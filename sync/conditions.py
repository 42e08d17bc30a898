"""A tree of conditions: each node judges a raw row in plain words, and writes itself as $filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sync import odata
from sync.rules import Row, Rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a record is in scope, and the condition that decided, in plain words."""

    ok: bool
    reason: str


class Node(Protocol):
    """A condition or a group of them."""

    @property
    def text(self) -> str:
        """It in plain words."""

    def judge(self, row: Row, now: datetime) -> Verdict:
        """Whether a raw row satisfies it."""

    def filter(self, now: datetime) -> str:
        """It as $filter."""


class Condition:
    """One line of criteria: column, operator, value."""

    def __init__(self, key: str, text: str, rule: Rule) -> None:
        self.key = key
        self.text = text
        self.rule = rule
        # Verdicts are made once, since there is one per record and condition.
        self.verdicts = (Verdict(False, f"not met: {text}"), Verdict(True, text))

    def judge(self, row: Row, now: datetime) -> Verdict:
        """See Node."""
        return self.verdicts[self.rule.test(row.get(self.key), now)]

    def filter(self, now: datetime) -> str:
        """See Node."""
        return self.rule.filter(now)


class Every:
    """All of these hold; the first that doesn't is the reason."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.text = _listed(nodes, " and ")
        self.met = Verdict(True, self.text)

    def judge(self, row: Row, now: datetime) -> Verdict:
        """See Node."""
        for node in self.nodes:
            verdict = node.judge(row, now)
            if not verdict.ok:
                return verdict
        return self.met

    def filter(self, now: datetime) -> str:
        """See Node."""
        return odata.every([node.filter(now) for node in self.nodes])


class Some:
    """At least one of these holds; the first that does is the reason."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.text = _listed(nodes, " or ")
        self.unmet = Verdict(False, f"not met: {self.text}")

    def judge(self, row: Row, now: datetime) -> Verdict:
        """See Node."""
        for node in self.nodes:
            verdict = node.judge(row, now)
            if verdict.ok:
                return verdict
        return self.unmet

    def filter(self, now: datetime) -> str:
        """See Node."""
        return odata.some([node.filter(now) for node in self.nodes])


def _listed(nodes: Sequence[Node], word: str) -> str:
    if len(nodes) == 1:
        return nodes[0].text
    return word.join(f"({node.text})" if isinstance(node, Every | Some) else node.text for node in nodes)
