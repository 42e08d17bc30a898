"""Dependencies are locked by version and hash, in files that name no place to fetch them from."""

from __future__ import annotations

import re

import pytest

LOCKS = ("requirements.lock", "requirements-dev.lock")
REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def locked(text: str) -> dict[str, str]:
    return {plain(name): version for name, version in REQUIREMENT.findall(text)}


@pytest.fixture(scope="module")
def locks(root) -> dict[str, str]:
    return {name: (root / name).read_text() for name in LOCKS}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_a_version_and_a_hash(locks, name):
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", locks[name], flags=re.MULTILINE))
    assert blocks
    assert [block for block in blocks if not REQUIREMENT.match(block) or "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_address(locks, name):
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", locks[name]) == []


def test_runtime_lock_covers_the_distribution_and_the_simulators(locks, project):
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["simulators"]]
    assert {plain(name) for name in wanted} <= set(locked(locks["requirements.lock"]))


def test_development_lock_covers_the_tools(locks, project):
    wanted = project["project"]["optional-dependencies"]["dev"]
    assert {plain(name) for name in wanted} <= set(locked(locks["requirements-dev.lock"]))


def test_development_runs_the_versions_of_production(locks):
    runtime, development = (locked(locks[name]) for name in LOCKS)
    assert runtime.items() <= development.items()


@pytest.mark.parametrize("name", LOCKS)
def test_build_tool_is_locked_too(locks, name):
    """The distribution is installed without build isolation, with this setuptools."""
    assert int(locked(locks[name])["setuptools"].split(".")[0]) >= 77
