"""Change tracking: what changed since a link, when links die, what tracking refuses."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ADA, BEN, Hand, code

from simulators.dynamics.state import Dynamics

TRACK = "odata.track-changes"


def follow(hand: Hand, path: str, size: int = 1000) -> tuple[list[dict[str, Any]], str]:
    """All entries of a tracked read, and the delta link that its last page carries."""
    entries: list[dict[str, Any]] = []
    while True:
        answer = hand.get(path, Prefer=f"{TRACK},odata.maxpagesize={size}")
        page = answer.get_json()
        assert answer.status_code == 200, answer.text
        assert ("@odata.nextLink" in page) != ("@odata.deltaLink" in page)
        entries += page["value"]
        if "@odata.deltaLink" in page:
            return entries, page["@odata.deltaLink"]
        path = page["@odata.nextLink"]


@pytest.fixture
def link(hand: Hand) -> str:
    return follow(hand, "leads?$select=lastname")[1]


def test_the_first_read_gives_everything_and_a_link_on_its_last_page(hand: Hand, state: Dynamics) -> None:
    state.load("lead", ({"lastname": f"L{n}"} for n in range(24)))
    entries, link = follow(hand, "leads?$select=lastname", size=10)
    assert len({entry["leadid"] for entry in entries}) == 25
    assert follow(hand, link)[0] == []


def test_the_preference_is_echoed(hand: Hand) -> None:
    assert TRACK in hand.get("leads?$select=lastname", Prefer=TRACK).headers["Preference-Applied"]


def test_new_and_changed_rows_come_with_all_selected_columns(hand: Hand, link: str) -> None:
    hand.edit(
        {"table": "lead", "id": BEN, "set": {"jobtitle": "CTO"}}, {"table": "lead", "create": {"lastname": "New"}}
    )
    entries, _ = follow(hand, link)
    assert [(entry["leadid"] == BEN, entry["lastname"]) for entry in entries] == [(True, "Okoro"), (False, "New")]


def test_a_deleted_row_comes_after_the_changed_ones(hand: Hand, link: str) -> None:
    hand.edit({"table": "lead", "delete": BEN}, {"table": "lead", "create": {"lastname": "New"}})
    entries, _ = follow(hand, link)
    assert entries[0]["lastname"] == "New"
    assert (entries[1]["id"], entries[1]["reason"]) == (BEN, "deleted")
    assert entries[1]["@odata.context"].endswith("$metadata#leads/$deletedEntity")


def test_a_row_created_and_deleted_between_two_reads_is_told_as_deleted(hand: Hand, link: str) -> None:
    made = hand.make("leads", lastname="Short-lived")
    hand.edit({"table": "lead", "delete": made})
    assert [entry.get("id") for entry in follow(hand, link)[0]] == [made]


def test_changes_are_paged_without_loss(hand: Hand, state: Dynamics, link: str) -> None:
    made = [hand.make("leads", lastname=f"N{n}") for n in range(7)]
    hand.edit(*({"table": "lead", "delete": row_id} for row_id in made[:4]))
    entries, _ = follow(hand, link, size=2)
    assert [entry["leadid"] for entry in entries if "leadid" in entry] == made[4:]
    assert [entry["id"] for entry in entries if "id" in entry] == made[:4]


def test_a_change_during_paging_is_in_the_next_delta_at_the_latest(hand: Hand, state: Dynamics) -> None:
    state.load("lead", ({"lastname": f"L{n}"} for n in range(5)))
    first = hand.get("leads?$select=lastname", Prefer=f"{TRACK},odata.maxpagesize=2").get_json()
    seen = first["value"][0]["leadid"]
    hand.edit({"table": "lead", "id": seen, "set": {"lastname": "Changed"}})
    _, link = follow(hand, first["@odata.nextLink"], size=2)
    assert [entry["lastname"] for entry in follow(hand, link)[0]] == ["Changed"]


def test_a_next_link_of_a_tracked_read_remembers_that_it_is_one(hand: Hand) -> None:
    hand.make("leads", lastname="Second")
    first = hand.get("leads?$select=lastname", Prefer=f"{TRACK},odata.maxpagesize=1").get_json()
    assert "@odata.deltaLink" in hand.get(first["@odata.nextLink"]).get_json()


def test_changes_are_counted(hand: Hand, link: str) -> None:
    hand.edit({"table": "lead", "delete": BEN}, {"table": "lead", "create": {"lastname": "New"}})
    token = link.partition("$deltatoken=")[2]
    assert hand.get(f"leads/$count?$select=lastname&$deltatoken={token}").text == "\ufeff2"


@pytest.mark.parametrize("option", ["$filter=statecode eq 0", "$orderby=lastname", "$expand=owninguser", "$top=3"])
def test_tracking_refuses_an_option(hand: Hand, option: str) -> None:
    answer = hand.get(f"leads?$select=lastname&{option}", Prefer=TRACK)
    assert code(answer) == (400, "0x80060888")
    name = option.partition("=")[0]
    assert answer.get_json()["error"]["message"].startswith(f'The "{name}" query parameter isn\'t supported')


@pytest.mark.parametrize("status", [400, 410])
def test_a_link_dies_of_age(hand: Hand, link: str, status: int) -> None:
    hand.control("switches", {"expired_token_status": status})
    hand.control("clock", {"seconds": 7 * 24 * 3600 - 60})
    hand.token = hand.ask_token().get_json()["access_token"]
    assert hand.get(link).status_code == 200
    hand.control("clock", {"seconds": 120})
    assert code(hand.get(link)) == (status, "0x80044352")


def test_a_link_can_be_killed_and_a_fresh_one_lives(hand: Hand, link: str) -> None:
    hand.control("expire", {"tables": ["lead"]})
    assert code(hand.get(link)) == (400, "0x80044352")
    _, fresh = follow(hand, "leads?$select=lastname")
    assert follow(hand, fresh)[0] == []


def test_publishing_kills_links_with_the_switch_on(hand: Hand, admin: Hand, link: str) -> None:
    xml = {"ParameterXml": "<importexportxml><entities><entity>lead</entity></entities></importexportxml>"}
    admin.send("POST", "PublishXml", xml)
    assert hand.get(link).status_code == 200
    hand.control("switches", {"publish_invalidates_tokens": True})
    admin.send("POST", "PublishXml", xml)
    assert code(hand.get(link)) == (400, "0x80044352")


@pytest.mark.parametrize("change", [("lastname", "firstname"), ("deltatoken=", "deltatoken=1"), ("%21", "-")])
def test_a_tampered_link_is_refused(hand: Hand, link: str, change: tuple[str, str]) -> None:
    assert code(hand.get(link.replace(*change))) == (400, "0x80044183")


def test_a_table_without_tracking_says_so(hand: Hand) -> None:
    hand.control("tracking", {"table": "lead", "enabled": False})
    assert code(hand.get("leads?$select=lastname", Prefer=TRACK)) == (400, "0x80072491")
    hand.control("switches", {"tracking_off": "no_link"})
    page = hand.get("leads?$select=lastname", Prefer=TRACK).get_json()
    assert "@odata.deltaLink" not in page
    assert len(page["value"]) == 1


def test_a_delta_may_deliver_a_row_twice_or_out_of_order(hand: Hand, link: str) -> None:
    hand.edit({"table": "lead", "create": {"lastname": "One"}}, {"table": "lead", "create": {"lastname": "Two"}})
    hand.control("faults", {"kind": "custom", "name": "duplicate_delta_row"})
    assert [entry["lastname"] for entry in follow(hand, link)[0]] == ["One", "Two", "One"]
    hand.control("faults", {"kind": "custom", "name": "unordered_delta"})
    assert [entry["lastname"] for entry in follow(hand, link)[0]] == ["Two", "One"]


def test_an_own_write_shows_the_own_user_and_etag(hand: Hand) -> None:
    _, link = follow(hand, "contacts?$select=jobtitle,_modifiedby_value")
    answer = hand.send("PATCH", f"contacts({ADA})", {"jobtitle": "CTO"}, Prefer="return=representation", If_Match="*")
    entry = follow(hand, link)[0][0]
    assert entry["@odata.etag"] == answer.headers["ETag"]
    assert entry["_modifiedby_value"] == hand.get("WhoAmI").get_json()["UserId"]


def test_an_edit_from_outside_shows_the_person(hand: Hand, link: str) -> None:
    hand.edit({"table": "lead", "id": BEN, "set": {"jobtitle": "x"}})
    name = hand.get(f"leads({BEN})/modifiedby?$select=fullname").get_json()["fullname"]
    assert name == "Mira Admin"
