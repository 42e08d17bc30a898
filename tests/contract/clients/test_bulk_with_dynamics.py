"""Many writes at once to the simulated Dynamics: each for itself in a batch, or all or none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support.cast import ADA, ADA_AT, BEN, DOV

from clients.dynamics import Dynamics
from clients.dynamics_bulk import Outcome
from clients.dynamics_writes import Written
from simulators.common.faults import Fault
from sync.errors import (
    BadBatch,
    BadCredentials,
    BadRecord,
    Duplicate,
    Missing,
    NotAvailable,
    Overtaken,
    Throttled,
    UnknownOutcome,
)
from sync.model import Lane

SYNC = Lane.SYNC
TEN = [f"{n}ddddddd-0000-4000-8000-00000000000{n}" for n in range(10)]


@pytest.fixture
def dynamics(live_dynamics: Dynamics) -> Dynamics:
    return live_dynamics


@pytest.fixture
def ten(environment) -> list[str]:
    """Ten more contacts."""
    environment.load("contact", [{"contactid": one, "lastname": "Y", "jobtitle": "Before"} for one in TEN])
    return TEN


def _in_batch(dynamics: Dynamics, changes: Sequence[tuple[str, int | None, dict[str, object]]]) -> list[Outcome]:
    return dynamics.update_in_batch("contacts", "contactid", changes, lane=SYNC)


def _titles(dynamics: Dynamics, ids: list[str]) -> list[tuple[int, str]]:
    rows = dynamics.rows_by_id("contacts", "contactid", ("jobtitle", "versionnumber"), ids, lane=SYNC)
    found = {row["contactid"]: (row["versionnumber"], row["jobtitle"]) for row in rows}
    return [found[one] for one in ids]


def test_one_bad_row_of_ten_leaves_nine_written(dynamics: Dynamics, ten, ledger) -> None:
    changes = [(one, None, {"jobtitle": f"After {n}" if n != 4 else "x" * 500}) for n, one in enumerate(ten)]
    outcomes = _in_batch(dynamics, changes)
    assert len(ledger.taken) == 1
    assert [type(outcome) for outcome in outcomes] == [Written] * 4 + [BadRecord] + [Written] * 5
    after = _titles(dynamics, ten)
    assert [title for _, title in after] == [f"After {n}" if n != 4 else "Before" for n in range(10)]
    assert [getattr(one, "version", after[4][0]) for one in outcomes] == [version for version, _ in after]


def test_each_part_of_a_batch_heeds_its_version(dynamics: Dynamics, ten) -> None:
    versions = [version for version, _ in _titles(dynamics, ten[:2])]
    changes = [(ten[0], versions[0], {"jobtitle": "After"}), (ten[1], versions[1] - 1, {"jobtitle": "After"})]
    outcomes = _in_batch(dynamics, [*changes, (DOV, None, {"jobtitle": "Ghost"})])
    assert [type(outcome) for outcome in outcomes] == [Written, Overtaken, Missing]
    assert [title for _, title in _titles(dynamics, ten[:2])] == ["After", "Before"]


def test_values_of_any_script_travel_in_a_batch(dynamics: Dynamics) -> None:
    title = 'Gräfin "λ" 🚀 --batch\r\n\r\n--x--'
    assert isinstance(_in_batch(dynamics, [(ADA, None, {"jobtitle": title})])[0], Written)
    assert _titles(dynamics, [ADA])[0][1] == title


def test_more_than_a_thousand_changes_go_in_two_batches(dynamics: Dynamics, environment) -> None:
    environment.load("contact", [{"contactid": f"{n:08}-0000-4000-8000-000000000000"} for n in range(1001)])
    changes = [(f"{n:08}-0000-4000-8000-000000000000", None, {"jobtitle": "After"}) for n in range(1001)]
    assert all(isinstance(outcome, Written) for outcome in _in_batch(dynamics, changes))
    assert dynamics.count("contacts", "jobtitle eq 'After'") == (1001, True)


def test_a_batch_lost_on_the_way_back_creates_no_twins_when_repeated(dynamics: Dynamics, environment) -> None:
    rows = [(one, {"lastname": "Y", "jobtitle": "Once"}) for one in TEN]
    environment.faults.add(Fault("status_after", path="batch", status=504))
    with pytest.raises(UnknownOutcome):
        dynamics.create_in_batch("contacts", "contactid", rows, lane=SYNC)
    outcomes = dynamics.create_in_batch("contacts", "contactid", rows, lane=SYNC)
    assert outcomes == [Written(version, found=True) for version, _ in _titles(dynamics, TEN)]
    assert dynamics.count("contacts", "jobtitle eq 'Once'") == (10, True)


def test_in_a_batch_of_new_records_a_duplicate_stays_alone(dynamics: Dynamics) -> None:
    rows = [(TEN[0], {"emailaddress1": ADA_AT}), (TEN[1], {"emailaddress1": "new@example.com"})]
    outcomes = dynamics.create_in_batch("contacts", "contactid", rows, lane=SYNC)
    assert [type(outcome) for outcome in outcomes] == [Duplicate, Written]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("status", path="batch", status=429, headers={"Retry-After": "7"}, body='{"error":{}}'), Throttled),
        (Fault("status", path="batch", status=401, times=None), BadCredentials),
        (Fault("status", path="batch", status=503, body="<html>"), UnknownOutcome),
        (Fault("status", path="batch", status=400, body='{"error":{"code":"0x80060888"}}'), BadRecord),
    ],
    ids=lambda value: getattr(value, "status", ""),
)
def test_a_batch_that_is_refused_as_a_whole_raises(dynamics: Dynamics, environment, fault, kind) -> None:
    environment.faults.add(Fault(**vars(fault)))
    with pytest.raises(kind):
        _in_batch(dynamics, [(ADA, None, {"jobtitle": "x"})])


def test_an_answer_cut_short_leaves_the_rest_open(dynamics: Dynamics, ten, environment) -> None:
    environment.faults.add(Fault("truncate", path="batch"))
    outcomes = _in_batch(dynamics, [(one, None, {"jobtitle": "After"}) for one in ten])
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == sorted(kinds, key=lambda kind: kind is UnknownOutcome)
    assert {Written, UnknownOutcome} == set(kinds)


def test_many_records_change_as_one(dynamics: Dynamics, ten) -> None:
    dynamics.update_many("contacts", "contactid", [(one, {"jobtitle": "After"}) for one in ten], lane=SYNC)
    assert {title for _, title in _titles(dynamics, ten)} == {"After"}


@pytest.mark.parametrize("bad", [(DOV, {"jobtitle": "Ghost"}), (BEN, {"gendercode": 77})])
def test_one_bad_row_keeps_all_of_them_from_changing(dynamics: Dynamics, ten, bad) -> None:
    rows = [*((one, {"jobtitle": "After"}) for one in ten), bad]
    with pytest.raises(BadBatch):
        dynamics.update_many("contacts", "contactid", rows, lane=SYNC)
    assert {title for _, title in _titles(dynamics, ten)} == {"Before"}


def test_the_same_record_twice_is_refused_before_anything_is_sent(dynamics: Dynamics, ledger) -> None:
    with pytest.raises(ValueError, match="second change"):
        dynamics.update_many("contacts", "contactid", [(ADA, {}), (ADA.upper(), {})], lane=SYNC)
    assert not ledger.taken


def test_a_table_without_bulk_messages_says_so(dynamics: Dynamics, environment) -> None:
    assert dynamics.bulk_available("contact", "UpdateMultiple")
    assert not dynamics.bulk_available("role", "UpdateMultiple")
    environment.catalog.tables["contact"].bulk = False
    with pytest.raises(NotAvailable) as caught:
        dynamics.update_many("contacts", "contactid", [(ADA, {"jobtitle": "x"})], lane=SYNC)
    assert caught.value.code == "dynamics.no_bulk"
