"""What the statistics and the log of writes tell: requests that changed something, rows, and nothing that did not."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ADA, BEN, NOBODY, Hand

from simulators.common.writes import WriteLog
from simulators.dynamics import seed

LEAD = {"@odata.type": "Microsoft.Dynamics.CRM.lead"}


def batch(hand: Hand, *parts: str) -> None:
    """Sends a batch that goes on after errors. A part is a request line with a body, or several of them as a set."""
    text = "".join(f"--b\r\n{one}" for one in parts) + "--b--\r\n"
    headers = {"Content-Type": "multipart/mixed; boundary=b", "Authorization": f"Bearer {hand.token}"}
    answer = hand.web.post("/api/data/v9.2/$batch", data=text, headers={**headers, "Prefer": "odata.continue-on-error"})
    assert answer.status_code == 200


def part(request: str, body: str = "", content_id: str = "") -> str:
    named = f"Content-ID: {content_id}\r\n" if content_id else ""
    return f"Content-Type: application/http\r\n{named}\r\n{request} HTTP/1.1\r\n\r\n{body}\r\n"


def change_set(*parts: str) -> str:
    inner = "".join(f"--cs\r\n{one}" for one in parts)
    return f"Content-Type: multipart/mixed; boundary=cs\r\n\r\n{inner}--cs--\r\n"


def stats(hand: Hand) -> tuple[int, dict[str, dict[str, int]]]:
    found = hand.control("stats", method="GET").get_json()
    assert found["writes"] == found["write_requests"]
    return found["write_requests"], found["rows_written"]


def writes(hand: Hand, since: int = 0) -> list[dict[str, Any]]:
    return hand.control(f"writes?since={since}", method="GET").get_json()["writes"]


def test_reading_is_no_write(hand: Hand) -> None:
    hand.rows("leads?$select=subject")
    batch(hand, part(f"GET leads({BEN})"), part(f"GET contacts({ADA})"))
    assert stats(hand) == (0, {})
    assert writes(hand) == []


def test_a_request_that_was_refused_is_no_write(hand: Hand) -> None:
    hand.send("PATCH", f"leads({BEN})", {"lastname": "x" * 51})
    hand.send("PATCH", f"leads({NOBODY})", {"lastname": "x"}, If_Match="*")
    targets = [{**LEAD, "lastname": "Good"}, {**LEAD, "lastname": "x" * 51}]
    hand.send("POST", "leads/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": targets})
    assert stats(hand) == (0, {})


def test_rows_are_counted_by_table_and_kind(admin: Hand) -> None:
    made = admin.make("leads", lastname="New")
    admin.send("PATCH", f"leads({made})", {"jobtitle": "x"})
    admin.send("DELETE", f"leads({made})")
    assert stats(admin) == (3, {"lead": {"created": 1, "updated": 1, "deleted": 1}})


def test_a_bulk_message_is_one_request_and_many_rows(hand: Hand) -> None:
    targets = [{**LEAD, "lastname": name} for name in "ABC"]
    hand.send("POST", "leads/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": targets})
    assert stats(hand) == (1, {"lead": {"created": 3}})


def test_a_batch_is_one_request_and_counts_what_took_effect(hand: Hand) -> None:
    good = part(f"PATCH leads({BEN})", '{"jobtitle":"x"}')
    undone = change_set(part("POST accounts", '{"name":"x"}', "1"), part("POST leads", '{"lastname":7}', "2"))
    batch(hand, good, undone, part(f"GET leads({BEN})"))
    assert stats(hand) == (1, {"lead": {"updated": 1}})


def test_a_person_who_edits_is_in_the_log_and_not_in_the_statistics(hand: Hand) -> None:
    hand.edit({"table": "lead", "id": BEN, "set": {"jobtitle": "x"}})
    assert stats(hand) == (0, {})
    assert [(row["by"], row["columns"]) for row in writes(hand)] == [(seed.ADMIN, ["jobtitle"])]


def test_a_write_is_told_with_its_columns_and_author(hand: Hand) -> None:
    made = hand.make("leads", lastname="New", donotbulkemail=False)
    user = hand.get("WhoAmI").get_json()["UserId"]
    [row] = writes(hand)
    assert (row["table"], row["id"], row["how"], row["by"]) == ("lead", made, "created", user)
    assert {"lastname", "fullname"} <= set(row["columns"])
    assert "donotbulkemail" not in row["columns"]
    assert len(row["at"]) == len("2026-01-05T10:11:12Z")


def test_writes_are_asked_for_from_a_number_on(hand: Hand) -> None:
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "a"})
    first = hand.control("writes", method="GET").get_json()["last"]
    hand.send("PATCH", f"contacts({ADA})", {"jobtitle": "b"})
    assert [row["table"] for row in writes(hand, first)] == ["contact"]


def test_the_log_keeps_the_newest() -> None:
    log = WriteLog(kept=2)
    for table in "abc":
        log.add(table=table)
    assert log.since(0) == {"last": 3, "writes": [{"number": 2, "table": "b"}, {"number": 3, "table": "c"}]}


def test_a_definition_and_a_role_that_is_given_count_too(admin: Hand) -> None:
    label = {"LocalizedLabels": [{"Label": "Size", "LanguageCode": 1033}]}
    column = {"@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "SchemaName": "new_Size",
              "MaxLength": 10, "DisplayName": label}  # fmt: skip
    assert admin.send("POST", "EntityDefinitions(LogicalName='lead')/Attributes", column).status_code == 204
    role = admin.find("roles", f"name eq 'Salesperson' and _businessunitid_value eq {seed.ROOT_UNIT}", "roleid")[0]
    link = {"@odata.id": f"http://localhost/api/data/v9.2/roles({role})"}
    admin.send("POST", f"teams({seed.TEAM})/teamroles_association/$ref", link)
    rows = {"EntityDefinitions": {"created": 1}, "teamroles_association": {"created": 1}}
    assert stats(admin) == (2, rows)


@pytest.mark.parametrize("times", [1, 2])
def test_statistics_begin_anew(hand: Hand, times: int) -> None:
    for _ in range(times):
        hand.send("PATCH", f"leads({BEN})", {"jobtitle": "a"})
    assert stats(hand)[0] == times
    hand.control("stats", method="DELETE")
    assert stats(hand) == (0, {})
