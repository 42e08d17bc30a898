"""What goes into the image: the distribution, the runtime lock, a user without rights, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

LOCKED_ALONE = """
import importlib.metadata, re, runpy, sys

def plain(name):
    return re.sub("[-_.]+", "-", name).lower()

locked = {plain(name) for name in sys.argv[1].split()} | {"ac365"}
parts = importlib.metadata.packages_distributions().items()
foreign = {module for module, owners in parts if not locked & {plain(owner) for owner in owners}}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in foreign:
            raise ModuleNotFoundError(f"{name} is not in the lock", name=name)

sys.meta_path.insert(0, Refuse())
for module in sys.argv[2].split():
    __import__(module)
"""
"""Imports modules as if only the locked distributions were installed."""


@pytest.mark.parametrize(
    "modules",
    [
        "cli.main worker.app tasks.cycle celery.bin.worker celery.beat",
        "kombu.transport.redis",
        "kombu.transport.pyamqp",
        "flower.command",
        "webhooks.__main__",
        "console.__main__",
        "simulators.dynamics.__main__ simulators.activecampaign.__main__",
    ],
)
def test_lock_holds_all_that_the_containers_import(root, modules):
    lock = (root / "requirements.lock").read_text()
    locked = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", lock, re.MULTILINE)
    asked = [sys.executable, "-c", LOCKED_ALONE, " ".join(locked), modules]
    tried = subprocess.run(asked, capture_output=True, text=True, cwd=root)
    assert (tried.stderr.strip().splitlines() or [""])[-1] == ""


def test_image_runs_without_rights_from_the_lock_alone(root):
    lines = (root / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER ac365"]
    assert any("--require-hashes -r" in line for line in lines)
    assert not any("index" in line for line in lines)


def test_image_and_compose_file_agree_on_the_base(root):
    (base,) = re.findall(r"^ARG PYTHON_IMAGE=(.+)$", (root / "Dockerfile").read_text(), re.MULTILINE)
    assert f"PYTHON_IMAGE: ${{PYTHON_IMAGE:-{base}}}" in (root / "docker-compose.yml").read_text()


def test_image_takes_what_the_distribution_needs_and_nothing_else(root: Path, project):
    included = project["tool"]["setuptools"]["packages"]["find"]["include"]
    packages = {name for name in included if not name.endswith("*")}
    taken = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert taken == packages | {"requirements.lock", "pyproject.toml", "README.md", "LICENSE", "beat_schedule.py"}
