"""Every promise and every rule says how it is kept, which tests prove it, and what is at risk; and all of it exists."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from support import pages

from sync.alerts import every

PAGE = "docs/guarantees.md"
TITLES = [match[2] for match in pages.HEADING.finditer(pages.text(PAGE)) if re.match(r"G\d+ ", match[2])]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
CODE = re.compile(r"`((?:engine|store|clients|sync|config|mapping|webhooks)/[\w/]+\.\w+)`")
MISSING = re.compile(r"\*[Nn]ot yet\*: \w+ \w+")
RULES = list(pages.rows(pages.section(PAGE, "Rules and their tests")))
IDS = [f"Q{number}" for number in range(1, 29)] + [f"G{number}" for number in range(1, 12)]


def test_all_eleven_promises_are_there():
    assert [title.split()[0] for title in TITLES] == IDS[28:]
    assert [row[0] for row in pages.rows(pages.text(PAGE).partition("## G1 ")[0])] == [
        f"[{title.split()[0]}](#{title.lower().replace(' ', '-')})" for title in TITLES
    ]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("heading", ["Promised.", "Kept by.", "Proved by.", "At risk.", "Alert."])
def test_promise_says_how_it_is_kept_and_what_is_at_risk(title, heading):
    assert len(said(title, heading)) > 50


@pytest.mark.parametrize("title", TITLES)
def test_promise_names_tests_that_exist(title):
    proofs = said(title, "Proved by.")
    assert PROOF.search(proofs)
    assert unproven(proofs) == []


@pytest.mark.parametrize("title", TITLES)
def test_promise_names_the_code_that_keeps_it(title):
    files = CODE.findall(said(title, "Kept by."))
    assert files
    assert [file for file in files if not (pages.ROOT / file).is_file()] == []


@pytest.mark.parametrize("title", TITLES)
def test_promise_names_the_alerts_that_guard_it(title):
    known = [rule.name for rule in every.RULES if title.split()[0] in rule.guards]
    assert known
    assert pages.SPAN.findall(said(title, "Alert.")) == known


def test_every_rule_is_in_the_table_once():
    assert [row[0] for row in RULES] == IDS


@pytest.mark.parametrize("row", RULES, ids=lambda row: row[0])
def test_rule_is_proven_or_says_what_is_missing(row):
    assert complaint(row) == ""


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["Q1"], "not three cells"),
        (["Q1", "", "*not yet*: the whole of it"], "nothing is decided"),
        (["Q1", "something", ""], "neither proven nor said to be missing"),
        (["Q1", "something", "*not yet*"], "neither proven nor said to be missing"),
        (["Q1", "something", "`tests/house/test_guarantees.py::test_gone`"], "tests that don't exist"),
        (["Q1", "something", "`tests/house/test_gone.py::test_gone`"], "tests that don't exist"),
        (["Q1", "something", "`tests/house/test_guarantees.py::unproven`"], "tests that don't exist"),
        (["Q1", "something", "`tests/house/test_guarantees.py`, *not yet*: the whole of it"], "tests that don't exist"),
        (["Q1", "something", "*not yet*: the whole of it"], ""),
    ],
)
def test_rule_that_says_nothing_is_noticed(row, told):
    assert complaint(row) == told


def said(title: str, heading: str) -> str:
    """What a promise says under one of its bold words."""
    return pages.section(PAGE, title).partition(f"**{heading}**")[2].partition("\n**")[0]


def complaint(row: list[str]) -> str:
    """What is wrong with a row of the rules, "" for nothing."""
    if len(row) != 3:
        return "not three cells"
    _, decided, proofs = row
    if not decided:
        return "nothing is decided"
    if unproven(proofs):
        return "tests that don't exist"
    return "" if PROOF.search(proofs) or MISSING.search(proofs) else "neither proven nor said to be missing"


def unproven(text: str) -> list[str]:
    """What looks like a test and is none that exists."""
    named = [span for span in pages.SPAN.findall(text) if span.startswith("tests/")]
    found = {f"{file}::{name}" for file, name in PROOF.findall(text) if name in names_in(file)}
    return [span for span in named if span not in found]


@cache
def names_in(file: str) -> frozenset[str]:
    """The functions and methods of a file of tests, none where there is no such file."""
    path = pages.ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
