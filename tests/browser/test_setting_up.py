"""The whole setup in a browser, from an empty database to a finished first sync, and every page on the way."""

from __future__ import annotations

from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.hands import CONTOSO, Hands
from support.visit import Visit

from engine.users import code
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics

PASSWORD = "correct horse battery"


def test_from_an_empty_database_to_a_finished_first_sync(visit: Visit, crm: Dynamics, ac: ActiveCampaign) -> None:
    hands = Hands(crm, ac)
    hands.account()
    hands.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Analyst")
    hands.contact(BEN, BEN_AT, firstname="Ben", jobtitle="Buyer")
    _welcome(visit)
    _connect(visit, crm, ac)
    _add_people(visit)
    _choose_data(visit)
    _check(visit)
    _start(visit)
    assert ac.contact(ADA_AT) is not None
    assert ac.contact(BEN_AT) is None
    _look_around(visit)


def _welcome(visit: Visit) -> None:
    visit.open("/")
    visit.look("welcome")
    visit.fill("Code", code(["a key for tests"]))
    visit.fill("Name to sign in with", "anna")
    visit.fill("Password", PASSWORD)
    visit.press("Make this administrator")


def _connect(visit: Visit, crm: Dynamics, ac: ActiveCampaign) -> None:
    visit.sees("Which Dynamics 365 syncs with which ActiveCampaign")
    visit.fill("Name", "contoso")
    visit.fill("Address of the environment", crm.url)
    visit.fill("Directory (tenant) id", TENANT)
    visit.fill("Application (client) id", CLIENT_ID)
    visit.fill("Client secret", "a wrong one")
    visit.fill("Authority", f"{crm.url}/{TENANT}")
    visit.fill("API URL", ac.url)
    visit.fill("API key", "simulated-key")
    visit.press("Test connection")
    visit.sees("Something is wrong", 20)
    visit.look("connection-wrong")
    visit.fill("Client secret", SECRET)
    visit.press("Test connection")
    visit.sees("Both services answer", 20)
    visit.press("Save connection")
    visit.sees("From nothing to a sync that runs by itself", 20)
    visit.look("checklist")
    visit.press("Connection")
    visit.sees("Bound to organisation")
    visit.look("connection")


def _add_people(visit: Visit) -> None:
    visit.press("Users")
    visit.fill("Name to sign in with", "uwe")
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_label("Role", exact=True).last.select_option("user")
    visit.page.get_by_role("button", name="Add", exact=True).last.click()
    visit.sees("uwe")
    visit.look("users")


def _choose_data(visit: Visit) -> None:
    visit.press("Data")
    visit.look("data")
    visit.main().get_by_role("link", name="Contacts").first.click()
    visit.page.get_by_label("Synced").check()
    visit.press("Keep")
    visit.look("data-settings")
    visit.press("Mappings")
    visit.page.get_by_label("Dynamics column").select_option("department")
    visit.sees("fits into")
    visit.look("data-mappings")
    visit.page.get_by_role("radio").first.check()
    visit.press("Add")
    visit.sees("Department")
    visit.press("Scope")
    visit.page.get_by_label("Which contacts").select_option("criteria")
    visit.page.get_by_label("Column").select_option("jobtitle")
    visit.fill("Value", "Analyst")
    visit.press("Keep and count")
    visit.sees("In scope now")
    visit.look("data-scope")
    visit.press("Review and save")
    visit.sees("What you change", 20)
    visit.look("data-review")
    visit.press("Make it so")
    visit.sees("Version")


def _check(visit: Visit) -> None:
    visit.press("Connection")
    visit.press("Checklist")
    visit.press("To the check")
    visit.press("Check now")
    visit.sees("Nothing is wrong", 60)
    visit.look("check")


def _start(visit: Visit) -> None:
    visit.press("Sync settings")
    visit.look("settings")
    visit.press("To the initial sync")
    visit.press("Start a dry run")
    visit.sees("would create", 60)
    visit.look("initial-sync")
    visit.press("Sync a sample")
    visit.page.on("dialog", lambda one: one.accept())
    visit.sees("created", 60)
    visit.press("Sync all of it")
    visit.page.get_by_role("cell", name="all records").wait_for(timeout=60_000)
    visit.press("Sync settings")
    visit.press("Turn it on")
    visit.sees("runs by itself")


def _look_around(visit: Visit) -> None:
    for name in ("Dashboard", "Records", "Cycles", "Failures", "Conflicts", "Audit log", "Health"):
        visit.press(name)
        visit.arrives_at(name)
        visit.look(name.lower().replace(" ", "-"))
    visit.main().get_by_role("link", name="Flower").click()
    visit.page.get_by_role("link", name="Tasks", exact=True).first.click()
    visit.page.get_by_text("Showing 1 to").first.wait_for()
    visit.open(f"/c/1/records/contact/{ADA}?ask=1")
    visit.sees("Analyst")
    visit.look("record")
    visit.press("Cycles")
    visit.main().get_by_role("row").nth(1).get_by_role("link").first.click()
    visit.sees("What became of every record that was read")
    visit.look("cycle")
    visit.press("Connection")
    visit.press("Checklist")
    visit.sees("All is done")
    visit.look("checklist-done")
