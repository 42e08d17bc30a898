"""$batch on the wire: change sets, references, stopping and going on."""

from __future__ import annotations

import re

import pytest
from support.dynamics_hand import ADA, BEN, NOBODY, Hand, code
from werkzeug.test import TestResponse

ROOT = "/api/data/v9.2"


def part(request: str, body: str = "", content_id: str = "") -> str:
    own = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    own += f"Content-ID: {content_id}\r\n" if content_id else ""
    typed = "Content-Type: application/json; type=entry\r\n" if body else ""
    return f"{own}\r\n{request} HTTP/1.1\r\n{typed}\r\n{body}\r\n"


def change_set(*parts: str) -> str:
    inner = "".join(f"--cs\r\n{one}" for one in parts)
    return f'Content-Type: multipart/mixed; boundary="cs"\r\n\r\n{inner}--cs--\r\n'


def run(hand: Hand, *parts: str, ends: str = "\r\n", go_on: bool = False) -> TestResponse:
    text = "".join(f"--b7\r\n{one}" for one in parts) + "--b7--\r\n"
    headers = {"Content-Type": "multipart/mixed; boundary=b7", "Authorization": f"Bearer {hand.token}"}
    headers |= {"Prefer": "odata.continue-on-error"} if go_on else {}
    return hand.web.post(f"{ROOT}/$batch", data=text.replace("\r\n", ends), headers=headers)


def statuses(answer: TestResponse) -> list[int]:
    return [int(found) for found in re.findall(r"HTTP/1\.1 (\d+)", answer.text)]


GET_BEN = part(f"GET {ROOT}/leads({BEN})?$select=lastname")
GET_NOBODY = part(f"GET {ROOT}/leads({NOBODY})?$select=lastname")


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("base", [ROOT, f"http://localhost{ROOT}"])
def test_answers_come_in_order(hand: Hand, ends: str, base: str) -> None:
    asked = [part(f"GET {base}/leads({BEN})?$select=lastname"), part(f"GET {base}/contacts({ADA})?$select=fullname")]
    answer = run(hand, *asked, ends=ends)
    assert answer.headers["Content-Type"].startswith("multipart/mixed; boundary=batchresponse_")
    assert answer.text.index("Okoro") < answer.text.index("Ada Byron")
    assert statuses(answer) == [200, 200]


def test_the_first_failure_ends_a_batch_and_gives_it_its_status(hand: Hand) -> None:
    answer = run(hand, GET_BEN, GET_NOBODY, GET_BEN)
    assert (answer.status_code, statuses(answer)) == (404, [200, 404])


def test_a_batch_goes_on_when_asked_to(hand: Hand) -> None:
    answer = run(hand, GET_BEN, GET_NOBODY, GET_BEN, go_on=True)
    assert (answer.status_code, statuses(answer)) == (200, [200, 404, 200])


def test_a_change_set_refers_to_what_it_made(hand: Hand) -> None:
    account = part(f"POST {ROOT}/accounts", '{"name":"New Ltd"}', "1")
    contact = part(f"PATCH {ROOT}/contacts({ADA})", '{"parentcustomerid_account@odata.bind":"$1"}', "2")
    rename = part("PATCH $1", '{"telephone1":"7"}', "3")
    assert statuses(run(hand, change_set(account, contact, rename))) == [204, 204, 204]
    parent = hand.get(f"contacts({ADA})/parentcustomerid_account?$select=name,telephone1").get_json()
    assert (parent["name"], parent["telephone1"]) == ("New Ltd", "7")


def test_a_failed_change_set_leaves_nothing_and_answers_once(hand: Hand) -> None:
    good = part(f"POST {ROOT}/accounts", '{"name":"New Ltd"}', "1")
    bad = part(f"PATCH {ROOT}/contacts({ADA})", '{"lastname":7}', "2")
    answer = run(hand, change_set(good, bad), GET_BEN, go_on=True)
    assert statuses(answer) == [400, 200]
    assert hand.find("accounts", "name eq 'New Ltd'", "name") == []


def test_parts_tell_what_single_requests_tell(hand: Hand) -> None:
    made = part(f"POST {ROOT}/accounts", '{"name":"New Ltd"}')
    seen = part(f"PATCH {ROOT}/leads({BEN})", '{"jobtitle":"x"}').replace(
        "Content-Type: application/json", "Prefer: return=representation\r\nContent-Type: application/json"
    )
    stale = seen.replace("Prefer:", 'If-Match: W/"1"\r\nPrefer:')
    first, second, third = re.split(r"--batchresponse_\S+\r\n", run(hand, made, seen, stale, go_on=True).text)[1:4]
    assert re.search(r"204 No Content\r\n(.*\r\n)*OData-EntityId: http://localhost\S+/accounts\([\w-]+\)", first)
    assert re.search(r'200 OK\r\n(.*\r\n)*ETag: W/"\d+"', second)
    assert "412 Precondition Failed" in third
    assert "0x80060882" in third


def test_the_status_of_a_refused_write_becomes_that_of_the_batch(hand: Hand) -> None:
    answer = run(hand, part(f"PATCH {ROOT}/leads({BEN})", '{"lastname":7}'), GET_BEN)
    assert (answer.status_code, statuses(answer)) == (400, [400])


def test_a_content_id_is_used_once_in_the_whole_batch(hand: Hand) -> None:
    good = part(f"POST {ROOT}/accounts", '{"name":"x"}', "1")
    assert statuses(run(hand, good, change_set(good), go_on=True)) == [204, 400]
    assert statuses(run(hand, good, good, go_on=True)) == [204, 400]


def test_writes_outside_a_change_set_stand_alone(hand: Hand) -> None:
    good = part(f"POST {ROOT}/accounts", '{"name":"New Ltd"}')
    assert statuses(run(hand, good, GET_NOBODY, go_on=True)) == [204, 404]
    assert hand.find("accounts", "name eq 'New Ltd'", "name") == ["New Ltd"]


@pytest.mark.parametrize(
    "parts",
    [
        [change_set(part(f"POST {ROOT}/accounts", '{"name":"x"}'))],
        [change_set(part(f"POST {ROOT}/accounts", "{}", "1"), part(f"POST {ROOT}/accounts", "{}", "1"))],
        [change_set(part(f"GET {ROOT}/accounts", "", "1"))],
        [part(f"POST {ROOT}/$batch", "x")],
        [GET_BEN] * 1_001,
        [],
        [part("NONSENSE")],
    ],
)
def test_a_malformed_batch_is_refused(hand: Hand, parts: list[str]) -> None:
    answer = run(hand, *parts)
    assert answer.status_code == 400
    assert "0x80060888" in answer.text


def test_a_batch_without_a_boundary_is_refused(hand: Hand) -> None:
    assert code(hand.send("POST", "$batch", {})) == (400, "0x80060888")


def test_a_long_address_fits_into_a_batch(hand: Hand) -> None:
    asked = part(f"GET {ROOT}/leads?$select=lastname&$filter=lastname eq '{'x' * 40_000}'")
    assert statuses(run(hand, asked)) == [200]
    asked = part(f"GET {ROOT}/leads?$select=lastname&$filter=lastname eq '{'x' * 66_000}'")
    assert statuses(run(hand, asked)) == [414]


def test_a_batch_is_one_request_for_the_burst_limit(hand: Hand) -> None:
    name = "x-ms-ratelimit-burst-remaining-xrm-requests"
    before = int(hand.get("WhoAmI").headers[name])
    assert int(run(hand, *[GET_BEN] * 5).headers[name]) == before - 1
