"""Every promise says how it is kept, which tests prove it, and what is at risk; and those tests exist."""

from __future__ import annotations

import ast
import re

import pytest
from support import pages

PAGE = "docs/guarantees.md"
TITLES = [match[2] for match in pages.HEADING.finditer(pages.text(PAGE)) if re.match(r"G\d+ ", match[2])]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_all_eleven_promises_are_there():
    assert [title.split()[0] for title in TITLES] == [f"G{number}" for number in range(1, 12)]
    assert [row[0] for row in pages.rows(pages.text(PAGE).partition("## G1 ")[0])] == [
        f"[{title.split()[0]}](#{title.lower().replace(' ', '-')})" for title in TITLES
    ]


@pytest.mark.parametrize("title", TITLES)
def test_promise_says_how_it_is_kept_and_what_is_at_risk(title):
    part = pages.section(PAGE, title)
    assert "**Promised.**" in part
    assert "**Kept by.**" in part or "**What stands in for it.**" in part
    assert "**At risk.**" in part


@pytest.mark.parametrize("title", TITLES)
def test_promise_names_tests_that_exist(title):
    proofs = PROOF.findall(pages.section(PAGE, title))
    assert proofs
    assert [proof for proof in proofs if proof[1] not in functions_of(proof[0])] == []


@pytest.mark.parametrize("title", TITLES)
def test_promise_names_the_code_that_keeps_it(title):
    """A promise of which nothing is built yet names the settings and commands that stand in for it instead."""
    part = pages.section(PAGE, title)
    assert "*Not yet*" in part or re.search(r"`(engine|store|clients|sync|config|mapping)/\w+", part)


def functions_of(file: str) -> set[str]:
    path = pages.ROOT / file
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
