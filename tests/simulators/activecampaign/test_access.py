"""Keys, permissions, plans."""

import pytest


def test_the_key_of_the_administrator_opens(api):
    assert api.get("users/me")["user"]["username"] == "admin"


@pytest.mark.parametrize(("switch", "status"), [({}, 403), ({"bad_key_status": 401}, 401)])
def test_wrong_key_is_refused(account, api, switch, status):
    account.switches.update(switch)
    answer = api.using("wrong")("GET", "users/me")
    assert (answer.status_code, answer.get_json()) == (status, {"message": "Forbidden"})


def test_missing_key_is_refused(client):
    assert client.get("/api/3/contacts").status_code == 403


def test_user_without_permission_reads_why(api):
    api("POST", "/_sim/users", {"key": "bens-key", "denied": ["lists"]})
    answer = api.using("bens-key")("GET", "lists")
    detail = "You do not have permission to view lists."
    assert answer.get_json() == {"errors": [{"status": 403, "title": "Forbidden", "detail": detail}]}


def test_user_who_is_no_administrator_sees_no_account_settings(api):
    api("POST", "/_sim/users", {"key": "bens-key"})
    assert api.using("bens-key")("GET", "settings/account").status_code == 403
    assert api.get("settings/account")["account"]["subscriber_total"] == "2"


def test_plan_without_accounts_answers_403(account, api):
    account.switches["not_in_plan"] = ["accounts"]
    assert api("GET", "accounts").status_code == 403
    assert api("GET", "contacts").status_code == 200


@pytest.mark.parametrize("path", ["nowhere", "tasks", "segmentsV2", "import/bulk_import/aggregate", "accounts/1/notes"])
def test_what_the_service_does_not_have_is_404(api, path):
    assert api("GET", path).status_code == 404


@pytest.mark.parametrize("path", ["users/me", "nowhere"])
def test_every_answer_can_be_traced_and_brings_cookies(reading, path):
    headers = [reading("GET", path).headers for _ in range(2)]
    assert headers[0]["x-request-id"] != headers[1]["x-request-id"]
    assert ("cf-ray" in headers[0], len(headers[0].getlist("Set-Cookie"))) == (True, 2)


def test_body_without_its_envelope_is_400(api):
    answer = api("POST", "contact/sync", {"email": "ada@contoso.example"})
    assert answer.get_json() == {"errors": [{"status": 400, "title": "Bad Request"}]}
