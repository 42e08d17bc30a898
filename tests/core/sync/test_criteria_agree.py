"""The test on a row and the $filter are of one opinion, whatever the criteria, the row and the zone.

The second opinion is a small reader of $filter with SQL's three-valued logic, which shares no code with the criteria.
"""

from __future__ import annotations

import json
import operator as compare
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.criteria import compile_criteria
from sync.operators import ALLOWED, KIND_OF, Kind, Takes, takes

NOW = datetime(2026, 1, 5, 12, 0, 0, 500_000, tzinfo=UTC)
GUIDS = [f"5f1b2c3d-0000-4000-8000-00000000000{n}" for n in "12a"]
DAYS = st.dates(date(2025, 12, 26), date(2026, 1, 14)).map(date.isoformat)
TIMES = st.datetimes(datetime(2025, 12, 28), datetime(2026, 1, 13)).map(lambda t: t.isoformat()[:17] + "00Z")
OPTIONS = st.lists(st.sampled_from([1, 9, 19]), min_size=1, unique=True)

# What a column holds and what a condition compares it with: by name where a column is special, else by kind.
HELD = {
    Kind.TEXT: st.text("aAbÉé%_[]'\"\\ ", min_size=1, max_size=3),
    Kind.NUMBER: st.integers(-3, 3),
    Kind.CHOICE: st.sampled_from([6, 8, 10]),
    Kind.CHOICES: OPTIONS.map(lambda numbers: ",".join(map(str, numbers))),
    Kind.FLAG: st.booleans(),
    Kind.LOOKUP: st.sampled_from(GUIDS),
    Kind.OWNER: st.sampled_from(GUIDS),
    "creditlimit": st.sampled_from([0.0, 0.1, 1000.0, 12.3456]),
    "statecode": st.sampled_from([0, 1]),
    "birthdate": DAYS,
    "createdon": TIMES,
    "lastonholdtime": TIMES,
}
BY_KIND = (
    "lastname",
    "leadsourcecode",
    "ac_interests",
    "numberofchildren",
    "donotemail",
    "parentcustomerid",
    "ownerid",
)
WRITTEN = {**HELD, Kind.CHOICES: st.sampled_from([1, 9, 19]), "createdon": DAYS | TIMES}


class Filter:
    """Recursive descent over `or`, `and`, `not`, parentheses, functions and comparisons; None is SQL's unknown."""

    WORD = re.compile(r"""\s*('(?:[^']|'')*'|\[(?:"(?:[^"\\]|\\.)*",?)+\]|[(),=]|[^\s(),='\[]+)\s*""")

    def __init__(self, text: str, row: dict[str, Any]) -> None:
        self.row, self.words, at = row, [], 0
        while at < len(text):
            found = self.WORD.match(text, at)
            assert found, f"unreadable: {text[at:]}"
            self.words.append(found[1])
            at = found.end()

    def result(self) -> bool:
        found = self.either()
        assert not self.words, f"left over: {self.words}"
        return found is True

    def take(self, expected: str | None = None) -> str:
        word = self.words.pop(0)
        assert expected in (None, word), f"expected {expected}, found {word}"
        return word

    def chain(self, word: str, part: Any) -> list[bool | None]:
        found = [part()]
        while self.words[:1] == [word]:
            self.take(word)
            found.append(part())
        return found

    def either(self) -> bool | None:
        found = self.chain("or", self.both)
        return True if True in found else None if None in found else False

    def both(self) -> bool | None:
        found = self.chain("and", self.unary)
        return False if False in found else None if None in found else True

    def unary(self) -> bool | None:
        word = self.take()
        if word == "not":
            found = self.unary()
            return None if found is None else not found
        if word == "(":
            found = self.either()
            self.take(")")
            return found
        return self.call(word) if self.words[0] == "(" else self.comparison(word)

    def call(self, name: str) -> bool | None:
        self.take("(")
        if not name.startswith("Microsoft.Dynamics.CRM."):
            column, _, pattern, _ = (self.take() for _ in range(4))
            return self.like(name, self.row[column], pattern[1:-1].replace("''", "'"))
        words = [self.take() for _ in range(8)]
        assert (*words[:2], *words[3:6], words[7]) == ("PropertyName", "=", ",", "PropertyValues", "=", ")")
        return self.query(name, self.row[words[2].strip("'")], json.loads(words[6]))

    @staticmethod
    def query(name: str, raw: Any, values: list[str]) -> bool | None:
        if raw is None:
            return None
        if name.endswith("In"):
            listed = str(raw).lower() in [value.lower() for value in values]
            return listed if name.endswith(".In") else not listed
        contained = not set(raw.split(",")).isdisjoint(values)
        return contained if name.endswith(".ContainValues") else not contained

    @staticmethod
    def like(name: str, raw: str | None, pattern: str) -> bool | None:
        if raw is None:
            return None
        signs = re.findall(r"\[.\]|.", pattern)
        assert "[" not in signs, f"a bracket opens a set of signs: {pattern}"
        # A sign in brackets stands for itself, as does any other that isn't a wildcard.
        body = "".join({"%": ".*", "_": "."}.get(sign) or re.escape(sign[len(sign) // 2]) for sign in signs)
        whole = {"contains": f".*{body}.*", "startswith": f"{body}.*", "endswith": f".*{body}"}[name]
        return re.fullmatch(whole, raw, re.IGNORECASE | re.DOTALL) is not None

    def comparison(self, column: str) -> bool | None:
        relation, literal, raw = self.take(), self.take(), self.row[column]
        if literal == "null":
            return (raw is None) is (relation == "eq")
        return None if raw is None else getattr(compare, relation)(*self.typed(raw, literal))

    @staticmethod
    def typed(raw: Any, literal: str) -> tuple[Any, Any]:
        if isinstance(raw, bool):
            return raw, {"true": True, "false": False}[literal]
        if isinstance(raw, str):
            # Dates and times of one spelling are ordered as their texts are.
            text = literal[1:-1].replace("''", "'") if literal.startswith("'") else literal
            return raw.lower(), text.lower()
        return Decimal(str(raw)), Decimal(literal)


def values_of(column, table):
    return table[column.name] if column.name in table else table[KIND_OF[column.type]]


@st.composite
def conditions(draw, columns):
    """Any operator on any column with any value that fits."""
    column = draw(st.sampled_from(columns))
    operator = draw(st.sampled_from(ALLOWED[KIND_OF[column.type]]))
    one = DAYS if operator == "on" else values_of(column, WRITTEN)
    # A pair is either two days or two times.
    pairs = st.one_of(*(st.lists(kind, min_size=2, max_size=2) for kind in (DAYS, TIMES)))
    value = {
        Takes.NOTHING: st.none(),
        Takes.ONE: one,
        Takes.SEVERAL: st.lists(one, min_size=1, max_size=3),
        Takes.PAIR: (pairs if column.name == "createdon" else st.lists(one, min_size=2, max_size=2)).map(sorted),
        Takes.DAYS: st.integers(1, 9),
    }[takes(operator)]
    return {"field": column.name, "operator": operator, "value": draw(value)}


def trees(columns):
    def groups(inner):
        return st.builds(
            lambda word, nodes: {word: nodes}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
        )

    return st.recursive(conditions(columns), groups, max_leaves=5)


def rows(columns):
    keys = {name: f"_{name}_value" for name in ("ownerid", "parentcustomerid")}
    held = {keys.get(column.name, column.name): st.none() | values_of(column, HELD) for column in columns}
    return st.fixed_dictionaries(held)


@pytest.mark.parametrize("name", [column for column in HELD if not isinstance(column, Kind)] + [*BY_KIND])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_row_passes_a_condition_exactly_when_the_filter_lets_it_through(data, columns, name):
    column = columns[name]
    criteria = compile_criteria(data.draw(conditions([column])), columns)
    row = {criteria.columns[0]: data.draw(st.none() | values_of(column, HELD))}
    assert criteria.matches(row, NOW).ok is Filter(criteria.to_filter(NOW), row).result()


@settings(max_examples=150, deadline=None)
@given(data=st.data(), zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Tongatapu", "America/St_Johns"]))
def test_row_passes_a_tree_exactly_when_the_filter_lets_it_through(data, columns, zone):
    usable = [column for column in columns.values() if column.type in KIND_OF]
    tree, row = data.draw(trees(usable)), data.draw(rows(usable))
    criteria = compile_criteria(tree, columns, zone=zone)
    assert criteria.matches(row, NOW).ok is Filter(criteria.to_filter(NOW), row).result()


@settings(max_examples=100, deadline=None)
@given(data=st.data(), offset=st.integers(-2, 2))
def test_they_agree_to_the_second_on_the_edges_of_relative_days(data, columns, offset):
    operator, days = data.draw(st.sampled_from(["in_last_days", "in_next_days"])), data.draw(st.integers(1, 3))
    criteria = compile_criteria({"field": "createdon", "operator": operator, "value": days}, columns)
    text = criteria.to_filter(NOW)
    edge = datetime.fromisoformat(data.draw(st.sampled_from(re.findall(r"20[\d:TZ-]+", text))))
    row = {"createdon": (edge + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert criteria.matches(row, NOW).ok is Filter(text, row).result()
