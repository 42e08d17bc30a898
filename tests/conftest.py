"""Fixtures for all tests. Helpers stand in `tests/support/` and are imported as plain modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# Behind the product: a folder of tests may bear the name of one of its packages.
sys.path.append(str(Path(__file__).parent))

pytest_plugins = ["support.postgres", "support.redis_server", "support.served"]

LONG = ("faults", "machine", "story")
"""Folders with long tests. One that began last would have the other processes wait for it."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first; within each of these groups the order stays random."""
    here = Path(__file__).parent
    folders = {item: item.path.relative_to(here).parts[0] for item in items if item.path.is_relative_to(here)}
    ranks = {name: rank for rank, name in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(folders.get(item, ""), len(LONG)))
