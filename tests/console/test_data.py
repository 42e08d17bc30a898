"""The data configuration: small forms that change a draft, and one decision that saves it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from support.browser import Browser

from config import document as documents
from config import yaml
from engine import configure, drafting
from store import audit, users
from worker.services import Services


@pytest.fixture
def at(connection_id: int) -> str:
    return f"/c/{connection_id}/data"


def saved(services: Services, connection_id: int) -> tuple[int, dict[str, Any]]:
    with services.db.transaction() as tx:
        return configure.current(tx, connection_id)


def draft(services: Services, connection_id: int, login: str = "anna") -> dict[str, Any]:
    with services.db.transaction() as tx:
        row = users.by_login(tx, login)
        assert row
        return drafting.opened(tx, connection_id, row["id"]).document


def save(browser: Browser, at: str, status: int = 303) -> str:
    page = browser.get(f"{at}/review")
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    return browser.post(f"{at}/review", status, page=f"{at}/review", seen=seen[1] if seen else "")


def settings(browser: Browser, at: str, entity: str = "contact", **said: str) -> str:
    whole = {"direction": "outbound", "conflict": "dynamics_wins", "create": "requested", "on_deleted": "tag"}
    return browser.post(f"{at}/{entity}", 303, page=at, **{**whole, "on_removed": "nothing", **said})


def test_every_page_opens(admin: Browser, at: str) -> None:
    for entity in ("account", "contact", "lead", "opportunity"):
        for part in ("", "/scope", "/mappings", "/mappings?column=statecode", "/record"):
            assert "Data: " in admin.get(f"{at}/{entity}{part}")
    assert "Overview" in admin.get(f"{at}/")
    assert "Nothing differs" in admin.get(f"{at}/review")
    assert admin.get(f"{at}/nobody", 404)


def test_settings_wait_in_the_draft_until_they_are_saved(
    admin: Browser, at: str, services: Services, connection_id: int
) -> None:
    settings(admin, at, enabled="true", direction="both", list="Newsletter")
    assert not saved(services, connection_id)[1]["entities"]["contact"]["enabled"]
    text = admin.get(f"{at}/review")
    assert "You have unsaved changes." in text
    assert "both ways" in text
    assert "begin with a first sync" in text
    save(admin, at)
    version, document = saved(services, connection_id)
    contact = document["entities"]["contact"]
    assert (version, contact["enabled"], contact["direction"], contact["list"]) == (2, True, "both", "Newsletter")
    assert "unsaved" not in admin.get(f"{at}/")
    with services.db.transaction() as tx:
        assert audit.listed(tx, connection_id)[0]["author"] == "console:anna"


def test_a_draft_belongs_to_one_person(
    app: Flask, admin: Browser, at: str, services: Services, connection_id: int
) -> None:
    settings(admin, at, enabled="true")
    assert "unsaved" not in other(app, services).get(f"{at}/")


def test_changes_can_be_dropped(admin: Browser, at: str, services: Services, connection_id: int) -> None:
    settings(admin, at, enabled="true")
    admin.post(f"{at}/discard", 303, page=at)
    assert draft(services, connection_id) == documents.defaults()


def test_a_fault_is_shown_at_its_field_and_keeps_the_draft_from_being_saved(
    admin: Browser, at: str, services: Services, connection_id: int
) -> None:
    settings(admin, at, tag_out_of_scope="[D365: Deleted]")
    text = admin.get(f"{at}/contact")
    assert 'id="tag_out_of_scope-error">' in text
    assert 'value="[D365: Deleted]"' in text
    assert "Make it so" not in admin.get(f"{at}/review")
    save(admin, at)
    assert saved(services, connection_id)[0] == 1


def criteria(browser: Browser, at: str, do: str, **form: Any) -> None:
    names = {name.replace("_at_", "-").replace("_in_", "."): value for name, value in form.items()}
    browser.post(f"{at}/contact/scope", 303, page=at, do=do, scope="criteria", **names)


def test_criteria_grow_row_by_row_and_keep_what_was_typed(
    admin: Browser, at: str, services: Services, connection_id: int
) -> None:
    criteria(admin, at, "keep")
    row = {"word_at_": "any", "field_at_0": "jobtitle", "operator_at_0": "contains", "value_at_0": "Nurse"}
    criteria(admin, at, "group:", **row)
    nested = {**row, "word_at_1": "all", "field_at_1_in_0": "statecode", "operator_at_1_in_0": ""}
    criteria(admin, at, "condition:1", **nested)
    nurse = {"field": "jobtitle", "operator": "contains", "value": "Nurse"}
    inner = {"all": [{"field": "statecode", "operator": "equals"}, {"field": "", "operator": ""}]}
    assert draft(services, connection_id)["entities"]["contact"]["criteria"] == {"any": [nurse, inner]}
    text = admin.get(f"{at}/contact/scope")
    assert 'value="Nurse"' in text
    assert "a condition needs the name of its field." in text
    criteria(admin, at, "remove:1", **nested)
    assert draft(services, connection_id)["entities"]["contact"]["criteria"] == {"any": [nurse]}


def test_a_button_whose_row_is_gone_says_so(admin: Browser, at: str) -> None:
    criteria(admin, at, "remove:7.x", word_at_="all")
    assert "gone by now" in admin.get(f"{at}/contact/scope")


def test_values_that_do_not_fit_are_marked_at_their_row(admin: Browser, at: str) -> None:
    row = {"word_at_": "all", "field_at_0": "modifiedon", "operator_at_0": "on", "value_at_0": "tomorrow"}
    criteria(admin, at, "keep", **row)
    text = admin.get(f"{at}/contact/scope")
    assert "Expected a day such as 2026-01-31" in text
    assert 'value="tomorrow"' in text
    assert "Correct what is marked first." in admin.get(f"{at}/contact/scope?count=1")


def test_the_count_says_when_dynamics_is_away(admin: Browser, at: str) -> None:
    assert "Dynamics can&#39;t be asked now" in admin.get(f"{at}/contact/scope?count=1")


def test_a_freed_field_can_be_filled_from_another_column(
    admin: Browser, at: str, services: Services, connection_id: int
) -> None:
    assert "The standard mapping from jobtitle is switched off then." in admin.get(
        f"{at}/contact/mappings?column=statecode"
    )
    admin.post(f"{at}/contact/mappings/add", 303, page=at, column="statecode", field="JOB_TITLE")
    contact = draft(services, connection_id)["entities"]["contact"]
    assert (contact["standard"], contact["fields"][0]["dynamics"]) == ({"jobtitle": False}, "statecode")
    assert "it removes your mapping from statecode" in admin.get(f"{at}/contact/mappings")
    admin.post(f"{at}/contact/mappings/standard", 303, page=at, column="jobtitle", switch="on")
    assert "is removed" in admin.get(f"{at}/contact/mappings")
    assert draft(services, connection_id) == documents.defaults()


def test_a_fixed_mapping_stays_on(admin: Browser, at: str, services: Services, connection_id: int) -> None:
    assert "Always on" in admin.get(f"{at}/contact/mappings")
    admin.post(f"{at}/contact/mappings/standard", 303, page=at, column="emailaddress1", switch="off")
    assert "it can&#39;t be switched off" in admin.get(f"{at}/contact/mappings")
    assert draft(services, connection_id) == documents.defaults()


def test_a_mapping_is_changed_and_removed(admin: Browser, at: str, services: Services, connection_id: int) -> None:
    admin.post(f"{at}/contact/mappings/add", 303, page=at, column="statecode", field="JOB_TITLE")
    ends = {"column": "statecode", "field": "JOB_TITLE"}
    admin.post(f"{at}/contact/mappings/own", 303, page=at, **ends, on_empty="keep", direction="inbound")
    field = draft(services, connection_id)["entities"]["contact"]["fields"][0]
    assert (field["on_empty"], field["direction"], field["enabled"]) == ("keep", "inbound", False)
    admin.post(f"{at}/contact/mappings/own", 303, page=at, **ends, do="remove")
    assert draft(services, connection_id)["entities"]["contact"]["fields"] == []


def test_a_constant_is_given_and_taken_away(admin: Browser, at: str, services: Services, connection_id: int) -> None:
    settings(admin, at, direction="both")
    assert "Give it a constant" in admin.get(f"{at}/contact/mappings")
    admin.post(f"{at}/contact/mappings/constant", 303, page=at, column="jobtitle", value="Unknown")
    assert draft(services, connection_id)["entities"]["contact"]["defaults"]["jobtitle"] == "Unknown"
    admin.post(f"{at}/contact/mappings/constant", 303, page=at, column="jobtitle", do="remove")
    assert "jobtitle" not in draft(services, connection_id)["entities"]["contact"]["defaults"]


def test_of_two_who_save_the_second_is_told_and_loses_nothing(
    app: Flask, admin: Browser, at: str, services: Services, connection_id: int
) -> None:
    second = other(app, services)
    settings(second, at, direction="both")
    settings(admin, at, "lead", enabled="true")
    save(admin, at)
    text = second.get(f"{at}/review")
    assert "Somebody else saved version 2 meanwhile" in text
    assert "Make it so" not in text
    save(second, at)
    assert saved(services, connection_id)[0] == 2
    second.post(f"{at}/rebase", 303, page=at)
    save(second, at)
    version, document = saved(services, connection_id)
    entities = document["entities"]
    assert (version, entities["lead"]["enabled"], entities["contact"]["direction"]) == (3, True, "both")


def test_what_was_not_looked_at_is_not_saved(admin: Browser, at: str, services: Services, connection_id: int) -> None:
    settings(admin, at, direction="both")
    seen = re.search(r'name="seen" value="([^"]+)"', admin.get(f"{at}/review"))
    settings(admin, at, direction="inbound")
    assert seen
    admin.post(f"{at}/review", 303, page=at, seen=seen[1])
    assert saved(services, connection_id)[0] == 1
    assert "changed in another window" in admin.get(f"{at}/review")


def test_a_document_is_downloaded_edited_and_imported(
    admin: Browser, at: str, services: Services, connection_id: int
) -> None:
    text = admin.get(f"{at}/configuration.yaml")
    wrong = text.replace("frequency: 1h", "frequency: 7h")
    page = admin.post(f"{at}/import", 422, page=at, text=wrong)
    assert "line " in page
    assert "frequency: 7h" in page
    file = (io.BytesIO(text.replace("frequency: 1h", "frequency: 15m").encode()), "ac365.yaml")
    assert admin.post(f"{at}/import", 303, page=at, file=file) == f"{at}/review"
    assert "Frequency" in admin.get(f"{at}/review")
    save(admin, at)
    assert saved(services, connection_id)[1]["sync"]["frequency"] == "15m"
    assert yaml.parse(admin.get(f"{at}/configuration.yaml"))[0]["sync"]["frequency"] == "15m"


@pytest.mark.parametrize(("key", "told"), [("ada", "neither an e-mail"), ("5e0a0000-0000-4000-8000-000000000001", "")])
def test_a_record_that_can_not_be_read_is_told_of(admin: Browser, at: str, key: str, told: str) -> None:
    assert told in admin.post(f"{at}/contact/record", 200, page=at, key=key)


def other(app: Flask, services: Services) -> Browser:
    """A second administrator, Ben."""
    with services.db.transaction() as tx:
        anna = users.by_login(tx, "anna")
        assert anna
        users.add(tx, "ben", "Ben", "administrator", "test", password_hash=anna["password_hash"])
    return Browser(app.test_client()).sign_in("ben")
