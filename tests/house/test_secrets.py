"""`make secrets` makes what the compose file reads, once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def fill(root: Path, tmp_path: Path):
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in ("fill", "dynamics_client_secret.example", "activecampaign_api_key.example"):
        shutil.copy(root / "secrets" / name, folder)

    def run() -> dict[str, str]:
        subprocess.run(["sh", str(folder / "fill")], check=True, capture_output=True)
        return {path.name: path.read_text() for path in folder.iterdir() if not path.suffix and path.name != "fill"}

    return run


def test_makes_every_file_that_the_examples_show(fill, root):
    assert set(fill()) == {path.stem for path in (root / "secrets").glob("*.example")}


def test_database_url_holds_the_password(fill):
    made = fill()
    assert f":{made['postgres_password']}@postgres" in made["database_url"]


def test_broker_url_holds_the_password(fill):
    made = fill()
    password = made["rabbitmq_conf"].partition("default_pass = ")[2]
    assert len(password) == 64
    assert made["celery_broker_url"] == f"amqp://ac365:{password}@rabbitmq:5672//"


def test_words_are_long_and_random(fill):
    made = fill()
    words = {made["postgres_password"], made["ac365_secret_key"], made["flower_basic_auth"].partition(":")[2]}
    assert sorted(map(len, words)) == [64, 64, 64]


def test_second_run_keeps_what_is_there(fill):
    assert fill() == fill()


def test_folder_is_closed_to_others(fill, tmp_path):
    fill()
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_secrets_are_never_committed(root):
    rules = (root / "secrets/.gitignore").read_text().split("\n")
    assert rules[1] == "*"
    assert {rule for rule in rules if rule.startswith("!")} == {"!.gitignore", "!*.example", "!README.md", "!fill"}
