"""What the repository is made of, for tests that look at its files."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = {"build", "__pycache__"}
"""Folders that are made here. Those that begin with a dot are caches, data or an editor's, but for .ci."""


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="session")
def sources() -> dict[str, str]:
    """Every text file of the repository by its path."""
    found = {}
    for path in _files():
        try:
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


@pytest.fixture(scope="session")
def modules(sources) -> dict[str, str]:
    return {name: text for name, text in sources.items() if name.endswith(".py")}


def _files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name for name in folders if name == ".ci" or not (name in MADE or name[0] == "." or "egg-info" in name)
        ]
        # A secret of this machine is nobody's source, and stays unread.
        secrets = Path(folder) == ROOT / "secrets"
        # In a worktree `.git` is a file, and says where on this machine the repository lies.
        names = [name for name in names if name != ".git"]
        yield from (Path(folder, name) for name in names if not secrets or name.endswith((".example", ".md", "fill")))
