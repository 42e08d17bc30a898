"""Top-level names are plain words, so they must be ours, and the import contracts must know them all."""

from __future__ import annotations

import importlib.util
from itertools import chain
from pathlib import Path

import pytest

PACKAGES = sorted(path.parent.name for path in Path(__file__).resolve().parents[2].glob("*/__init__.py"))


@pytest.fixture(scope="module")
def contracts(project) -> dict:
    return {contract["name"]: contract for contract in project["tool"]["importlinter"]["contracts"]}


def test_there_are_packages():
    assert {"sync", "store", "worker", "simulators"} <= set(PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_package_resolves_inside_this_repository(root, name):
    """A dependency that ships a module of the same name would be taken instead."""
    assert Path(importlib.util.find_spec(name).origin) == root / name / "__init__.py"


@pytest.mark.parametrize("name", PACKAGES)
def test_package_is_installed_with_everything_below_it(project, name):
    included = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name, f"{name}.*"} <= set(included)


def test_single_modules_are_installed(root, project):
    assert sorted(project["tool"]["setuptools"]["py-modules"]) == sorted(path.stem for path in root.glob("*.py"))


def test_every_package_is_under_import_contracts(project):
    assert sorted(project["tool"]["importlinter"]["root_packages"]) == PACKAGES


def test_every_package_has_its_layer_or_is_a_second_opinion(contracts):
    layers = {name.strip() for layer in contracts["Imports point down"]["layers"] for name in layer.split("|")}
    assert layers | {"simulators"} == set(PACKAGES)


def test_simulators_may_import_none_of_the_others(contracts):
    contract = contracts["Simulators are the second opinion"]
    assert {*contract["forbidden_modules"], "simulators"} == set(PACKAGES)


def test_every_package_is_free_of_circles(contracts):
    assert sorted(contracts["No circles inside a package"]["ancestors"]) == PACKAGES


def test_types_are_checked_in_every_package_but_the_simulators(project):
    assert {*project["tool"]["mypy"]["files"], "simulators"} == {*PACKAGES, "beat_schedule.py"}


def test_package_markers_hold_a_docstring_only(modules):
    markers = {name: text for name, text in modules.items() if name.endswith("__init__.py")}
    assert [
        name for name, text in markers.items() if len(text.strip().split('"""')) != 3 or text.strip()[-3:] != '"""'
    ] == []


def test_every_folder_of_modules_is_a_package(root, modules):
    """A folder without its marker works here and is missing from the installed distribution."""
    folders = {parent for name in modules for parent in Path(name).parents if name.split("/")[0] in PACKAGES}
    assert [str(folder) for folder in folders - {Path()} if not (root / folder / "__init__.py").is_file()] == []


def test_data_files_are_installed(root, project):
    """What is not a module comes along only where package-data names it."""
    patterns = project["tool"]["setuptools"]["package-data"]
    data = {
        path
        for name in PACKAGES
        for path in (root / name).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    named = set(
        chain.from_iterable((root / name).glob(pattern) for name, found in patterns.items() for pattern in found)
    )
    assert sorted(str(path.relative_to(root)) for path in data - named) == []
