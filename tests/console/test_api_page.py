"""The page about the API: every example of it works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from support import pages

from console.access.people import hashed, new_secret
from simulators.common.server import Server
from store import api_tokens

EXAMPLES = [
    command
    for block in pages.blocks(pages.text("docs/api.md"), "console")
    for command in re.findall(r"^\$ ((?:.*\\\n)*.*)$", block, re.MULTILINE)
]


@pytest.fixture
def shell(app: Flask, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where the console is and a token of an administrator, as the page calls them."""
    token = new_secret()
    with app.extensions["ac365"].services.db.transaction() as tx:
        api_tokens.make(tx, "a program", "administrator", hashed(token), "test", None)
    with Server(app) as server:
        yield {**os.environ, "AC365": server.url, "TOKEN": token, "NO_PROXY": "*"}


def test_every_example_works_one_after_the_other(shell: dict[str, str], tmp_path: Path) -> None:
    assert len(EXAMPLES) > 10
    for command in EXAMPLES:
        done = subprocess.run(
            ["bash", "-c", command], env=shell, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
