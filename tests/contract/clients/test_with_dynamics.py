"""The client against the simulated Dynamics with its authority, over HTTPS, signed in through msal."""

from __future__ import annotations

import pytest
import requests
from support.cast import ADA, BEN, CLEO

from clients.auth import ApiKey
from clients.dynamics import Dynamics
from clients.dynamics_pages import LOOKUP_NAME, Page, version_of
from clients.faults import TrackingOff, UnknownColumn
from clients.http import Door
from clients.probe import check_dynamics
from clients.table_dynamics import TABLE
from clients.tables import FACTS
from simulators.common.faults import Fault
from simulators.dynamics.seed import INTEGRATION
from simulators.dynamics.state import CLIENT_ID
from sync.errors import BadCredentials, MissingPermission, Resync, Throttled, Unavailable
from sync.model import Entity, Lane

SYNC = Lane.SYNC
CONTOSO = "7d5c1f2e-0000-4000-8000-000000000001"
SELECT = ("contactid", "firstname", "emailaddress1", "modifiedon", "_parentcustomerid_value")


@pytest.fixture
def dynamics(live_dynamics: Dynamics) -> Dynamics:
    return live_dynamics


def _changes(dynamics: Dynamics, link: str | None = None, page_size: int = 1000) -> tuple[list[Page], str]:
    """All pages of a read, and the delta link at its end."""
    pages = []
    while True:
        page = dynamics.changes_page("contacts", SELECT, link=link, page_size=page_size, lane=SYNC)
        pages.append(page)
        if page.delta_link:
            return pages, page.delta_link
        link = page.next_link


def _names(pages: list[Page]) -> list[str]:
    return sorted(row["firstname"] for page in pages for row in page.rows)


def test_a_check_of_a_healthy_environment_finds_nothing(dynamics: Dynamics) -> None:
    assert [finding for finding in check_dynamics(dynamics) if not finding.ok and finding.required] == []


def test_a_wrong_secret_is_a_bad_credential(dynamics_with) -> None:
    with pytest.raises(BadCredentials) as caught:
        dynamics_with("wrong").who_am_i()
    assert caught.value.code == "entra.AADSTS7000215"


def test_a_stranger_to_the_environment_is_told_to_be_made_a_user(environment, dynamics: Dynamics) -> None:
    requests.delete(f"{environment.url}/_sim/applications/{CLIENT_ID}", timeout=10).raise_for_status()
    with pytest.raises(BadCredentials) as caught:
        dynamics.who_am_i()
    assert "application user" in caught.value.advice


def test_a_token_revoked_in_mid_run_is_replaced(dynamics: Dynamics, control) -> None:
    identity = dynamics.organization_id()
    control("revoke", {})
    assert dynamics.organization_id() == identity


def test_an_unknown_certificate_is_refused_before_anything_is_sent(environment, ledger, monkeypatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    door = Door("dynamics", environment.url, auth=ApiKey("k"), budget=ledger, table=TABLE)
    with pytest.raises(Unavailable) as caught:
        door.send("POST", "api/data/v9.2/leads", lane=SYNC, json={}, write=True)
    assert "REQUESTS_CA_BUNDLE" in caught.value.advice


def test_a_first_read_goes_through_all_pages(dynamics: Dynamics) -> None:
    pages, _ = _changes(dynamics, page_size=2)
    assert [len(page.rows) for page in pages][:2] == [2, 1]
    assert _names(pages) == ["Ada", "Ben", "Cleo"]
    assert all(version_of(row) for page in pages for row in page.rows)


def test_a_delta_brings_what_changed_and_what_is_gone(dynamics: Dynamics, control) -> None:
    _, link = _changes(dynamics)
    control(
        "edit", [{"table": "contact", "id": ADA, "set": {"firstname": "Augusta"}}, {"table": "contact", "delete": BEN}]
    )
    pages, _ = _changes(dynamics, link)
    assert _names(pages) == ["Augusta"]
    assert [one for page in pages for one in page.deleted_ids] == [BEN]
    assert pages[0].delta


def test_nothing_changed_is_one_empty_page(dynamics: Dynamics) -> None:
    _, link = _changes(dynamics)
    pages, _ = _changes(dynamics, link)
    assert [(len(page.rows), page.deleted_ids) for page in pages] == [(0, [])]


@pytest.mark.parametrize("status", [400, 410])
def test_an_expired_link_asks_for_a_resync(dynamics: Dynamics, environment, control, status: int) -> None:
    environment.switches["expired_token_status"] = status
    _, link = _changes(dynamics)
    control("expire", {"tables": ["contact"]})
    with pytest.raises(Resync):
        _changes(dynamics, link)


@pytest.mark.parametrize("way", ["error", "no_link"])
def test_tracking_that_is_off_is_noticed(dynamics: Dynamics, environment, control, way: str) -> None:
    environment.switches["tracking_off"] = way
    control("tracking", {"table": "contact", "enabled": False})
    with pytest.raises(TrackingOff):
        _changes(dynamics)
    assert dynamics.tracking_flags()["contact"][0] is False


def test_without_tracking_dates_lead_to_the_changes(dynamics: Dynamics, environment, control) -> None:
    environment.clock.advance(3600)
    since = environment.clock.stamp()
    control("edit", [{"table": "contact", "id": ADA, "set": {"firstname": "Augusta"}}])
    page = dynamics.modified_page("contacts", "contactid", SELECT, since=since, lane=SYNC)
    assert [row["firstname"] for row in page.rows] == ["Augusta"]


def test_reading_by_date_pages_through_all(dynamics: Dynamics) -> None:
    first = dynamics.modified_page("contacts", "contactid", SELECT, since=None, page_size=2, lane=SYNC)
    second = dynamics.modified_page(
        "contacts", "contactid", SELECT, since=None, link=first.next_link, page_size=2, lane=SYNC
    )
    assert _names([first, second]) == ["Ada", "Ben", "Cleo"]


def test_a_lookup_says_which_table_it_points_to(dynamics: Dynamics) -> None:
    ada = dynamics.row("contacts", ADA, SELECT, lane=SYNC)
    assert ada is not None
    assert ada["_parentcustomerid_value"] == CONTOSO
    assert ada[f"_parentcustomerid_value@{LOOKUP_NAME}"] == "account"


def test_records_are_found_by_their_ids(dynamics: Dynamics) -> None:
    ids = [ADA, CLEO, "99999999-0000-4000-8000-000000000000"]
    rows = dynamics.rows_by_id("contacts", "contactid", SELECT, ids, lane=SYNC)
    assert sorted(row["firstname"] for row in rows) == ["Ada", "Cleo"]


def test_a_missing_record_is_none(dynamics: Dynamics) -> None:
    assert dynamics.row("contacts", CONTOSO, SELECT, lane=SYNC) is None


def test_counts_heed_a_filter(dynamics: Dynamics) -> None:
    assert dynamics.count("contacts") == (3, True)
    assert dynamics.count("contacts", "firstname eq 'Ada'") == (1, True)


def test_a_query_too_long_for_a_url_is_answered(dynamics: Dynamics) -> None:
    wanted = " or ".join(f"firstname eq 'nobody{n:05}'" for n in range(900)) + " or firstname eq 'Ada'"
    assert len(wanted) > 27_000
    assert [row["firstname"] for row in dynamics.sample("contacts", SELECT, wanted)] == ["Ada"]


@pytest.mark.parametrize("entity", list(FACTS))
def test_a_table_describes_itself(dynamics: Dynamics, entity: Entity) -> None:
    described = dynamics.describe(entity)[entity]
    assert described["definition"]["EntitySetName"] == FACTS[entity].entity_set
    assert described["definition"]["PrimaryIdAttribute"] == FACTS[entity].key
    assert all(described["details"][cast] for cast in ("StringAttributeMetadata", "PicklistAttributeMetadata"))


def test_a_column_that_was_deleted_is_named_as_such(dynamics: Dynamics) -> None:
    with pytest.raises(UnknownColumn):
        dynamics.changes_page("contacts", ("contactid", "ac_gone"), lane=SYNC)


def test_a_missing_privilege_is_named(dynamics: Dynamics, control) -> None:
    control("privileges", {"role": INTEGRATION, "set": {"prvReadLead": None}})
    with pytest.raises(MissingPermission) as caught:
        dynamics.sample("leads", ("leadid",))
    assert caught.value.privilege == "prvReadLead"


def test_read_for_the_own_unit_alone_does_not_do(dynamics: Dynamics, control) -> None:
    control("privileges", {"role": INTEGRATION, "set": {"prvReadContact": "Local"}})
    with pytest.raises(MissingPermission) as caught:
        _changes(dynamics)
    assert caught.value.privilege == "prvReadContact"


def test_over_the_limit_everybody_pauses(dynamics: Dynamics, environment, ledger) -> None:
    environment.switches["requests_per_window"] = 1
    dynamics.who_am_i()
    with pytest.raises(Throttled) as caught:
        dynamics.who_am_i()
    assert ledger.pauses == [(caught.value.after_s, ("calls",))]


@pytest.mark.parametrize(
    "fault",
    [Fault("status", path="contacts", status=502, body="<html>"), Fault("truncate", path="contacts"),
     Fault("reset_before", path="contacts"), Fault("reset_after", path="contacts")],
    ids=lambda fault: fault.kind,
)  # fmt: skip
def test_a_read_that_fails_on_the_way_is_tried_again(dynamics: Dynamics, environment, fault: Fault) -> None:
    environment.faults.add(Fault(**vars(fault)))
    with pytest.raises(Unavailable):
        _changes(dynamics)
    assert _names(_changes(dynamics)[0]) == ["Ada", "Ben", "Cleo"]
