"""The activity feed and what explains it, from the simulated account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.cast import ADA_AT, CLEO_AT

from clients.activecampaign import ActiveCampaign
from clients.faults import PagingLoop
from clients.feed import FeedPage
from simulators.activecampaign.core.clock import StoppedClock
from simulators.activecampaign.ops import feed, mail
from simulators.activecampaign.state import ActiveCampaign as Account
from sync.errors import BadRecord
from sync.model import Lane

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
SYNC = Lane.SYNC


@pytest.fixture
def busy(account: Account) -> Account:
    """Ada got a mail a minute for 150 minutes, and the feed shows it."""
    clock = StoppedClock(START.timestamp())
    account.reset(clock)
    account.switches |= {"activities_need_contact_read": False, "activities_lag_s": 0}
    account.load_contacts([{"email": ADA_AT}, {"email": CLEO_AT}])
    for _ in range(150):
        mail.sent(account, account.contacts.rows[1], account.campaigns.rows[1])
        clock.advance(60)
    return account


def ids(page: FeedPage) -> list[int]:
    return [int(row["id"]) for row in page.rows]


def test_pages_go_from_the_newest_back(busy: Account, live_ac: ActiveCampaign) -> None:
    first = live_ac.feed_page(START - timedelta(days=1), lane=SYNC)
    second = live_ac.feed_page(START - timedelta(days=1), offset=100, lane=SYNC)
    assert (ids(first), ids(second)) == (list(range(150, 50, -1)), list(range(50, 0, -1)))
    assert (first.more, second.more, first.ordered) == (True, False, True)
    assert {row["name"] for row in first.answer["campaigns"]} == {"September news"}


@pytest.mark.parametrize("heeded", [True, False])
def test_the_window_ends_whether_or_not_the_filter_is_heeded(
    busy: Account, live_ac: ActiveCampaign, heeded: bool
) -> None:
    busy.switches["activities_after"] = heeded
    page = live_ac.feed_page(START + timedelta(minutes=139, seconds=30), lane=SYNC)
    assert (ids(page), page.more) == (list(range(150, 140, -1)), False)


def test_an_order_that_is_ignored_is_noticed(busy: Account, live_ac: ActiveCampaign) -> None:
    busy.switches["activities_order"] = False
    assert not live_ac.feed_page(START - timedelta(days=1), lane=SYNC).ordered


def test_of_one_contact_only_its_own_rows_count(busy: Account, live_ac: ActiveCampaign) -> None:
    mail.opened(busy, busy.contacts.rows[2], busy.campaigns.rows[1])
    page = live_ac.feed_page(START - timedelta(days=1), contact=2, lane=SYNC)
    assert ids(page) == [151]


def test_a_feed_that_wants_a_contact_says_so(busy: Account, live_ac: ActiveCampaign) -> None:
    busy.switches["activities_without_contact"] = "refused"
    with pytest.raises(BadRecord):
        live_ac.feed_page(START, lane=SYNC)
    assert live_ac.feed_page(START, contact=1, lane=SYNC).rows


def test_reading_a_contact_makes_its_feed(busy: Account, live_ac: ActiveCampaign) -> None:
    busy.switches["activities_need_contact_read"] = True
    assert live_ac.feed_page(START, lane=SYNC).rows == []
    assert (live_ac.contact_alone(1, lane=SYNC) or {})["email"] == ADA_AT
    assert len(live_ac.feed_page(START, lane=SYNC).rows) == 100
    assert live_ac.contact_alone(99, lane=SYNC) is None


def test_a_list_shows_dates_and_counts_of_a_hundred_contacts(busy: Account, live_ac: ActiveCampaign) -> None:
    mail.machine_opened(busy, busy.contacts.rows[2], busy.campaigns.rows[1])
    looked, last, more = live_ac.look(lane=SYNC)
    assert ([(one.ac_id, one.email, one.sent) for one in looked], last, more) == (
        [(1, ADA_AT, 150), (2, CLEO_AT, 0)], 2, False
    )  # fmt: skip
    assert (looked[0].dates, set(looked[1].dates)) == ((), {START + timedelta(minutes=150)})
    assert [one.ac_id for one in live_ac.look(ids=[2], lane=SYNC)[0]] == [2]
    assert [one.ac_id for one in live_ac.look(after_id=1, lane=SYNC)[0]] == [2]


@pytest.mark.parametrize("asked", [{"ids": [7]}, {"after_id": 7}])
def test_a_list_of_others_than_were_asked_for_is_refused(ac: ActiveCampaign, stub, asked) -> None:
    stub.on("GET", "/api/3/contacts", {"contacts": [{"id": "1"}, {"id": "2"}]})
    with pytest.raises(PagingLoop):
        ac.look(lane=SYNC, **asked)


def test_names_and_subjects_are_asked_for(busy: Account, live_ac: ActiveCampaign) -> None:
    assert live_ac.campaign_name(2, lane=SYNC) == "Invitation to the fair"
    assert live_ac.campaign_subjects(2, lane=SYNC) == {"2": "Invitation to the fair"}
    assert live_ac.automation_name(1, lane=SYNC) == "Nurture"
    assert (live_ac.campaign_name(9, lane=SYNC), live_ac.campaign_subjects(9, lane=SYNC)) == ("", {})
    assert live_ac.automation_name(9, lane=SYNC) == ""


def test_bounces_come_in_pages_with_their_number(busy: Account, live_ac: ActiveCampaign) -> None:
    for _ in range(101):
        mail.bounced(busy, busy.contacts.rows[1], busy.campaigns.rows[1])
    rows, total = live_ac.bounces_page(100, lane=SYNC)
    assert (len(rows), total) == (1, 101)


def test_a_deleted_contact_takes_its_events_along(busy: Account, live_ac: ActiveCampaign) -> None:
    feed.add(busy, busy.contacts.rows[2], "note", "", 1)
    busy.contacts.remove(busy.contacts.rows[1])
    assert ids(live_ac.feed_page(START - timedelta(days=1), lane=SYNC)) == [151]
