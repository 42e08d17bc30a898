"""Published and latest versions of forms and web resources, and what a form must be."""

from __future__ import annotations

import threading

import pytest
from support.dynamics_hand import Hand, code
from support.form_hand import coded, frame, main_form, make_resource, place, publish_tables, tab, with_script, with_tab

LATEST = "Microsoft.Dynamics.CRM.RetrieveUnpublished"
PAGE = "<!doctype html><title>Panel</title>"


def publish(hand: Hand, inside: str) -> int:
    wish = {"ParameterXml": f"<importexportxml>{inside}</importexportxml>"}
    return hand.send("POST", "PublishXml", wish).status_code


def read(hand: Hand, resource: str) -> tuple[str, str]:
    """The published and the latest content."""
    one = f"webresourceset({resource})"
    answers = (hand.get(f"{path}?$select=content").get_json()["content"] for path in (one, f"{one}/{LATEST}()"))
    return tuple(answers)  # type: ignore[return-value]


def test_what_is_new_is_published_and_what_is_changed_waits(admin: Hand) -> None:
    made = make_resource(admin, "ac_/panel.html", PAGE)
    assert read(admin, made) == (coded(PAGE), coded(PAGE))
    admin.send("PATCH", f"webresourceset({made})", {"content": coded("new")})
    assert read(admin, made) == (coded(PAGE), coded("new"))
    assert publish(admin, f"<webresources><webresource>{{{made.upper()}}}</webresource></webresources>") == 204
    assert read(admin, made) == (coded("new"), coded("new"))


def test_everything_is_published_at_once(admin: Hand) -> None:
    made = make_resource(admin, "ac_/panel.html", PAGE)
    admin.send("PATCH", f"webresourceset({made})", {"content": coded("new")})
    form = main_form(admin, "lead")
    place(admin, "lead", with_tab(form["formxml"], tab("AC", "")), publish=False)
    one = f"systemforms({form['formid']})?$select=formxml"
    assert admin.get(one).get_json()["formxml"] == form["formxml"]
    assert admin.send("POST", "PublishAllXml").status_code == 204
    assert 'name="AC"' in admin.get(one).get_json()["formxml"]
    assert read(admin, made)[0] == coded("new")


def test_a_change_that_waits_is_found_by_filters_on_the_latest_alone(admin: Hand) -> None:
    made = make_resource(admin, "ac_/panel.html", PAGE)
    admin.send("PATCH", f"webresourceset({made})", {"displayname": "Marketing"})
    where = "?$select=webresourceid&$filter=displayname eq 'Marketing'"
    assert admin.rows(f"webresourceset{where}") == []
    latest = admin.rows(f"webresourceset/{LATEST}Multiple(){where}")
    assert [row["webresourceid"] for row in latest] == [made]
    assert admin.rows(f"webresourceset{where}") == []


def test_a_deleted_row_takes_its_waiting_change_along(admin: Hand) -> None:
    made = make_resource(admin, "ac_/panel.html", PAGE)
    admin.send("PATCH", f"webresourceset({made})", {"content": coded("new")})
    assert admin.send("DELETE", f"webresourceset({made})").status_code == 204
    assert admin.send("POST", "PublishAllXml").status_code == 204
    assert admin.get(f"webresourceset({made})").status_code == 404


@pytest.mark.parametrize(
    "xml",
    ["<importexportxml>", "<entities><entity>lead</entity></entities>",
     "<importexportxml><entities><entity>shoe</entity></entities></importexportxml>",
     "<importexportxml><webresources><webresource>panel</webresource></webresources></importexportxml>",
     '<!DOCTYPE x [<!ENTITY y "z">]><importexportxml/>'],
)  # fmt: skip
def test_a_wish_that_is_none_is_refused(admin: Hand, xml: str) -> None:
    assert admin.send("POST", "PublishXml", {"ParameterXml": xml}).status_code == 400


@pytest.mark.parametrize("status", [429, 503])
def test_one_customization_runs_at_a_time(admin: Hand, status: int) -> None:
    admin.control("switches", {"publish_s": 0.5, "customization_busy_status": status})
    first = threading.Thread(target=publish_tables, args=(admin.as_admin(), "lead"))
    first.start()
    while not admin.state.customizing.locked():
        pass
    refused = admin.send("POST", "PublishAllXml")
    assert code(refused) == (status, "0x80071151")
    assert "[Publish] running at this moment" in refused.get_json()["error"]["message"]
    column = {"@odata.type": "Microsoft.Dynamics.CRM.MemoAttributeMetadata", "SchemaName": "ac_Made"}
    attributes = "EntityDefinitions(LogicalName='lead')/Attributes"
    assert admin.send("POST", attributes, column).status_code == status
    first.join()
    assert admin.send("POST", "PublishAllXml").status_code == 204


def twice(xml: str, start: str) -> str:
    """The form with the id of one part given to the next of its kind."""
    first, second = (place for place in xml.split(start)[1:3])
    return xml.replace(second.split('id="')[1].split('"')[0], first.split('id="')[1].split('"')[0])


@pytest.mark.parametrize("start", ["<tab ", "<section ", "<cell ", "<control "])
def test_ids_on_a_form_are_its_own(admin: Hand, start: str) -> None:
    form = main_form(admin, "lead")
    wrong = admin.send("PATCH", f"systemforms({form['formid']})", {"formxml": twice(form["formxml"], start)})
    assert code(wrong) == (400, "0x80040203")
    assert main_form(admin, "lead") == form


@pytest.mark.parametrize(
    ("old", "new"),
    [("</form>", ""), ("<form ", '<!DOCTYPE form [<!ENTITY a "b">]><form '), ('id="{', 'id="{x'),
     ('datafieldname="firstname"', 'datafieldname="shoe"')],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(admin: Hand, old: str, new: str) -> None:
    form = main_form(admin, "lead")
    wrong = admin.send("PATCH", f"systemforms({form['formid']})", {"formxml": form["formxml"].replace(old, new)})
    assert wrong.status_code == 400


def test_a_form_needs_its_web_resources(admin: Hand) -> None:
    form = main_form(admin, "contact")
    for xml in (
        with_tab(form["formxml"], tab("AC", frame("WebResource_ac", "ac_/missing.html"))),
        with_tab(form["formxml"], tab("AC", frame("WebResource_ac", ""))),
        with_script(form["formxml"], "ac_/missing.js", "opened"),
    ):
        wrong = admin.send("PATCH", f"systemforms({form['formid']})", {"formxml": xml})
        assert code(wrong) == (400, "0x80040217")


@pytest.mark.parametrize("published", [True, False])
def test_a_web_resource_on_a_form_cant_be_deleted(admin: Hand, published: bool) -> None:
    made = make_resource(admin, "ac_/panel.html", PAGE)
    before = main_form(admin, "lead")["formxml"]
    place(admin, "lead", with_tab(before, tab("AC", frame("WebResource_ac", "ac_/panel.html"))), publish=published)
    assert code(admin.send("DELETE", f"webresourceset({made})")) == (400, "0x8004f01f")
    place(admin, "lead", before)
    assert admin.send("DELETE", f"webresourceset({made})").status_code == 204


def test_a_library_of_a_form_cant_be_deleted(admin: Hand) -> None:
    used = admin.find("webresourceset", "name eq 'contoso_/lead.js'", "webresourceid")[0]
    assert code(admin.send("DELETE", f"webresourceset({used})")) == (400, "0x8004f01f")


def test_the_last_main_form_of_a_table_stays(admin: Hand) -> None:
    lead = main_form(admin, "lead")["formid"]
    assert code(admin.send("DELETE", f"systemforms({lead})")) == (400, "0x8004F654")
    contact = main_form(admin, "contact")["formid"]
    assert admin.send("DELETE", f"systemforms({contact})").status_code == 204
