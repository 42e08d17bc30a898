"""The configuration as YAML: every fault with its line, nothing by surprise."""

from __future__ import annotations

import pytest

from cli import config as commands
from store import audit, connections

GOOD = """\
version: 1
sync:
  enabled: true
  frequency: 15m
entities:
  contact:
    enabled: true
  lead:
    enabled: true
    list: Newsletter
"""
BAD = """\
version: 1
sync:
  frequency: 10m
entities:
  contact:
    enabled: true
    scope: criteria
    criteria:
      all:
        - {field: jobtitel, operator: equals, value: CTO}
    fields:
      - dynamics: jobtitle
        activecampaign: JOB_TITEL
  lead:
    list: Newsleter
    directon: outbound
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "ac365.yaml"
        path.write_text(text)
        return str(path)

    return write


def test_what_is_exported_can_be_imported_and_changes_nothing(connected, place, write):
    exported = connected("config", "export").out
    ran = connected("config", "import", write(exported), "--yes")
    assert ran.status == 0
    assert "configured already" in ran.out


def test_every_fault_of_shape_and_meaning_is_named_with_its_line(connected, place, write):
    ran = connected("config", "import", write(BAD), "--yes")
    assert ran.status == 1
    lines = [line.partition(":")[0] for line in ran.err.splitlines()]
    assert lines == ["line 3", "line 10", "line 13", "line 15", "line 16", "ac365"]
    assert "Did you mean 'jobtitle'?" in ran.err
    assert "nothing was saved: 5 faults" in ran.err


def test_a_faulty_file_leaves_the_configuration_alone(connected, place, write):
    before = place.document
    connected("config", "import", write(BAD), "--yes")
    assert place.document == before


def test_broken_yaml_is_named_with_its_line(connected, place, write):
    ran = connected("config", "check", write("version: 1\nsync: {enabled: yes\n"))
    assert ran.status == 1
    assert ran.err.startswith("line 3:")


def test_an_import_says_what_it_changes_and_what_does_not_start_by_itself(connected, place, write):
    ran = connected("config", "import", write(GOOD), "--yes")
    assert ran.status == 0
    assert "~ entities.lead.enabled: off -> on" in ran.out
    assert "The first sync does not start by itself" in ran.out
    assert "ac365 sync --entity lead --dry-run" in ran.out


def test_an_import_is_written_down_with_its_author(connected, place, write):
    connected("config", "import", write(GOOD), "--yes")
    line = place.mine(audit.listed)[0]
    assert line["author"].startswith("cli")
    assert line["after"]["sync"]["frequency"] == "15m"


def test_the_result_of_an_import_is_there_for_scripts(connected, place, write):
    ran = connected("config", "import", write(GOOD), "--yes", "--json")
    assert ran.json["version"] == 3
    assert ran.json["enabled"] == ["lead"]
    assert {"path": "sync.enabled", "before": False, "after": True} in ran.json["changes"]


def test_a_person_who_says_no_changes_nothing(connected, place, write, monkeypatch):
    monkeypatch.setattr(commands, "on_terminal", lambda: True)
    before = place.document
    ran = connected("config", "import", write(GOOD), typed="n\n")
    assert ran.status == 1
    assert place.document == before


def test_diff_shows_the_changes_and_saves_nothing(connected, place, write):
    before = place.document
    ran = connected("config", "diff", write(GOOD), "--json")
    assert "sync.frequency" in [change["path"] for change in ran.json["changes"]]
    assert place.document == before


def test_a_checked_file_is_not_saved(connected, place, write):
    before = place.document
    assert connected("config", "check", write(GOOD)).status == 0
    assert place.document == before


def test_a_missing_file_is_named(connected, place):
    ran = connected("config", "import", "nowhere.yaml")
    assert ran.status == 1
    assert "nowhere.yaml" in ran.err


def test_a_configuration_that_came_through_standard_input_is_read(connected, place):
    assert connected("config", "check", "-", typed=GOOD).status == 0


def test_the_global_switch_turns_the_schedule_on_and_off(connected, place):
    assert "is on now" in connected("config", "enable").out
    assert place.document["sync"]["enabled"] is True
    assert "was on already" in connected("config", "enable").out
    assert "is off now" in connected("config", "disable").out
    assert place.document["sync"]["enabled"] is False


def test_switched_on_the_connection_is_due_at_once(connected, place):
    connected("config", "enable")
    assert place.mine(connections.get)["next_due_at"] is not None


def test_a_configuration_that_lost_its_meaning_can_not_be_switched_on(connected, place):
    place.configure(lambda document: document["entities"]["contact"].update(list="Gone"))
    ran = connected("config", "enable")
    assert ran.status == 1
    assert "There is no list 'Gone'" in ran.err
    assert place.document["sync"]["enabled"] is False
