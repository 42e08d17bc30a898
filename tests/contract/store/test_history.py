"""Outcomes month by month, and the failure list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from support.cast import ADA, BEN, DOV
from support.stored import LATER, NOW, SOON, House

from store import failures, outcomes
from sync.model import Direction, Entity, Outcome


def _outcome(house: House, record_id: str, outcome: str) -> dict[str, Any]:
    row = {"connection_id": house.id, "cycle_id": 1, "stream_id": 1, "entity": Entity.CONTACT, "version": 1}
    return {**row, "record_id": record_id, "outcome": outcome, "reason": "why"}


def _failure(house: House, record_id: str | None = DOV, **more: Any) -> dict[str, Any]:
    told = {"stage": "upsert", "class": "bad_record", "code": "activecampaign.email_invalid", "message": "not valid"}
    row = {"connection_id": house.id, "entity": Entity.CONTACT, "direction": Direction.OUTBOUND, "record_id": record_id}
    return {**row, **told, "advice": "Correct it.", "request": {"fields": ["email"]}, "answer": "", **more}


def _partitions(house: House) -> list[str]:
    with house.db.transaction() as tx:
        return outcomes.SQL.column(tx, "partitions")


def test_history_is_told_by_record_and_by_cycle(house: House) -> None:
    house.do(outcomes.add, [_outcome(house, ADA, "created"), _outcome(house, BEN, "skipped")])
    house.do(outcomes.add, [_outcome(house, ADA, "updated")])
    told = house.mine(outcomes.of_record, Entity.CONTACT, ADA, 9)
    assert [row["outcome"] for row in told] == ["updated", "created"]
    assert len(house.do(outcomes.of_cycle, 1)) == 3
    assert [row["record_id"] for row in house.do(outcomes.of_cycle, 1, Outcome.SKIPPED, 9)] == [BEN]


def test_months_are_made_ahead_once(house: House) -> None:
    assert house.do(outcomes.prepare, datetime(2031, 11, 30, 23, tzinfo=UTC)) == [
        "outcomes_2031_11",
        "outcomes_2031_12",
        "outcomes_2032_01",
    ]
    assert house.do(outcomes.prepare, datetime(2031, 12, 1, tzinfo=UTC)) == ["outcomes_2032_02"]


def _write_at(house: House, at: datetime) -> None:
    insert = (
        "INSERT INTO outcomes (connection_id, entity, record_id, outcome, at) VALUES (%s, 'lead', %s, 'created', %s)"
    )
    house.do(lambda tx: tx.execute(insert, [house.id, ADA, at]))


def _rows_in(house: House, table: str) -> int:
    row = house.do(lambda tx: tx.execute(f"SELECT count(*) AS n FROM {table}".encode()).fetchone())
    return int(row["n"])


def test_history_written_before_its_month_was_ready_moves_into_it(house: House) -> None:
    _write_at(house, datetime(2031, 5, 9, tzinfo=UTC))
    house.do(outcomes.prepare, datetime(2031, 5, 10, tzinfo=UTC))
    assert (_rows_in(house, "outcomes_2031_05"), _rows_in(house, "outcomes_unsorted")) == (1, 0)


def test_pruning_forgets_history_that_never_got_into_a_month(house: House) -> None:
    for year in (2019, 2021):
        _write_at(house, datetime(year, 5, 9, tzinfo=UTC))
    house.do(outcomes.prune, datetime(2020, 1, 1, tzinfo=UTC))
    assert _rows_in(house, "outcomes_unsorted") == 1


def test_pruning_drops_whole_months_only(house: House) -> None:
    house.do(outcomes.prepare, datetime(2020, 1, 5, tzinfo=UTC))
    assert house.do(outcomes.prune, datetime(2020, 3, 5, tzinfo=UTC)) == ["outcomes_2020_01", "outcomes_2020_02"]
    assert "outcomes_2020_03" in _partitions(house)
    assert "outcomes_unsorted" in _partitions(house)


def test_record_stands_on_the_list_once_and_counts_attempts(house: House) -> None:
    (first,) = house.do(failures.file, [_failure(house)])
    (second,) = house.do(failures.file, [_failure(house, code="other", request=None)])
    row = house.do(failures.get, first)
    assert (second, row["attempts"], row["code"], row["request"]) == (first, 2, "other", None)
    assert row["last_at"] > row["first_at"]


def test_failures_without_a_record_are_kept_apart(house: House) -> None:
    ids = house.do(
        failures.file, [_failure(house, None), _failure(house, None, ac_id=7), _failure(house, None, ac_id=8)]
    )
    assert len(set(ids)) == 3


def test_list_is_filtered_by_every_criterion(house: House) -> None:
    house.do(failures.file, [_failure(house, DOV), _failure(house, ADA, message="100% wrong", **{"class": "stop"})])
    wrong = [{"klass": "stop"}, {"text": "100% W"}, {"text": ADA[:8]}, {"klass": "stop", "entity": Entity.CONTACT}]
    for criteria in wrong:
        assert [row["record_id"] for row in house.do(failures.listed, **criteria)] == [ADA]
    for criteria in ({"text": "1_0"}, {"entity": Entity.LEAD}, {"connection_id": 999}, {"state": "resolved"}):
        assert house.do(failures.listed, **criteria) == []
    assert len(house.do(failures.listed, limit=1, offset=1)) == 1


def test_list_is_grouped_by_kind_of_failure(house: House) -> None:
    house.do(failures.file, [_failure(house, DOV), _failure(house, ADA), _failure(house, BEN, code="rare")])
    found = house.do(failures.grouped)
    assert [(row["code"], row["count"], row["advice"]) for row in found] == [
        ("activecampaign.email_invalid", 2, "Correct it."),
        ("rare", 1, "Correct it."),
    ]


def test_failure_comes_back_by_itself_when_it_is_due(house: House) -> None:
    house.do(failures.file, [_failure(house, DOV, due_at=SOON), _failure(house, ADA)])
    assert house.do(failures.due, NOW, 9) == []
    (row,) = house.do(failures.due, SOON, 9)
    assert (row["record_id"], row["state"]) == (DOV, "retrying")
    assert house.do(failures.due, SOON, 9) == []
    assert len(house.do(failures.due, LATER, 9)) == 1


def test_failed_retry_is_open_again(house: House) -> None:
    house.do(failures.file, [_failure(house, due_at=NOW)])
    house.do(failures.due, NOW, 9)
    house.do(failures.file, [_failure(house)])
    assert house.do(failures.due, LATER, 9) == []
    assert [row["attempts"] for row in house.do(failures.listed)] == [2]


def test_person_asks_for_a_retry_by_id_class_or_entity(house: House) -> None:
    ids = house.do(failures.file, [_failure(house, DOV), _failure(house, ADA, **{"class": "stop"})])
    assert house.do(failures.request_retry) == 0
    assert house.do(failures.request_retry, ids=[]) == 0
    assert house.do(failures.request_retry, ids=ids[:1]) == 1
    assert house.do(failures.request_retry, klass="stop", entity=Entity.LEAD) == 0
    assert house.do(failures.request_retry, klass="stop") == 1
    assert house.do(failures.request_retry, all=True) == 2
    assert len(house.do(failures.due, NOW, 9)) == 2


def test_resolved_and_discarded_failures_leave_the_list(house: House) -> None:
    house.do(failures.file, [_failure(house, DOV), _failure(house, ADA)])
    assert house.mine(failures.resolve, Entity.CONTACT, [ADA, BEN]) == 1
    (left,) = house.do(failures.listed)
    assert house.do(failures.discard, [left["id"]]) == 1
    assert house.do(failures.discard, [left["id"]]) == 0
    assert house.do(failures.listed) == []
    assert house.do(failures.request_retry, all=True) == 0


def test_record_that_fails_again_after_it_was_resolved_is_a_new_failure(house: House) -> None:
    (old,) = house.do(failures.file, [_failure(house)])
    house.mine(failures.resolve, Entity.CONTACT, [DOV])
    (new,) = house.do(failures.file, [_failure(house)])
    assert new != old
