"""The pages as a whole: nothing they name is missing, and what they promise to show is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from support import pages

from cli.main import app
from config import yaml

PATH = re.compile(r"^\.?[\w-]+(/[\w.-]+)*/?$")
FOLDERS = (
    *("cli", "webhooks", "worker", "tasks", "engine", "clients", "store"),
    *("config", "sync", "mapping", "simulators", "tests"),
)
ENDS = (".py", ".sql", ".lua", ".md", ".toml", ".yml")
MADE_BY_USERS = {"ac365.yaml", "ca.pem", "secret.key"}
COMMANDS = pages.ROOT / "docs" / "commands.md"


@pytest.mark.parametrize("name", pages.names())
def test_links_lead_somewhere(name):
    broken = []
    for link in pages.LINK.findall(pages.prose(pages.text(name))):
        target, _, anchor = link.partition("#")
        path = (pages.ROOT / name).parent / target if target else pages.ROOT / name
        if ":" not in link and not (path.exists() and (not anchor or anchor in pages.anchors(path.read_text()))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", pages.names())
def test_files_that_are_named_exist(name):
    spans = {span.partition("::")[0] for span in pages.SPAN.findall(pages.prose(pages.text(name)))}
    ours = [span for span in spans if PATH.match(span) and (span.endswith(ENDS) or span.split("/")[0] in FOLDERS)]
    assert [span for span in ours if span not in MADE_BY_USERS and not (pages.ROOT / span).exists()] == []


def test_every_page_is_reached_from_the_readme():
    reached = {Path(link.partition("#")[0]) for link in pages.LINK.findall(pages.text("README.md"))}
    own = {Path(name) for name in pages.names() if name.startswith("docs/") and "/adr/" not in name}
    assert own - reached == set()


def test_every_decision_is_listed():
    listed = {Path(link).name for link in pages.LINK.findall(pages.section("docs/architecture.md", "Decisions"))}
    assert listed == {path.name for path in (pages.ROOT / "docs" / "adr").glob("*.md")}


def test_readme_opens_with_the_picture_and_the_two_commands():
    page = pages.text("README.md")
    places = [page.index(word) for word in ("```\n Dynamics 365", "$ make demo", "$ make test", "docs/connect.md")]
    assert places == sorted(places)
    assert page.count("\n") <= 120


def test_targets_of_make_exist():
    targets = set(re.findall(r"^([a-z]+):", (pages.ROOT / "Makefile").read_text(), re.MULTILINE))
    told = {word for name in pages.names() for word in re.findall(r"(?:`|\$ |=\d )make ([a-z]+)", pages.text(name))}
    assert told - targets == set()


def test_changelog_tells_of_this_version(project):
    assert pages.section("CHANGELOG.md", project["project"]["version"]).strip()


@pytest.mark.parametrize("name", pages.names())
def test_configurations_can_be_loaded(name):
    for block in pages.blocks(pages.text(name), "yaml"):
        assert yaml.validate(block)["entities"]


def test_reference_of_commands_is_what_the_commands_say(tmp_path):
    file = tmp_path / "commands.md"
    words = ["cli.main", "utils", "docs", "--name", "ac365", "--title", "Commands", "--output", str(file)]
    subprocess.run([sys.executable, "-m", "typer", *words], cwd=pages.ROOT, check=True, capture_output=True)
    assert file.read_text() == COMMANDS.read_text(), "make it anew, see CONTRIBUTING.md"


def test_commands_and_options_in_the_pages_exist():
    written = [name for name in pages.names() if pages.ROOT / name != COMMANDS]
    told = [(name, line) for name in written for line in commands_in(pages.text(name))]
    assert len(told) > 50
    assert [(name, line, fault) for name, line in told if (fault := fault_of(line))] == []


def commands_in(page: str) -> list[str]:
    """Every `ac365 …` of a page: in the prose, and in the blocks of a terminal up to the comment."""
    spans = [span for span in pages.SPAN.findall(pages.prose(page)) if span.startswith("ac365 ")]
    typed = (re.findall(r"(?:\$ |worker |bin/)(ac365 [^#|<>\n]*)", block) for block in pages.blocks(page, "console"))
    return spans + [line for lines in typed for line in lines]


def fault_of(line: str) -> str:
    """What the command line would not understand, empty when it would."""
    command = command_line()
    known: set[str] = set()
    for word in shlex.split(line)[1:]:
        known |= {option for parameter in command.params for option in parameter.opts}
        if word.startswith("-") and word != "-":
            if word not in known | {"--help"} and word not in options_of_list(command):
                return f"unknown option {word}"
        elif hasattr(command, "commands"):
            if word in command.commands:
                command = command.commands[word]
            elif "list" not in command.commands and word != "…":
                return f"unknown command {word}"
    return ""


@cache
def command_line() -> Any:
    return typer.main.get_command(app)


def options_of_list(command: Any) -> set[str]:
    """Where no command of a family is named, `list` is meant."""
    listed = getattr(command, "commands", {}).get("list")
    return {option for parameter in listed.params for option in parameter.opts} if listed else set()
