"""A large account answers as quickly as a small one, and with the same rows."""

import pytest

from simulators.activecampaign.core.clock import StoppedClock
from simulators.activecampaign.model.changes import ChangeLog
from simulators.activecampaign.model.counts import remembered
from simulators.activecampaign.ops.query import FEW, Query, find
from simulators.activecampaign.state import ActiveCampaign

COUNT = FEW + 5_000
START = 1_780_000_000


@pytest.fixture(scope="module")
def large():
    """More contacts than are looked at one by one; every second one is tagged, and all have dates of their own."""
    account = ActiveCampaign(StoppedClock(START))
    account.load_contacts(
        {"email": f"p{each}@contoso.example", "tags": ["even"] * (each % 2), "cdate": START - each}
        for each in range(COUNT)
    )
    return account


def found(account, limit=3, offset=0, **query):
    contacts, total = find(account, Query(**query), limit, offset)
    return [each.id for each in contacts], total


@pytest.mark.parametrize(
    ("query", "page", "total"),
    [
        ({"descending": False}, [1, 2, 3], COUNT),
        ({"descending": True}, [COUNT, COUNT - 1, COUNT - 2], COUNT),
        ({"descending": False, "above": 100}, [101, 102, 103], COUNT - 100),
        ({"descending": False, "above": 100, "below": 103}, [101, 102], 2),
        ({"descending": True, "below": 3}, [2, 1], 2),
        ({"descending": False, "offset": COUNT - 1}, [COUNT], COUNT),
        ({"descending": True, "offset": COUNT - 1}, [1], COUNT),
        ({"descending": False, "offset": COUNT}, [], COUNT),
        ({"descending": True, "offset": COUNT + 5}, [], COUNT),
    ],
)
def test_walk_without_conditions(large, query, page, total):
    assert found(large, **query) == (page, total)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("above", [0, 999])
def test_walk_with_a_condition_gives_the_rows_of_a_plain_search(large, descending, above):
    wanted = [each for each in range(above + 1, COUNT + 1) if each % 3 == 0]
    wanted.sort(reverse=descending)
    query = {"tests": [lambda each: each.id % 3 == 0], "key": ("thirds",), "above": above, "descending": descending}
    assert found(large, 5, 10, **query) == (wanted[10:15], len(wanted))


def test_small_pool_decides_before_the_walk(large):
    assert found(large, pools=[large.tagged[1], {7, 8, 10, 99_999_999}], descending=False) == ([8, 10], 2)


def test_other_orders_look_at_everybody(large):
    assert found(large, order="cdate", descending=False) == ([COUNT, COUNT - 1, COUNT - 2], COUNT)


def test_count_is_repeated_only_after_a_change(large):
    calls = []
    for _ in range(2):
        remembered(large, ("test", 1), lambda: calls.append(1))
    assert calls == [1]


def test_changes_in_any_order_are_found_by_time():
    log = ChangeLog()
    for second, number in ((10, 1), (30, 2), (20, 3), (30, 1)):
        log.add(second, number)
    assert (log.since(20), log.since(30), log.since(31), log.count_since(0)) == ({1, 2, 3}, {1, 2}, set(), 4)


def test_log_of_changes_is_rebuilt_before_it_grows_without_end(account):
    ada = account.contact("ada@contoso.example")
    for second in range(100_100):
        account.contacts.touch(ada, second)
    assert len(account.contacts.log) < 100_000
    assert account.contacts.log.since(100_099) >= {ada.id}
