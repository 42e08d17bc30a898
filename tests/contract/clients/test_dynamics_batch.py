"""How batches travel, against planned answers: the bytes sent, and answers in every shape."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cast import ADA, BEN

from clients.answer import Answer
from clients.dynamics import Dynamics
from clients.dynamics_batch import Part, parts_of, wrap
from clients.dynamics_writes import Written
from sync.errors import Overtaken, UnknownOutcome
from sync.model import Lane

BATCH = r"/api/data/v9.2/\$batch"
MIXED = {"Content-Type": "multipart/mixed; boundary=batchresponse_1"}
STALE = '{"error":{"code":"0x80060882","message":"The version"}}'


def _part(status: str, body: str = "", *headers: str) -> str:
    own = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    return "\r\n".join(["--batchresponse_1", f"{own}HTTP/1.1 {status}", *headers, "", body, ""])


def _batch(dynamics: Dynamics, stub, *parts: str, end: str = "--batchresponse_1--\r\n", status: int = 200):
    stub.on("POST", BATCH, text="".join(parts) + end, status=status, headers=MIXED)
    changes = [(ADA, 7, {"jobtitle": "Gräfin"}), (BEN, None, {"jobtitle": "x"})]
    return dynamics.update_in_batch("contacts", "contactid", changes, lane=Lane.SYNC)


def test_every_part_brings_its_version_its_length_and_its_wishes(dynamics: Dynamics, stub) -> None:
    _batch(dynamics, stub, _part("204 No Content"), _part("204 No Content"))
    sent = stub.seen[0]
    assert sent.headers["Prefer"] == "odata.continue-on-error"
    assert re.findall(r"If-Match: (.*)\r", sent.text) == ['W/"7"', "*"]
    assert re.findall(r"(PATCH .*) HTTP", sent.text)[0].endswith(f"/contacts({ADA})?$select=contactid")
    assert sent.text.count("MSCRM.SuppressDuplicateDetection: false") == 2
    assert "Content-Length: 22\r\n" in sent.text


def test_line_ends_are_those_of_the_protocol(dynamics: Dynamics, stub) -> None:
    _batch(dynamics, stub, _part("204 No Content"), _part("204 No Content"))
    assert not re.search(r"(?<!\r)\n", stub.seen[0].text)


def test_results_come_in_the_order_of_the_changes(dynamics: Dynamics, stub) -> None:
    row = json.dumps({"@odata.etag": 'W/"9"', "contactid": BEN})
    outcomes = _batch(dynamics, stub, _part("412 Precondition Failed", STALE), _part("200 OK", row))
    assert (type(outcomes[0]), outcomes[1]) == (Overtaken, Written(9))


@pytest.mark.parametrize("header", [(), ("OData-Version: 4.0",), ('ETag: W/"9"',)])
def test_an_answer_without_a_body_is_written_all_the_same(dynamics: Dynamics, stub, header) -> None:
    outcomes = _batch(dynamics, stub, _part("204 No Content", "", *header), _part("204 No Content"))
    assert outcomes == [Written(9 if "9" in str(header) else 0), Written(0)]


@pytest.mark.parametrize("end", ["", "--batchresponse_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n"])
def test_a_part_that_did_not_come_is_an_open_question(dynamics: Dynamics, stub, end: str) -> None:
    outcomes = _batch(dynamics, stub, _part("204 No Content"), _part("204 No Content") if not end else "", end=end)
    assert [type(outcome) for outcome in outcomes] == [Written, UnknownOutcome]


def test_a_service_that_stops_at_the_first_failure_leaves_the_rest_open(dynamics: Dynamics, stub) -> None:
    outcomes = _batch(dynamics, stub, _part("412 Precondition Failed", STALE), status=412)
    assert [type(outcome) for outcome in outcomes] == [Overtaken, UnknownOutcome]


def test_a_success_that_is_no_batch_is_an_open_question(dynamics: Dynamics, stub) -> None:
    stub.on("POST", BATCH, {"ok": True})
    with pytest.raises(UnknownOutcome):
        dynamics.update_in_batch("contacts", "contactid", [(ADA, 7, {})], lane=Lane.SYNC)


def test_nothing_to_write_sends_nothing(dynamics: Dynamics, stub) -> None:
    assert dynamics.update_in_batch("contacts", "contactid", [], lane=Lane.SYNC) == []
    assert dynamics.create_in_batch("contacts", "contactid", [], lane=Lane.SYNC) == []
    dynamics.update_many("contacts", "contactid", [], lane=Lane.SYNC)
    assert not stub.seen


def test_a_duplicate_rule_that_speaks_before_the_key_finds_our_own_record(dynamics: Dynamics, stub) -> None:
    stub.on("POST", "/api/data/v9.2/contacts", {"error": {"code": "0x80040333", "message": "a duplicate"}}, status=412)
    stub.on("GET", rf"/api/data/v9.2/contacts\({ADA}\)", {"@odata.etag": 'W/"9"', "contactid": ADA})
    assert dynamics.create_record("contacts", "contactid", ADA, {}, lane=Lane.SYNC) == Written(9, found=True)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_whatever_the_bodies_hold_each_part_is_read_back(values: list[str]) -> None:
    kind, content = wrap([Part("PATCH", "https://x/y", {"If-Match": "*"}, {"v": value}) for value in values])
    # What goes out has the shape of what comes in, but for the request line.
    text = content.decode().replace("PATCH https://x/y HTTP/1.1", "HTTP/1.1 200 OK")
    parts = parts_of(Answer(200, None, text, {"Content-Type": kind}, "r"))
    assert parts is not None
    assert [part.data for part in parts] == [{"v": value} for value in values]
