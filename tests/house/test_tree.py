"""What every file has to keep to: nothing of one machine, no unfinished work, short enough to read."""

from __future__ import annotations

import ast
import re

import pytest

# Written in pieces, so that this file does not hold what it looks for.
HOSTS = ("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian", "/opt/" + "pypi")
PATHS = ("/work" + "/", "/farm" + "/", "/root" + "/", "/home/" + r"\w", "/Users" + "/", r"\.\./" + "shared")
LOOSE = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "pytest" + r"\.skip", r"mark\." + "skip", r"mark\." + "xfail")
MOST_LINES = 300
MOST_STATEMENT_LINES = 40


def found(texts: dict[str, str], *patterns: str) -> list[str]:
    wanted = re.compile("|".join(patterns))
    return [f"{name}: {match.group()}" for name, text in texts.items() for match in wanted.finditer(text)]


def test_sources_are_seen(sources):
    assert {"pyproject.toml", "Makefile", ".ci/run", "sync/model.py", "docker-compose.yml"} <= set(sources)


def test_no_file_names_a_package_index(sources):
    assert found(sources, *HOSTS) == []


def test_no_file_names_a_path_of_one_machine(sources):
    assert found(sources, *PATHS) == []


def test_nothing_is_half_done_or_silenced(modules):
    assert found(modules, *LOOSE, r"type: " + r"ignore(?!\[)", "no" + r"qa(?!: )") == []


def test_files_are_short_enough_to_read(modules):
    lengths = {name: text.count("\n") for name, text in modules.items()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_functions_are_short_enough_to_read(modules):
    long = {}
    for name, text in modules.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines(node) > MOST_STATEMENT_LINES:
                long[f"{name} {node.name}"] = lines(node)
    assert long == {}


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Without the signature and the docstring."""
    first = function.body[1 if ast.get_docstring(function) and function.body[1:] else 0]
    return function.end_lineno - first.lineno + 1


def test_addresses_are_made_up(sources):
    """A real person's address must not stand in a public repository."""
    address = re.compile(r"[\w.+-]+@([\w-]+\.)+(com|org|net|de|uk|io)\b", re.IGNORECASE)
    reserved = re.compile(r"@([\w-]+\.)*example\.(com|org|net)$", re.IGNORECASE)
    hits = [(name, match.group()) for name, text in sources.items() for match in address.finditer(text)]
    assert [hit for hit in hits if not reserved.search(hit[1])] == []


@pytest.mark.parametrize("name", [".ci/run", "secrets/fill"])
def test_scripts_can_be_run(root, name):
    assert (root / name).stat().st_mode & 0o111
    assert (root / name).read_text().startswith("#!")
