"""The simulated record form in a real browser: web resources in their frames, and the Client API that they get."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Frame, Page
from support.dynamics_hand import BEN, Hand
from support.form_hand import frame, main_form, make_resource, place, tab, with_script, with_tab

from simulators.common.server import Server
from simulators.dynamics.state import Dynamics

MIRA = "mira.admin@contoso.example"
PANEL = """<!doctype html><title>Panel</title><p id=told>waiting</p><script>
  function setClientApiContext(xrm, formContext) {
    window.Xrm = xrm; window.form = formContext;
    document.getElementById("told").textContent = formContext.data.entity.getId();
  }
</script>"""
SCRIPT = """var Panel = { opened: function (executionContext) {
  var form = executionContext.getFormContext();
  function give() {
    var control = form.getControl("WebResource_panel");
    control.getContentWindow().then(function (w) { w.setClientApiContext(Xrm, form); }, function () {});
  }
  form.ui.tabs.get("Panel").addTabStateChange(give);
  give();
} };"""
ADDRESS = f"/main.aspx?pagetype=entityrecord&etn=lead&id={BEN}"


@pytest.fixture
def hand(dynamics_of_process: tuple[Dynamics, Flask]) -> Hand:
    """An administrator's application in an environment where Ben is a lead with a panel on the form."""
    state, app = dynamics_of_process
    state.reset()
    state.load("lead", [{"leadid": BEN, "firstname": "Ben", "lastname": "Okoro", "leadsourcecode": 8}])
    made = Hand(state, app.test_client()).as_admin()
    make_resource(made, "ac_/panel.html", PANEL)
    make_resource(made, "ac_/form.js", SCRIPT, 3)
    xml = with_tab(main_form(made, "lead")["formxml"], tab("Panel", frame("WebResource_panel", "ac_/panel.html")))
    place(made, "lead", with_script(xml, "ac_/form.js", "Panel.opened"))
    return made


@pytest.fixture
def form(chromium: Browser, hand: Hand, dynamics_of_process: tuple[Dynamics, Flask]) -> Iterator[Page]:
    """Mira before Ben's form; nothing went wrong on it."""
    window = chromium.new_context(color_scheme="light")
    page, faults = window.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    with Server(dynamics_of_process[1]) as server:
        page.goto(f"{server.url}/_sim/sign_in?upn={MIRA}")
        page.goto(f"{server.url}{ADDRESS}")
        yield page
        window.close()
    assert faults == []


def panel(form: Page) -> Frame:
    """The panel's frame, with the Client API in it."""
    form.get_by_role("tab", name="Panel").click()
    form.frame_locator("#WebResource_panel").get_by_text(BEN.upper()).wait_for()
    found = form.frame(url="**/WebResources/ac_/panel.html*")
    assert found
    return found


def test_the_panel_gets_the_client_api_when_its_tab_is_opened(form: Page) -> None:
    assert form.locator("iframe").count() == 0
    assert "Ben Okoro" in form.locator("h1").inner_text()
    assert panel(form).evaluate("form.data.entity.getEntityName()") == "lead"
    form.get_by_role("tab", name="Summary").click()
    assert form.locator("iframe").count() == 0
    panel(form)


def test_records_are_read_and_written_with_the_persons_rights(form: Page, hand: Hand) -> None:
    frame_ = panel(form)
    made = frame_.evaluate("Xrm.WebApi.createRecord('task', {subject: 'Call'})")
    assert made["entityType"] == "task"
    read = f"Xrm.WebApi.retrieveRecord('task', '{{{made['id']}}}', '?$select=subject,_createdby_value')"
    row = frame_.evaluate(read)
    assert row["subject"] == "Call"
    assert row["_createdby_value@OData.Community.Display.V1.FormattedValue"] == "Mira Admin"
    frame_.evaluate(f"Xrm.WebApi.updateRecord('task', '{made['id']}', {{subject: 'Write'}})")
    assert hand.find("tasks", f"activityid eq {made['id']}", "subject") == ["Write"]
    assert frame_.evaluate(f"Xrm.WebApi.deleteRecord('task', '{made['id']}')")["id"] == made["id"]


def test_many_records_come_in_pages(form: Page, hand: Hand) -> None:
    hand.state.load("task", [{"subject": f"Call {number}"} for number in range(3)])
    frame_ = panel(form)
    first = frame_.evaluate("Xrm.WebApi.retrieveMultipleRecords('task', '?$select=subject', 2)")
    assert len(first["entities"]) == 2
    rest = first["nextLink"][first["nextLink"].index("?") :]
    last = frame_.evaluate("next => Xrm.WebApi.retrieveMultipleRecords('task', next, 2)", rest)
    assert (len(last["entities"]), last["nextLink"]) == (1, "")


def test_a_refusal_has_a_number_and_words(form: Page) -> None:
    caught = "Xrm.WebApi.retrieveRecord('lead', '00000000-0000-4000-8000-00000000dead').catch(error => error)"
    assert panel(form).evaluate(caught)["errorCode"] == 0x80040217
    unknown = panel(form).evaluate("Xrm.WebApi.createRecord('leads', {}).catch(error => error.message)")
    assert "'leads' was not found" in unknown


def test_the_context_tells_who_and_where(form: Page) -> None:
    told = panel(form).evaluate("""() => { const c = Xrm.Utility.getGlobalContext(); return {
        id: c.userSettings.userId, name: c.userSettings.userName, language: c.userSettings.languageId,
        url: c.getClientUrl(), version: c.getVersion() } }""")
    assert told["name"] == "Mira Admin"
    assert told["id"] == told["id"].upper()
    assert told["id"].startswith("{")
    assert (told["language"], form.url.startswith(told["url"])) == (1033, True)


def test_columns_on_the_form_have_values_and_others_none(form: Page) -> None:
    frame_ = panel(form)
    assert frame_.evaluate("form.getAttribute('leadsourcecode').getValue()") == 8
    assert frame_.evaluate("form.getAttribute('ownerid').getValue()[0].entityType") == "systemuser"
    assert frame_.evaluate("form.getAttribute('revenue')") is None
    assert frame_.evaluate("form.getControl('WebResource_other')") is None


@pytest.mark.parametrize(("button", "confirmed"), [("Send", True), ("Cancel", False)])
def test_a_question_is_answered_in_a_dialog_of_the_form(form: Page, button: str, confirmed: bool) -> None:
    frame_ = panel(form)
    frame_.evaluate("""() => { window.asked = Xrm.Navigation.openConfirmDialog(
        {title: 'Campaign', text: 'Send now?', confirmButtonLabel: 'Send'}) ; }""")
    form.get_by_role("dialog").get_by_role("button", name=button).click()
    assert frame_.evaluate("asked") == {"confirmed": confirmed}


def test_an_alert_goes_on_when_it_is_closed(form: Page) -> None:
    frame_ = panel(form)
    frame_.evaluate("() => { window.told = Xrm.Navigation.openAlertDialog({text: 'Done.'}).then(() => 'closed'); }")
    form.get_by_role("dialog").get_by_role("button", name="OK").click()
    assert frame_.evaluate("told") == "closed"


def test_dark_colours_reach_the_form(form: Page) -> None:
    form.goto(f"{form.url}&theme=dark")
    assert form.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert form.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
