"""The Makefile on a machine that lacks something, and on one where everything is done."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def make(root: Path, tmp_path: Path):
    """Runs make in a folder with the Makefile and what it depends on, and nothing else."""
    for name in ("Makefile", "pyproject.toml", "requirements-dev.lock"):
        shutil.copy(root / name, tmp_path)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = ["make", "--no-print-directory", *arguments]
        clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        return subprocess.run(
            command, cwd=tmp_path, env=clean | environment, capture_output=True, text=True, check=False
        )

    return run


def fake_python(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_says_that_python_is_too_old(make, tmp_path):
    path = os.environ["PATH"]
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        fake_python(tmp_path, name, "exit 1")
    result = make("venv", PATH=f"{tmp_path}:{path}")
    assert result.returncode
    assert "needs Python 3.11 or newer" in result.stderr


def test_takes_a_newer_python_beside_one_that_is_too_old(make, tmp_path):
    path = os.environ["PATH"]
    fake_python(tmp_path, "python3", "exit 1")
    fake_python(tmp_path, "python3.13", '[ "$2" = "import ensurepip, venv" ] && exit 1; exit 0')
    assert "python3.13 can't make virtual environments" in make("venv", PATH=f"{tmp_path}:{path}").stderr


def test_says_what_to_install_where_environments_cannot_be_made(make, tmp_path):
    result = make("venv", f"PYTHON={fake_python(tmp_path, 'python', 'exit 1')}")
    assert result.returncode
    assert "apt-get install python3-venv" in result.stderr


def test_second_run_installs_nothing(make, tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/.installed").touch()
    assert make("--question", "venv").returncode == 0


@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements-dev.lock"])
def test_changed_dependencies_are_installed_anew(make, tmp_path, changed):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/.installed").touch()
    os.utime(tmp_path / ".venv/.installed", (1, 1))
    os.utime(tmp_path / changed)
    assert make("--question", "venv").returncode == 1


@pytest.mark.parametrize("target", ["demo", "test", "check", "lock", "secrets", "clean"])
def test_help_names_every_target(make, target):
    assert f"make {target} " in make().stdout


def test_ci_runs_the_tests_and_nothing_else(root):
    assert (root / ".ci/run").read_text().strip().endswith("exec make test")


def test_test_target_checks_first_and_then_runs_the_suite(make, tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/.installed").touch()
    steps = make("--dry-run", "test").stdout
    order = [steps.index(part) for part in ("ruff format --check", "ruff check", "mypy", "lint-imports", "pytest")]
    assert order == sorted(order)


def test_install_demands_hashes_and_names_no_index(root):
    text = (root / "Makefile").read_text()
    assert "--require-hashes -r requirements-dev.lock" in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")
