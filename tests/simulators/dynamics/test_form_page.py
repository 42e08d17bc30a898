"""The page of a record: the published main form with its web resources."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.dynamics_hand import BEN, NOBODY, Hand
from support.form_hand import CLASS, frame, main_form, make_resource, place, publish_tables, tab, with_script, with_tab

PAGE = "<!doctype html><title>Panel</title>"
LEAD = f"/main.aspx?pagetype=entityrecord&etn=lead&id={BEN}"
MIRA, NOOR = "mira.admin@contoso.example", "noor.seller@contoso.example"


@pytest.fixture
def mira(admin: Hand) -> Hand:
    """Mira's browser, beside the application that customizes."""
    admin.web.get(f"/_sim/sign_in?upn={MIRA}")
    return admin


@pytest.fixture
def panel(admin: Hand) -> str:
    """A panel on the lead's form; its id."""
    made = make_resource(admin, "ac_/panel.html", PAGE)
    place(
        admin,
        "lead",
        with_tab(main_form(admin, "lead")["formxml"], tab("AC", frame("WebResource_ac", "ac_/panel.html"))),
    )
    return made


def opened(hand: Hand, path: str = LEAD) -> dict[str, Any]:
    """What the page tells its script."""
    answer = hand.web.get(path)
    assert answer.status_code == 200, answer.text
    found = re.search(r'id="page">(.*?)</script>', answer.text)
    assert found
    return dict(json.loads(found[1]))


def query(told: dict[str, Any], control: str = "WebResource_ac") -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(told["frames"][control]["url"]).query).items()}


def test_a_record_shows_its_name_header_fields_and_tabs(mira: Hand) -> None:
    text = html.unescape(mira.web.get(LEAD).text)
    for part in ("<h1>Ben Okoro</h1>", "Mira Admin", "ben@okoro.example", ">Summary</button>", ">Details</button>"):
        assert part in text


def test_a_web_resource_is_told_which_record_it_stands_beside(mira: Hand, panel: str) -> None:
    told = opened(mira)
    assert urlsplit(told["frames"]["WebResource_ac"]["url"]).path == "/WebResources/ac_/panel.html"
    seen = query(told)
    assert seen["id"] == f"{{{BEN.upper()}}}"
    assert (seen["typename"], seen["type"], seen["orgname"]) == ("lead", "4", "contoso")
    assert (seen["userlcid"], seen["orglcid"]) == ("1033", "1033")
    assert "data" not in seen
    assert "userid" not in seen


def test_a_record_not_yet_saved_has_no_id(mira: Hand, panel: str) -> None:
    told = opened(mira, "/main.aspx?pagetype=entityrecord&etn=lead")
    assert told["id"] == ""
    assert "id" not in query(told)


@pytest.mark.parametrize(("passes", "seen"), [("true", {"id", "data"}), ("false", {"data"})])
def test_parameters_are_passed_when_the_form_says_so(mira: Hand, passes: str, seen: set[str]) -> None:
    make_resource(mira, "ac_/panel.html", PAGE)
    cell = frame("WebResource_ac", "$webresource:ac_/panel.html", PassParameters=passes, Data="a=1&amp;b")
    place(mira, "lead", with_tab(main_form(mira, "lead")["formxml"], tab("AC", cell)))
    told = query(opened(mira))
    assert {"id", "data"} & told.keys() == seen
    assert told["data"] == "a=1&b"


def test_a_web_resource_is_found_by_its_id_as_well(mira: Hand) -> None:
    made = make_resource(mira, "ac_/panel.html", PAGE)
    cell = frame("WebResource_ac", "", WebResourceId=f"{{{made.upper()}}}")
    place(mira, "lead", with_tab(main_form(mira, "lead")["formxml"], tab("AC", cell)))
    assert opened(mira)["frames"]["WebResource_ac"]["url"].startswith("/WebResources/ac_/panel.html?")


def test_frames_are_shut_off_from_the_rest_of_the_world(mira: Hand, panel: str) -> None:
    assert opened(mira)["frames"]["WebResource_ac"]["sandbox"] == "allow-scripts allow-forms allow-same-origin"
    for path in (LEAD, "/WebResources/ac_/panel.html"):
        policy = mira.web.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def test_restricted_scripting_takes_the_frame_its_origin(mira: Hand) -> None:
    make_resource(mira, "ac_/panel.html", PAGE)
    cell = frame("WebResource_ac", "ac_/panel.html", Security="true")
    place(mira, "lead", with_tab(main_form(mira, "lead")["formxml"], tab("AC", cell)))
    assert opened(mira)["frames"]["WebResource_ac"]["sandbox"] == "allow-scripts allow-forms"


def test_who_cant_read_the_record_gets_no_page(hand: Hand, panel: str) -> None:
    hand.web.get(f"/_sim/sign_in?upn={NOOR}")
    refused = hand.web.get(LEAD)
    assert refused.status_code == 403
    assert "Ben" not in refused.text


@pytest.mark.parametrize("path", [LEAD.replace(BEN, NOBODY), LEAD.replace("lead", "shoe"), "/main.aspx"])
def test_what_does_not_exist_has_no_page(mira: Hand, path: str) -> None:
    assert mira.web.get(path).status_code == 404


def test_who_is_not_signed_in_is_asked_who_it_is(hand: Hand, panel: str) -> None:
    assert hand.web.get(LEAD).location.startswith("/_sim/sign_in?to=%2Fmain.aspx")
    assert hand.web.get("/WebResources/ac_/panel.html").status_code == 401


def test_a_form_is_chosen_by_its_id(mira: Hand) -> None:
    ada = "/main.aspx?pagetype=entityrecord&etn=contact&id=ada00000-0000-4000-8000-000000000001"
    forms = mira.rows("systemforms?$select=formid,name&$filter=objecttypecode eq 'contact' and type eq 2")
    assert len(forms) == 2
    for form in forms:
        assert opened(mira, f"{ada}&formid={form['formid']}")["form"] == form["formid"]


def test_scripts_run_when_the_form_opens(mira: Hand) -> None:
    make_resource(mira, "ac_/form.js", "function acOpened(context) {}", 3)
    place(mira, "lead", with_script(main_form(mira, "lead")["formxml"], "ac_/form.js", "acOpened"))
    assert [one["function"] for one in opened(mira)["handlers"]] == ["Contoso.leadOpened", "acOpened"]
    assert '<script src="/WebResources/ac_/form.js" defer>' in mira.web.get(LEAD).text
    assert mira.web.get("/WebResources/ac_/form.js").content_type == "text/javascript; charset=utf-8"


def test_colours_follow_the_person_unless_the_address_says(mira: Hand) -> None:
    assert "color-scheme: light dark" in mira.web.get(LEAD).text
    assert "color-scheme: dark" in mira.web.get(f"{LEAD}&theme=dark").text


def test_a_form_becomes_visible_when_its_table_is_published(mira: Hand, panel: str) -> None:
    latest = with_tab(main_form(mira, "lead")["formxml"], tab("AC2", frame("WebResource_more", "ac_/panel.html")))
    place(mira, "lead", latest, publish=False)
    publish_tables(mira, "contact")
    assert list(opened(mira)["frames"]) == ["WebResource_ac"]
    publish_tables(mira, "lead")
    assert list(opened(mira)["frames"]) == ["WebResource_ac", "WebResource_more"]


def test_the_class_of_the_control_decides(mira: Hand) -> None:
    make_resource(mira, "ac_/panel.html", PAGE)
    cell = frame("WebResource_ac", "ac_/panel.html").replace(CLASS, "{FD2A7985-3187-444E-908D-6624B21F69C0}")
    place(mira, "lead", with_tab(main_form(mira, "lead")["formxml"], tab("AC", cell)))
    assert opened(mira)["frames"] == {}
