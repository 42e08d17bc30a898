"""Picking opportunities by hand, and seeing which wait: what is kept, what is asked for, what is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.cast import ADA, BEN

from store import audit, opportunities, pauses, records, wanted
from sync.model import Entity, Lane

DEAL = "0ddddddd-0000-4000-8000-000000000001"
OTHER = "0ddddddd-0000-4000-8000-000000000002"
MANUAL = {"enabled": True, "scope": "manual"}


@pytest.fixture
def by_hand(place: Any) -> Any:
    """The connection, with opportunities that are picked by hand."""
    configure(place, **MANUAL)
    return place


def configure(place: Any, **settings: Any) -> None:
    place.configure(lambda document: document["entities"]["opportunity"].update(settings))


def picks(place: Any) -> set[str]:
    return place.mine(opportunities.picked, [DEAL, OTHER])


def read_again(place: Any, lane: Lane = Lane.LIVE) -> list[str]:
    return sorted(place.mine(wanted.peek, Entity.OPPORTUNITY, lane, 1000))


def stands(place: Any, record_id: str, state: str, reason: str, awaits: str | None = None) -> None:
    """Notes where an opportunity stands."""
    row = {"entity": "opportunity", "record_id": record_id, "state": state, "version": 1}
    place.mine(records.put, [row | {"reason": reason, "awaits": awaits}])


def test_a_pick_is_kept_and_read_at_once(connected, by_hand):
    ran = connected("opportunities", "pick", DEAL.upper(), f"{{{OTHER}}}", DEAL)
    assert ran.status == 0
    assert "2 opportunities are picked." in ran.out
    assert "read anew now" in ran.out
    assert picks(by_hand) == {DEAL, OTHER}
    assert read_again(by_hand) == [DEAL, OTHER]


def test_who_is_picked_already_is_counted_and_read_again(connected, by_hand):
    connected("opportunities", "pick", DEAL)
    ran = connected("opportunities", "pick", DEAL, OTHER)
    assert "1 opportunity is picked; 1 was picked already." in ran.out


def test_ids_come_from_a_file(connected, by_hand, tmp_path: Path):
    file = tmp_path / "ids.txt"
    file.write_text(f"\ufeff{DEAL}\n\n  {OTHER}\r\n", encoding="utf-8")
    assert connected("opportunities", "pick", "--file", str(file), "--json").json["picked"] == 2


@pytest.mark.parametrize("words", [["-"], ["--file", "-"], [DEAL, "-"]])
def test_ids_come_from_standard_input(connected, by_hand, words):
    connected("opportunities", "pick", *words, typed=f"{DEAL}\n{OTHER}\n")
    assert picks(by_hand) == {DEAL, OTHER}


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["pick", DEAL, "OPP-1001"], 2, "'OPP-1001': not the id of a record"),
        (["unpick", "1", "2"], 2, "'1' and 1 more"),
        (["pick"], 2, "name opportunities by their ids"),
        (["pick", "--file", "/no/such/file"], 1, "can't read /no/such/file"),
    ],
)
def test_what_is_no_id_changes_nothing(connected, by_hand, words, status, told):
    ran = connected("opportunities", *words)
    assert ran.status == status
    assert told in " ".join(ran.err.replace("│", " ").split())
    assert picks(by_hand) == set()


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"enabled": False, "scope": "manual"}, "opportunities are switched off"),
        ({"enabled": True, "scope": "all"}, "the scope of opportunities is all"),
        ({**MANUAL, "picked_by": "ac_syncs"}, "the column ac_syncs picks opportunities"),
    ],
)
def test_a_pick_that_counts_for_nothing_is_kept_and_says_why(connected, place, settings, why):
    configure(place, **settings)
    ran = connected("opportunities", "pick", DEAL)
    assert ran.status == 0
    assert f"This has no effect now: {why}" in ran.out
    assert picks(place) == {DEAL}
    assert read_again(place) == []
    assert why in connected("opportunities", "picked").out
    assert connected("opportunities", "unpick", DEAL, "--json").json["effective"] is False


def test_what_stands_before_the_first_write_is_told(connected, by_hand):
    by_hand.mine(pauses.pause, Entity.OPPORTUNITY, None, "test", "")
    out = connected("opportunities", "pick", DEAL).out
    assert all(word in out for word in ("ac365 resume", "asks first", "ac365 sync --entity opportunity"))


def test_unpicking_says_that_the_record_stays(connected, by_hand):
    connected("opportunities", "pick", DEAL)
    ran = connected("opportunities", "unpick", DEAL, OTHER)
    assert "1 opportunity is no longer picked; 1 was not picked." in ran.out
    assert "stay in ActiveCampaign" in ran.out
    assert picks(by_hand) == set()


def test_many_are_read_without_holding_up_what_a_person_waits_for(connected, by_hand):
    ids = [f"0ddddddd-0000-4000-8000-{number:012d}" for number in range(101)]
    connected("opportunities", "pick", "-", typed="\n".join(ids))
    assert (read_again(by_hand), read_again(by_hand, Lane.SYNC)) == ([], ids)


def test_every_change_is_in_the_audit_log(connected, by_hand):
    connected("opportunities", "pick", DEAL)
    connected("opportunities", "pick", DEAL)
    connected("opportunities", "unpick", DEAL, OTHER)
    lines = [line for line in by_hand.mine(audit.listed) if line["action"] in ("pick", "unpick")]
    assert [(line["action"], line["after"]) for line in lines] == [
        ("unpick", {"ids": [DEAL]}),
        ("pick", {"ids": [DEAL]}),
    ]
    assert all(line["author"].startswith("cli") for line in lines)


def test_no_picks_is_one_sentence(connected, by_hand):
    assert connected("opportunities", "picked").out == "No opportunity is picked by hand.\n"


def test_picked_ones_are_shown_with_where_they_stand(connected, by_hand):
    connected("opportunities", "pick", DEAL, OTHER)
    stands(by_hand, DEAL, "linked", "new")
    found = connected("opportunities", "picked", "--json").json
    assert (found["effective"], found["why_not"]) == (True, "")
    assert {one["id"]: (one["state"], one["reason"]) for one in found["picked"]} == {
        DEAL: ("linked", "new"),
        OTHER: (None, None),
    }
    out = connected("opportunities", "picked").out
    assert all(word in out for word in (DEAL, "linked", "was not read yet"))


def test_nobody_waits_is_one_sentence(connected, place):
    assert connected("opportunities", "waiting").out == "No opportunity waits.\n"


def test_those_that_wait_are_counted_by_reason_and_told_one_by_one(connected, place):
    for record_id, contact in ((DEAL, ADA), (OTHER, BEN)):
        stands(place, record_id, "waiting", f"waits for contact {contact}, which was not read yet", contact)
    stands(place, ADA, "waiting", "waits for a contact: it is related to none")
    stands(place, BEN, "linked", "new")
    found = connected("opportunities", "waiting", "--json").json
    assert found["count"] == 3
    assert [(one["reason"], one["count"]) for one in found["reasons"]] == [
        ("waits for a contact, which was not read yet", 2),
        ("waits for a contact: it is related to none", 1),
    ]
    assert {one["id"]: one["contact"] for one in found["opportunities"]} == {DEAL: ADA, OTHER: BEN, ADA: None}
    out = connected("opportunities", "waiting").out
    assert "2 x waits for a contact, which was not read yet" in out
    assert "ac365 explain contact" in out


def test_of_very_many_the_first_hundred_are_told(connected, place):
    ids = [f"0ddddddd-0000-4000-8000-{number:012d}" for number in range(103)]
    rows = [{"entity": "opportunity", "record_id": one, "state": "waiting", "version": 1, "reason": "x"} for one in ids]
    place.mine(records.put, rows)
    found = connected("opportunities", "waiting", "--json").json
    assert (found["count"], len(found["opportunities"])) == (103, 100)
    assert "The first 100 of 103" in connected("opportunities", "waiting").out
