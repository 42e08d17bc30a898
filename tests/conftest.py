"""Fixtures for all tests. Helpers stand in `tests/support/` and are imported as plain modules."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

pytest_plugins = ["support.postgres", "support.redis_server"]
