"""The control routes: seeding, edits, time, switches."""

import pytest

from simulators.activecampaign.__main__ import arguments
from simulators.activecampaign.core.switches import DEFAULTS
from simulators.activecampaign.state import ActiveCampaign


def test_contacts_are_seeded_with_everything(account, api):
    row = {
        "email": "ben@contoso.example", "fields": {"CITY": "Hull"}, "tags": ["x"], "lists": {"2": 2}, "bounced": True,
        "account": "Contoso", "jobTitle": "CTO", "cdate": "2026-01-01T00:00:00Z", "udate": "2026-02-01T00:00:00Z",
    }  # fmt: skip
    assert api("POST", "/_sim/contacts", {"contacts": [row]}).get_json() == {"ids": [3]}
    ben = api.get("contacts/3")["contact"]
    assert (ben["cdate"], ben["udate"]) == ("2025-12-31T18:00:00-06:00", "2026-01-31T18:00:00-06:00")
    assert (ben["bounced_hard"], account.values_of(row["email"])) == ("1", {"CITY": "Hull"})
    assert api.get("contacts/3/accountContacts")["accountContacts"][0]["jobTitle"] == "CTO"


def test_seeded_contacts_are_found_by_date(account, api):
    account.load_contacts([{"email": "ben@contoso.example", "udate": "2026-02-01T00:00:00Z"}])
    found = api.get("contacts", **{"filters[updated_before]": "2026-03-01"})["contacts"]
    assert [row["email"] for row in found] == ["ben@contoso.example"]


def test_accounts_are_seeded_with_values(api):
    row = {"name": "Contoso", "accountUrl": "https://contoso.example", "fields": {"Annual Revenue": 100}}
    assert api("POST", "/_sim/accounts", {"accounts": [row]}).get_json() == {"ids": [1]}
    value = api.get("accountCustomFieldData")["accountCustomFieldData"][0]
    assert (value["fieldValue"], value["fieldCurrency"]) == (100, "USD")


def edit(api, **given):
    return api("POST", "/_sim/edit", given)


def test_person_edits_a_contact(account, api):
    edit(api, contact=1, set={"firstName": "Augusta", "email": "augusta@contoso.example"}, fields={"CITY": "London"})
    assert account.contact("augusta@contoso.example").first == "Augusta"
    assert account.values_of("augusta@contoso.example") == {"JOB_TITLE": "Countess", "CITY": "London"}


def test_person_makes_and_deletes_a_contact(account, api):
    assert edit(api, contact="ben@contoso.example", create=True, set={"firstName": "Ben"}).get_json() == {"id": 3}
    edit(api, contact="ben@contoso.example", delete=True)
    assert account.contact("ben@contoso.example") is None


def test_person_cannot_take_the_address_of_somebody_else(account, api):
    assert edit(api, contact=1, set={"email": "cleo@fabrikam.example"}).status_code == 422
    assert account.contact("ada@contoso.example").id == 1


def test_person_edits_an_account(account, api):
    edit(api, account="Contoso", create=True, set={"accountUrl": "https://contoso.example"}, fields={"City": "Hull"})
    edit(api, account="Contoso", set={"name": "Contoso plc"})
    row = api.get("accounts/1")["account"]
    assert (row["name"], row["accountUrl"]) == ("Contoso plc", "https://contoso.example")
    edit(api, account="Contoso plc", delete=True)
    assert api.get("accounts")["meta"]["total"] == "0"


@pytest.mark.parametrize(
    "given",
    [{"contact": 99, "set": {}}, {"account": "Nobody"}, {"contact": 1, "fields": {"NONSENSE": "x"}}],
)
def test_edit_of_what_does_not_exist_is_404(api, given):
    assert edit(api, **given).status_code == 404


def test_clock_goes_ahead(account, api):
    account.switches["import_delay_s"] = [600, 600]
    api("POST", "import/bulk_import", {"contacts": [{"email": "ben@contoso.example"}]})
    api("POST", "/_sim/clock", {"advance_s": 600})
    assert account.contacts.find("ben@contoso.example") is not None


def test_switches_are_shown_and_unknown_ones_refused(api):
    assert api.get("/_sim/switches")["page_limit_max"] == 100
    assert api("POST", "/_sim/switches", {"nonsense": 1}).status_code == 400


def test_switches_of_one_account_leave_the_next_alone(account):
    account.switches["udate_moves_on"].append("association")
    account.switches["not_in_plan"].append("accounts")
    assert {**ActiveCampaign().switches, "calls_per_second": 5} == DEFAULTS
    assert "association" not in DEFAULTS["udate_moves_on"]


def test_totals_count_what_the_account_holds(api):
    totals = api.get("/_sim/totals")
    assert (totals["contacts"], totals["fields"], totals["records"]) == (2, 12, 0)


def test_statistics_know_of_imports_that_nobody_asked_about(account, api, clock):
    account.switches["import_delay_s"] = [5, 5]
    api("POST", "import/bulk_import", {"contacts": [{"email": "ben@contoso.example"}]})
    clock.advance(5)
    assert api.get("/_sim/stats")["writes"] == {"POST /api/3/import/bulk_import": 1}


def test_account_becomes_fresh_again(account, api):
    api("POST", "/_sim/switches", {"include": False})
    api("POST", "/_sim/reset")
    assert (api.get("contacts")["meta"]["total"], account.switches["include"]) == ("0", True)
    assert len(api.get("fields")["fields"]) == 12


def test_statistics_start_anew(api):
    api.sync(firstName="Augusta")
    api("DELETE", "/_sim/stats")
    assert api.get("/_sim/stats")["writes"] == {}


def test_command_line():
    options = arguments().parse_args(["--port", "0", "--calls-per-second", "0", "--key", "k"])
    assert (options.port, options.calls_per_second, options.key, options.tls) == (0, 0, "k", None)
