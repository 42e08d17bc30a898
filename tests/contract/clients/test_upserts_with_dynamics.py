"""Rows under ids of our own, written and deleted in the simulated Dynamics whether or not they are there."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN, DOV

from clients.dynamics import Dynamics
from clients.dynamics_writes import Written
from sync.errors import BadBatch, BadRecord
from sync.model import Lane

SYNC = Lane.SYNC
WHERE = ("contacts", "contact", "contactid")


@pytest.fixture
def dynamics(live_dynamics: Dynamics) -> Dynamics:
    return live_dynamics


def titles(dynamics: Dynamics) -> dict[str, str | None]:
    rows = dynamics.rows_by_id("contacts", "contactid", ("jobtitle",), [ADA, BEN, DOV], lane=SYNC)
    return {row["contactid"]: row["jobtitle"] for row in rows}


def test_many_rows_are_made_or_changed_in_one_request(dynamics: Dynamics, ledger) -> None:
    before = len(ledger.taken)
    dynamics.upsert_many(*WHERE, [(ADA, {"jobtitle": "A"}), (DOV, {"lastname": "D", "jobtitle": "D"})], lane=SYNC)
    assert len(ledger.taken) - before == 1
    assert titles(dynamics) == {ADA: "A", BEN: None, DOV: "D"}


def test_one_bad_row_writes_none(dynamics: Dynamics) -> None:
    rows = [(ADA, {"jobtitle": "A"}), (BEN, {"jobtitle": "x" * 500})]
    with pytest.raises(BadBatch):
        dynamics.upsert_many(*WHERE, rows, lane=SYNC)
    assert titles(dynamics) == {ADA: None, BEN: None}
    found = dynamics.upsert_in_batch("contacts", "contactid", rows, lane=SYNC)
    assert [type(one) for one in found] == [Written, BadRecord]
    assert titles(dynamics) == {ADA: "A", BEN: None}


def test_a_row_in_a_batch_is_made_where_it_is_missing(dynamics: Dynamics) -> None:
    found = dynamics.upsert_in_batch("contacts", "contactid", [(DOV, {"lastname": "D"})] * 2, lane=SYNC)
    assert [type(one) for one in found] == [Written, Written]
    assert DOV in titles(dynamics)


def test_a_row_that_points_to_nobody_is_blamed_on_what_is_missing(dynamics: Dynamics) -> None:
    bind = {"parentcustomerid_account@odata.bind": f"/accounts({DOV})"}
    found = dynamics.upsert_in_batch("contacts", "contactid", [(ADA, bind)], lane=SYNC)
    assert [getattr(one, "code", None) for one in found] == ["dynamics.missing_lookup"]


def test_deleting_what_is_gone_is_done(dynamics: Dynamics, control) -> None:
    control("privileges", {"role": "Integration", "set": {"prvDeleteContact": "Global"}})
    found = dynamics.delete_in_batch("contacts", [ADA, DOV, ADA], lane=SYNC)
    assert [type(one) for one in found] == [Written] * 3
    assert set(titles(dynamics)) == {BEN}
