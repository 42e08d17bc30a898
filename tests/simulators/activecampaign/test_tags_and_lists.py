"""Tags, lists, and what they do to a contact."""

import pytest


def tag_contact(api, contact="1", tag="1"):
    return api("POST", "contactTags", {"contactTag": {"contact": contact, "tag": tag}})


def enlist(api, status, contact="1", number="1", **more):
    return api("POST", "contactLists", {"contactList": {"list": number, "contact": contact, "status": status, **more}})


def test_new_tag_is_201_and_a_known_one_200_with_its_row(api):
    body = {"tag": {"tag": "[D365: Lead]", "tagType": "contact", "description": "from Dynamics"}}
    first, second = (api("POST", "tags", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["tag"] == second.get_json()["tag"]


@pytest.mark.parametrize(
    ("query", "found"),
    [({"search": "vi"}, ["vip"]), ({"search": "x"}, []), ({"filters[search][eq]": "vip"}, ["vip"]),
     ({"filters[search][eq]": "vi"}, []), ({"filters[search][starts_with]": "vi"}, ["vip"]),
     ({"filters[nonsense]": "x"}, ["vip"])],
)  # fmt: skip
def test_tags_by_name(reading, query, found):
    assert [row["tag"] for row in reading.get("tags", **query)["tags"]] == found


def test_tag_row_holds_strings_and_counts_its_contacts(reading):
    row = reading.get("tags/1")["tag"]
    assert (row["id"], row["subscriber_count"], row["tagType"], row["deleted"]) == ("1", "1", "contact", "0")


def test_tagging_twice_gives_the_same_association(api):
    first, second = tag_contact(api, "2"), tag_contact(api, "2")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json()["contactTag"]["id"] == second.get_json()["contactTag"]["id"]


@pytest.mark.parametrize(("contact", "tag", "status"), [("1", "vip", 422), ("99", "1", 404), ("1", "99", 404)])
def test_association_needs_ids_that_exist(api, contact, tag, status):
    assert tag_contact(api, contact, tag).status_code == status


def test_tag_name_instead_of_id_says_so(api):
    assert tag_contact(api, "1", "vip").get_json()["errors"][0]["title"] == "No tag id provided"


def test_association_is_removed_by_its_own_id_and_comes_back_with_another(api):
    assert api("DELETE", "contactTags/1").get_json() == {}
    answer = api("DELETE", "contactTags/1")
    assert (answer.status_code, answer.get_json()) == (404, {"message": "No Result found for SubscriberTag with id 1"})
    assert tag_contact(api).get_json()["contactTag"]["id"] == "2"


def test_tags_of_the_account_ignore_filters(reading):
    assert reading.get("contactTags", **{"filters[tag]": 99})["meta"]["total"] == "1"


def test_deleted_tag_leaves_its_contacts(account, api):
    api("DELETE", "tags/1")
    assert (account.tags_of("ada@contoso.example"), api.get("contacts", tagid=1)["contacts"]) == (set(), [])


def test_new_list_is_201_and_its_text_id_unique(api):
    body = {"name": "D365", "stringid": "d365", "sender_url": "https://contoso.example", "sender_reminder": "x"}
    first, second = (api("POST", "lists", {"list": body}) for _ in range(2))
    assert (first.status_code, first.get_json()["list"]["send_last_broadcast"]) == (201, "1")
    assert second.get_json()["errors"][0]["code"] == "duplicate"
    group = api("POST", "listGroups", {"listGroup": {"listid": 3, "groupid": 3}})
    assert (group.status_code, group.get_json()["listGroup"]["id"]) == (201, "1")


def test_lists_by_name_count_their_members(reading):
    row = reading.get("lists", **{"filters[name]": "market"})["lists"][0]
    assert (row["name"], row["active_subscribers"], row["non_deleted_subscribers"]) == ("D365 Marketing", "1", "1")


@pytest.mark.parametrize("status", [0, 1, 2, 3, "2"])
def test_list_status_is_echoed_in_the_type_sent(api, status):
    assert enlist(api, status, "2").get_json()["contactList"]["status"] == status
    assert api.get("contacts/2/contactLists")["contactLists"][0]["status"] == str(status)


@pytest.mark.parametrize("status", [4, -1, "active", None])
def test_other_status_is_refused(api, status):
    answer = enlist(api, status)
    title = "The value you selected is not a valid choice."
    assert (answer.status_code, answer.get_json()["errors"][0]["title"]) == (422, title)


@pytest.mark.parametrize(("contact", "number"), [("99", "1"), ("1", "99")])
def test_membership_needs_ids_that_exist(api, contact, number):
    assert enlist(api, 1, contact, number).status_code == 404


def test_membership_of_one_list_is_one_row(api, clock):
    clock.advance(60)
    first, second = enlist(api, 2), enlist(api, 1, sourceid=4)
    rows = api.get("contacts/1/contactLists")["contactLists"]
    assert first.get_json()["contactList"]["id"] == second.get_json()["contactList"]["id"]
    assert [(row["status"], row["sourceid"], row["udate"]) for row in rows] == [("1", "4", "2026-09-01T03:01:00-05:00")]


def test_memberships_of_the_account_ignore_filters(reading):
    assert reading.get("contactLists", **{"filters[list]": 99})["meta"]["total"] == "1"


def test_exclusions_refuse_unknown_filters(reading):
    answer = reading("GET", "lists/exclusions", **{"filters[nonsense]": 1})
    assert (answer.status_code, answer.get_json()["errors"][0]["title"]) == (422, "Invalid filter field")


def test_unknown_list_is_403_for_writers_and_404_for_readers(api):
    assert api("GET", "lists/9").status_code == 404
    assert (api("PUT", "lists/9", {"list": {}}).status_code, api("DELETE", "lists/9").status_code) == (403, 403)
    assert api("DELETE", "lists/9").get_json() == {"message": "No Result found for _List with id 9"}
