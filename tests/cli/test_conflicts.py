"""Conflicts on the command line: seen, understood, decided."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN, CLEO, DOV
from support.filed import conflict

from cli import conflicts as commands
from store import asked, audit, conflicts, links, wanted
from sync.model import Entity, Lane
from sync.survivors import Candidate


@pytest.fixture
def found(place):
    """Ada's and Ben's job titles wait for a person, so does Cleo's phone; Dov's was decided by a policy."""
    place.configure(lambda document: document["entities"]["contact"].update(direction="both"))
    rows = [conflict(place.id), conflict(place.id, BEN), conflict(place.id, CLEO, "phone", theirs=None)]
    place.do(conflicts.add, [*rows, conflict(place.id, DOV, policy="newest_wins", winner="dynamics")])
    return {row["record_id"]: row["id"] for row in place.mine(conflicts.listed)}


def test_no_conflicts_is_one_sentence(connected, place):
    assert connected("conflicts").out == "There are no conflicts.\n"


def test_open_ones_stand_on_top_newest_first(connected, found):
    listed = connected("conflicts", "--json").json
    assert [row["record_id"] for row in listed] == [CLEO, BEN, ADA, DOV]
    assert "ac365 conflicts choose" in connected("conflicts").out


def test_a_state_narrows_the_list(connected, found):
    assert [row["record_id"] for row in connected("conflicts", "--state", "decided", "--json").json] == [DOV]
    assert connected("conflicts", "list", "--state", "resolved").out == "There are no resolved conflicts.\n"


def test_one_conflict_shows_the_three_values_and_the_policy(connected, found):
    ran = connected("conflicts", "show", str(found[ADA]))
    assert all(word in ran.out for word in (ADA, "JOB_TITLE", "Countess", "Engineer", "Admiral", "ask", "nobody yet"))
    assert connected("conflicts", "show", str(found[DOV]), "--json").json["winner"] == "dynamics"


def test_dynamics_wins_by_reading_its_record_anew(connected, place, found):
    assert connected("conflicts", "choose", str(found[ADA]), "dynamics").status == 0
    assert place.mine(wanted.peek, "contact", Lane.SYNC, 10) == [ADA]
    assert place.mine(conflicts.get, found[ADA])["state"] == "resolved"


def test_activecampaign_wins_by_looking_at_its_contact(connected, place, found):
    assert connected("conflicts", "choose", str(found[ADA]), "activecampaign").status == 0
    assert list(place.mine(asked.peek, "person", Lane.SYNC, 10)) == [17]


def test_the_value_of_who_lost_counts_as_agreed(connected, place, found):
    place.mine(links.hold, new=[Candidate(Entity.CONTACT, ADA, "ada@example.com")])
    connected("conflicts", "choose", str(found[ADA]), "activecampaign")
    assert place.mine(links.of_records, Entity.CONTACT, [ADA])[ADA].agreed == {"JOB_TITLE": "Engineer"}


def test_all_alike_takes_the_same_field_only(connected, place, found):
    ran = connected("conflicts", "choose", str(found[ADA]), "dynamics", "--all-alike", "--json")
    assert ran.json == {"winner": "dynamics", "resolved": [found[ADA], found[BEN]]}
    assert place.mine(conflicts.get, found[CLEO])["state"] == "open"


def test_all_alike_tells_how_many_and_asks(connected, place, found, monkeypatch):
    monkeypatch.setattr(commands, "on_terminal", lambda: True)
    ran = connected("conflicts", "choose", str(found[ADA]), "dynamics", "--all-alike", typed="n\n")
    assert ran.status == 1
    assert "2 open conflicts of contact JOB_TITLE" in ran.out
    assert place.mine(conflicts.get, found[ADA])["state"] == "open"


def test_the_audit_log_has_who_chose_and_no_value(connected, place, found):
    connected("conflicts", "choose", str(found[ADA]), "dynamics")
    line = place.mine(audit.listed, limit=1)[0]
    assert (line["action"], line["subject"]) == ("choose", "dynamics in 1 conflicts")
    assert "Engineer" not in str(line)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["show", "4711"], 1, "there is no conflict 4711; see `ac365 conflicts`"),
        (["choose", "4711", "dynamics"], 1, "there is no conflict 4711"),
        (["choose", "1", "nobody"], 2, "is not one of"),
    ],
)
def test_what_cannot_be_meant_is_told(connected, found, words, status, told):
    ran = connected("conflicts", *words)
    assert ran.status == status
    assert told in ran.err


def test_what_is_decided_stays_so(connected, found):
    ran = connected("conflicts", "choose", str(found[DOV]), "activecampaign")
    assert ran.status == 1
    assert f"conflict {found[DOV]} is decided already" in ran.err


def test_brackets_in_a_value_are_shown_as_they_are(connected, place):
    place.do(conflicts.add, [conflict(place.id, ours="[red]", theirs=["a", "b"])])
    out = connected("conflicts").out
    assert "[red]" in out
    assert "a, b" in out
