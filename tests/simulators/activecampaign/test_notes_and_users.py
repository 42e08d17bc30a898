"""Notes, users, and what the account tells about itself."""

import pytest


def note(api, **more):
    return api("POST", "notes", {"note": {"note": "Called back", "relid": 1, "reltype": "Subscriber", **more}})


def test_note_answers_201_in_the_types_sent(api):
    answer = note(api)
    shown = answer.get_json()["note"]
    assert (answer.status_code, shown["relid"], shown["owner"]) == (201, 1, {"type": "contact", "id": 1})
    assert answer.get_json()["contacts"][0]["id"] == "1"


def test_every_call_makes_another_note(api):
    for _ in range(2):
        note(api)
    answer = api.get("contacts/1/notes")
    assert ([row["relid"] for row in answer["notes"]], answer["meta"]["total"]) == (["1", "1"], 2)
    assert api.get("notes")["meta"]["total"] == 2


@pytest.mark.parametrize("key", ["note", "relid", "reltype"])
def test_note_needs(api, key):
    answer = note(api, **{key: ""})
    error = {"status": 422, "title": "Missing attribute", "source": {"pointer": f"/data/attributes/{key}"}}
    assert (answer.status_code, answer.get_json()) == (422, {"errors": [error]})


@pytest.mark.parametrize(
    ("more", "status"),
    [({"relid": 99}, 404), ({"reltype": "Cat"}, 422), ({"reltype": "CustomerAccount"}, 201),
     ({"reltype": "CustomerAccount", "relid": 9}, 404)],
)  # fmt: skip
def test_note_is_about_something(account, api, more, status):
    account.load_accounts([{"name": "Contoso"}])
    assert note(api, **more).status_code == status


def test_note_is_changed_and_deleted(api):
    note(api)
    assert api("PUT", "notes/1", {"note": {"note": "Wrote"}}).get_json()["note"]["note"] == "Wrote"
    assert api("DELETE", "notes/1").get_json() == {}
    answer = api("DELETE", "notes/1")
    assert (answer.status_code, answer.get_json()) == (403, {"message": "No Result found for Note with id 1"})


def test_note_shows_in_the_feed(api):
    note(api)
    api.get("contacts/1")
    assert api.get("activities", contact=1)["activities"][0]["referenceModelName"] == "note"


def test_user_of_the_key(reading):
    user = reading.get("users/me")["user"]
    assert (user["id"], user["username"], user["localZoneid"]) == ("1", "admin", "America/New_York")
    assert reading.get("users")["meta"]["total"] == "1"


@pytest.mark.parametrize("path", ["forms", "emailActivities"])
def test_what_nobody_uses_is_empty(reading, path):
    assert reading.get(path)[path] == []
