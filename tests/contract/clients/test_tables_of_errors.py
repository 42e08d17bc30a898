"""Each answer of the services and the error it means, row by row."""

from __future__ import annotations

import json

import pytest

from clients.answer import Answer
from clients.faults import TrackingOff, UnknownColumn
from clients.table import Call, Table, error_of
from clients.table_activecampaign import TABLE as ACTIVECAMPAIGN
from clients.table_dynamics import TABLE as DYNAMICS
from sync import errors as e

READ, WRITE = Call("GET", "/x"), Call("POST", "/x", write=True)


def _error(table: Table, status: int, body: object, call: Call = READ, **headers: str) -> e.SyncError:
    text = body if isinstance(body, str) else json.dumps(body)
    data = None if isinstance(body, str) else body
    return error_of(table, Answer(status, data, text, {k.replace("_", "-"): v for k, v in headers.items()}, "r"), call)


def _ac(code: object, title: str = "words") -> dict[str, object]:
    return {"errors": [{"title": title, "detail": "", "code": code, "source": {"pointer": "/data"}}]}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, {"success": 0, "message": "Rate limit exceeded."}, e.Throttled, "import_limit"),
        (400, {"errors": [{"status": 400, "title": "Bad Request"}]}, e.BadRecord, "refused"),
        (401, {}, e.BadCredentials, "bad_key"),
        (402, "", e.Stop, "payment"),
        (403, {"message": "Forbidden"}, e.MissingPermission, "forbidden"),
        (403, {"message": "No Result found for Note with id 1"}, e.Missing, "missing"),
        (404, {"message": "No result found for contact with id 1"}, e.Missing, "missing"),
        (404, "<html>", e.Missing, "missing"),
        (405, "", e.NotAvailable, "not_served"),
        (422, _ac("duplicate"), e.Duplicate, "duplicate"),
        (422, _ac("email_invalid"), e.BadRecord, "email_invalid"),
        (422, _ac(422), e.BadRecord, "refused"),
        (422, _ac("field_invalid", "This contact is already associated with an account."), e.Duplicate, "has_account"),
        (422, {"errors": ["Field name is required"]}, e.BadRecord, "refused"),
        (422, {"errors": "Bulk operation failed."}, e.BadRecord, "refused"),
        (429, {}, e.Throttled, "rate_limit"),
        (503, "<html>", e.Throttled, "rate_limit"),
        (500, "<html>", e.Unavailable, "500"),
        (418, [], e.BadRecord, "418"),
    ],
)
def test_activecampaign(status: int, body: object, kind: type[e.SyncError], code: str) -> None:
    error = _error(ACTIVECAMPAIGN, status, body)
    assert type(error) is kind
    assert error.code == f"activecampaign.{code}"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "0x80040217", e.Missing),
        (404, "0x80060891", e.Missing),
        (403, "0x80040220", e.MissingPermission),
        (403, "0x80072560", e.BadCredentials),
        (403, "0x80044502", e.MissingPermission),
        (412, "0x80060882", e.Overtaken),
        (412, "0x80040237", e.Duplicate),
        (412, "0x80060892", e.Duplicate),
        (412, "0x80040333", e.Duplicate),
        (400, "0x80044352", e.Resync),
        (410, "", e.Resync),
        (400, "-2147204270", e.Resync),
        (400, "0x80072491", TrackingOff),
        (429, "0x80072322", e.Throttled),
        (429, "-2147015902", e.Throttled),
        (500, "0x80044151", e.Unavailable),
        (503, "", e.Unavailable),
        (400, "0x80040265", e.BadRecord),
        (400, "0x80048d19", e.BadRecord),
        (404, "0x80041102", e.NotAvailable),
        (413, "", e.BadRecord),
    ],
)
def test_dynamics(status: int, code: str, kind: type[e.SyncError]) -> None:
    assert type(_error(DYNAMICS, status, {"error": {"code": code, "message": "words"}})) is kind


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "Could not find a property named 'ac_gone' on type 'Microsoft.Dynamics.CRM.lead'.", UnknownColumn),
        (404, "Resource not found for the segment 'leadz'.", e.NotAvailable),
        (400, "The delta token has expired token", e.Resync),
        (400, "Invalid version stamp", e.Resync),
    ],
)
def test_dynamics_by_its_words(status: int, words: str, kind: type[e.SyncError]) -> None:
    assert type(_error(DYNAMICS, status, {"error": {"code": "0x80060888", "message": words}})) is kind


@pytest.mark.parametrize(
    ("status", "code", "name"),
    [
        (412, "0x80040333", "duplicate_detected"),
        (400, "0x80040233", "read_only"),
        (400, "0x8004022e", "read_only"),
        (400, "0x80040265", "plugin_refused"),
        (400, "-2147220891", "plugin_refused"),
        (400, "0x80044331", "too_long"),
        (400, "0x80073001", "too_long"),
        (400, "0x8004432f", "out_of_range"),
        (400, "0x80044330", "out_of_range"),
        (400, "0x80040239", "out_of_range"),
        (400, "0x8004431a", "unknown_option"),
        (400, "0x80048408", "bad_state"),
        (400, "0x80048d19", "bad_payload"),
        (400, "0x80040203", "refused_value"),
    ],
)
def test_a_refused_record_is_named_and_tells_what_to_do(status: int, code: str, name: str) -> None:
    error = _error(DYNAMICS, status, {"error": {"code": code, "message": "words"}}, WRITE)
    assert isinstance(error, e.BadRecord)
    assert error.code == f"dynamics.{name}"
    assert error.advice not in (e.BadRecord.__doc__, e.Duplicate.__doc__)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("The lead is closed and cannot be changed.", "dynamics.read_only"),
        ("The record is read-only.", "dynamics.read_only"),
        ("The requested resource does not support http method 'PATCH'.", "dynamics.0x80060888"),
    ],
)
def test_a_closed_record_may_also_answer_405(words: str, code: str) -> None:
    error = _error(DYNAMICS, 405, {"error": {"code": "0x80060888", "message": words}}, WRITE)
    assert isinstance(error, e.BadRecord)
    assert error.code == code


def test_a_refused_body_is_told_without_the_way_round() -> None:
    words = (
        "Error identified in Payload provided by the user for Entity :'leads', For more information on this error "
        "please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293 ----> InnerException : "
        "Microsoft.OData.ODataException: An undeclared property 'ac_leadid'"
    )
    error = _error(DYNAMICS, 400, {"error": {"code": "0x80048d19", "message": words}}, WRITE)
    assert error.message == "dynamics: POST /x: An undeclared property 'ac_leadid'"


@pytest.mark.parametrize(
    ("privilege", "said"),
    [
        ("prvWriteContact", "prvWriteContact (write, contacts)"),
        ("prvAppendToAccount", "prvAppendToAccount (append to, accounts)"),
        ("prvReadTransactionCurrency", "prvReadTransactionCurrency (read, TransactionCurrency)"),
        ("prvMerge", "the privilege prvMerge for"),
    ],
)
def test_a_missing_privilege_is_told_in_plain_words(privilege: str, said: str) -> None:
    error = _error(DYNAMICS, 403, {"error": {"code": "0x80040220", "message": f"is missing {privilege} privilege"}})
    assert said in error.advice


@pytest.mark.parametrize(
    ("words", "privilege"),
    [
        ("Principal user (Id=5e0a, type=8), is missing prvReadLead privilege (Id=1) on OTC=4", "prvReadLead"),
        ("SecLib::CheckPrivilege failed. User: 5e0a, PrivilegeName: prvReadAccount, Depth", "prvReadAccount"),
        ("no", ""),
    ],
)
def test_a_missing_privilege_is_named(words: str, privilege: str) -> None:
    error = _error(DYNAMICS, 403, {"error": {"code": "0x80040220", "message": words}})
    assert isinstance(error, e.MissingPermission)
    assert error.privilege == privilege


@pytest.mark.parametrize("table", [ACTIVECAMPAIGN, DYNAMICS], ids=lambda table: table.service)
@pytest.mark.parametrize("body", ["", "<html><h1>502</h1>", "null", "[]"])
def test_any_body_is_tolerated(table: Table, body: str) -> None:
    assert type(_error(table, 502, body)) is e.Unavailable
    assert type(_error(table, 502, body, WRITE)) is e.UnknownOutcome


@pytest.mark.parametrize(
    ("header", "after_s"), [("21", 21.0), ("0", 1.0), ("", 10.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 10.0)]
)
def test_the_pause_comes_from_the_header(header: str, after_s: float) -> None:
    error = _error(DYNAMICS, 429, {}, Retry_After=header)
    assert isinstance(error, e.Throttled)
    assert error.after_s == after_s


def test_a_spent_import_limit_pauses_a_minute() -> None:
    error = _error(ACTIVECAMPAIGN, 400, {"message": "Rate limit exceeded."}, WRITE)
    assert isinstance(error, e.Throttled)
    assert error.after_s == 60


def test_a_throttled_write_was_certainly_not_carried_out() -> None:
    assert type(_error(ACTIVECAMPAIGN, 503, "", WRITE)) is e.Throttled


def test_every_error_says_what_to_do() -> None:
    assert all(_error(table, status, {}).advice for table in (ACTIVECAMPAIGN, DYNAMICS) for status in range(300, 600))
