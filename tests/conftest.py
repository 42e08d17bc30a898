"""Fixtures for all tests. Helpers stand in `tests/support/` and are imported as plain modules."""

from __future__ import annotations

import sys
from pathlib import Path

# Behind the product: a folder of tests may bear the name of one of its packages.
sys.path.append(str(Path(__file__).parent))

pytest_plugins = ["support.postgres", "support.redis_server", "support.served"]
