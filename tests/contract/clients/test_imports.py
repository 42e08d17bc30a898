"""Bulk import: portions, limits, refusals and how far a batch is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.activecampaign import ActiveCampaign
from clients.answer import encode
from clients.imports import MOST_BYTES, _body, split_by_size
from sync.errors import BadBatch, BadRecord, Throttled, UnknownOutcome
from sync.model import Lane

PATH = "/api/3/import/bulk_import"
BACKFILL = Lane.BACKFILL
TWO = [{"email": "ada@contoso.example"}, {"email": "ben@contoso.example"}]


def test_a_batch_is_queued_with_automations_excluded_in_both_places(ac: ActiveCampaign, stub) -> None:
    stub.on("POST", PATH, {"Success": 1, "queued_contacts": 2, "batchId": "0641fbdd"})
    assert ac.bulk_import(TWO, lane=BACKFILL) == "0641fbdd"
    assert stub.seen[0].body["exclude_automations"] is True
    assert all(row["exclude_automations"] for row in stub.seen[0].body["contacts"])


@pytest.mark.parametrize(("rows", "limit"), [(TWO, "imports"), (TWO[:1], "single_imports")])
def test_an_import_of_one_has_a_limit_of_its_own(ac: ActiveCampaign, stub, ledger, rows, limit: str) -> None:
    stub.on("POST", PATH, {"success": 1, "batchId": "x"})
    ac.bulk_import(rows, lane=BACKFILL)
    assert ledger.taken == [(BACKFILL, ("calls", limit))]


def test_a_refused_batch_names_its_rows_from_zero(ac: ActiveCampaign, stub) -> None:
    reasons = [{"contact": 2, "failureReason": "Field 'email' incorrect format"}]
    stub.on("POST", PATH, {"success": 0, "message": "did not pass", "failureReasons": reasons}, status=400)
    with pytest.raises(BadBatch) as caught:
        ac.bulk_import(TWO, lane=BACKFILL)
    assert caught.value.rows == {1: "Field 'email' incorrect format"}


def test_a_refusal_without_rows_is_no_bad_batch(ac: ActiveCampaign, stub) -> None:
    stub.on("POST", PATH, {"success": 0, "message": "odd", "failureReasons": ["too large"]}, status=400)
    with pytest.raises(BadRecord):
        ac.bulk_import(TWO, lane=BACKFILL)


def test_the_limit_of_imports_pauses_imports_alone(ac: ActiveCampaign, stub, ledger) -> None:
    words = {"success": 0, "message": "Rate limit exceeded.", "failureReasons": ["Up to 100 imports per minute."]}
    stub.on("POST", PATH, words, status=400)
    with pytest.raises(Throttled) as caught:
        ac.bulk_import(TWO, lane=BACKFILL)
    assert caught.value.after_s == 60
    assert ledger.pauses == [(60.0, ("imports",))]


@pytest.mark.parametrize("excluded", [True, False])
def test_an_unnamed_batch_may_be_repeated_if_automations_stay_out(ac: ActiveCampaign, stub, excluded: bool) -> None:
    stub.on("POST", PATH, {"success": 1})
    with pytest.raises(UnknownOutcome) as caught:
        ac.bulk_import(TWO, exclude_automations=excluded, lane=BACKFILL)
    assert caught.value.repeatable is excluded


@pytest.mark.parametrize(
    ("body", "state", "final"),
    [
        ({"status": False}, "waiting", False),
        ({"status": "active", "success": [], "failure": []}, "active", False),
        ({"status": "completed", "success": ["4711", 4712], "failure": ["bad@@x"]}, "completed", True),
        ({"status": "interrupted"}, "interrupted", True),
    ],
)
def test_the_state_of_a_batch_is_read_tolerantly(ac: ActiveCampaign, stub, body, state: str, final: bool) -> None:
    stub.on("GET", "/api/3/import/info", body)
    info = ac.import_info("x", lane=BACKFILL)
    assert (info.state, info.final) == (state, final)
    assert info.ok_ids == ((4711, 4712) if state == "completed" else ())


_rows = st.lists(st.builds(lambda text: {"email": "ada@contoso.example", "first_name": text}, st.text(max_size=4000)))


@settings(max_examples=30, deadline=None)
@given(rows=_rows, copies=st.integers(1, 120))
def test_portions_keep_order_and_fit(rows: list[dict[str, str]], copies: int) -> None:
    portions = list(split_by_size(rows * copies))
    assert [row for portion in portions for row in portion] == rows * copies
    assert all(0 < len(portion) <= 250 for portion in portions)
    sizes = [len(encode(_body(portion, exclude_automations=False))) for portion in portions]
    assert all(size <= MOST_BYTES for size in sizes)


def test_portions_are_filled() -> None:
    assert [len(portion) for portion in split_by_size(TWO * 250)] == [250, 250]


def test_what_is_counted_is_what_is_sent(ac: ActiveCampaign, stub) -> None:
    stub.on("POST", PATH, {"success": 1, "batchId": "x"})
    rows = [{"email": "zoë@contoso.example", "first_name": "Zoë 🎈"}]
    ac.bulk_import(rows, exclude_automations=False, lane=BACKFILL)
    assert stub.seen[0].text.encode() == encode(_body(rows, exclude_automations=False))
    assert json.loads(stub.seen[0].text)["contacts"][0]["first_name"] == "Zoë 🎈"
