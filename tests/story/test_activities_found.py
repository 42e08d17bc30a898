"""Activities are found where ActiveCampaign makes its feed only when a contact is read, and nobody is read in vain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.marketing import Marketing
from support.story import NEWS_ID

SINGLE = "contacts/<number>"


@pytest.fixture
def lazy(marketing: Marketing) -> Marketing:
    """The feed is made when a contact is read. Twenty more contacts are linked."""
    marketing.story.ac.switches["activities_need_contact_read"] = True
    marketing.story.crowd(20)
    marketing.story.sync()
    return marketing


def known(marketing: Marketing) -> Marketing:
    """It was found out, and everybody was looked at."""
    marketing.happen("open", BEN_AT)
    marketing.pass_(minutes=20)
    marketing.turn()
    marketing.pass_(minutes=20)
    marketing.turn()
    assert marketing.kinds() == ["opened"]
    return marketing


def test_what_the_feed_lacks_is_found_by_looking(lazy: Marketing) -> None:
    for kind in ("sent", "open", "click", "soft_bounce", "unsubscribe"):
        lazy.happen(kind, ADA_AT)
    lazy.leave(lazy.enrol(BEN_AT, 1))
    lazy.pass_(minutes=20)
    routes = lazy.calls(lazy.turn)
    assert routes[SINGLE] == 2
    # By the link in a mail somebody leaves lists that he was never on.
    assert sorted(lazy.kinds(ADA)) == ["bounced", "clicked", "opened", "sent", "unsubscribed"]
    assert lazy.kinds(BEN) == ["automation_entered", "automation_completed"]


def test_nobody_without_news_is_read(lazy: Marketing) -> None:
    known(lazy)
    for _ in range(3):
        lazy.pass_(minutes=15)
        routes = lazy.calls(lazy.turn)
        assert SINGLE not in routes
        assert routes == {"activities": 1, "contacts": 1}
    lazy.happen("click", BEN_AT)
    lazy.pass_(minutes=15)
    assert lazy.calls(lazy.turn)[SINGLE] == 1
    assert lazy.kinds() == ["opened", "clicked"]


@pytest.mark.parametrize("kind", ["sent", "open", "machine_open", "click", "bounce", "soft_bounce", "unsubscribe"])
def test_every_date_and_count_of_a_list_speaks_for_itself(lazy: Marketing, kind: str) -> None:
    known(lazy)
    lazy.happen(kind, ADA_AT)
    lazy.pass_(minutes=15)
    lazy.turn()
    assert len(lazy.kinds(ADA)) == 1


def test_lists_and_automations_speak_too(lazy: Marketing) -> None:
    known(lazy)
    lazy.story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    stay = lazy.enrol(BEN_AT, 1)
    lazy.pass_(minutes=15)
    lazy.turn()
    assert (lazy.kinds(ADA), lazy.kinds(BEN)) == (["subscribed"], ["opened", "automation_entered"])
    lazy.leave(stay)
    lazy.pass_(minutes=15)
    lazy.turn()
    assert lazy.kinds(BEN) == ["opened", "automation_entered", "automation_completed"]


def test_a_reply_is_found_by_its_webhook(lazy: Marketing) -> None:
    known(lazy)
    lazy.happen("reply", ADA_AT)
    lazy.pass_(minutes=1)
    lazy.hint(ADA_AT, timedelta(minutes=1))
    lazy.turn()
    assert lazy.kinds(ADA) == ["replied"]
    assert lazy.waiting() == 0


def test_a_reply_whose_webhook_was_lost_comes_with_the_next_thing_that_happens(lazy: Marketing) -> None:
    known(lazy)
    lazy.happen("reply", ADA_AT)
    lazy.pass_(hours=5)
    lazy.turn()
    assert lazy.kinds(ADA) == []
    lazy.happen("open", ADA_AT)
    lazy.pass_(minutes=15)
    lazy.turn()
    assert lazy.kinds(ADA) == ["opened", "replied"]


def test_a_hint_about_what_the_feed_shows_anyway_reads_nobody(marketing: Marketing) -> None:
    marketing.happen("open", ADA_AT)
    for minutes in (0, 15, 30):
        # The same delivery again, later and later.
        marketing.hint(ADA_AT, timedelta(minutes=minutes))
        marketing.pass_(minutes=15)
        assert SINGLE not in marketing.calls(marketing.turn)
    assert (marketing.kinds(), marketing.waiting()) == (["opened"], 0)


def test_hints_about_strangers_are_forgotten(marketing: Marketing) -> None:
    marketing.story.edit_there("cleo@example.com", create=True)
    marketing.hint("cleo@example.com")
    assert marketing.waiting() == 1
    assert SINGLE not in marketing.calls(marketing.turn)
    assert marketing.waiting() == 0


def test_hints_mean_nothing_while_activities_are_off(marketing: Marketing) -> None:
    marketing.settings(enabled=False)
    marketing.hint(ADA_AT)
    assert marketing.waiting() == 0


def test_what_the_allowance_does_not_reach_is_read_later(lazy: Marketing, monkeypatch: pytest.MonkeyPatch) -> None:
    known(lazy)
    monkeypatch.setattr("sync.activities.LEAST_READS", 2)
    monkeypatch.setattr("sync.activities.READ_SHARE", 0.0)
    crowd = [f"person{number}@example.com" for number in range(1, 6)]
    lazy.happen("open", *crowd)
    for read in (2, 2, 1):
        lazy.pass_(minutes=15)
        assert lazy.calls(lazy.turn)[SINGLE] == read
    assert len(lazy.kinds()) == 6


@pytest.mark.parametrize("how", ["refused", "empty"])
def test_a_feed_that_wants_a_contact_is_read_contact_by_contact(marketing: Marketing, how: str) -> None:
    marketing.story.ac.switches["activities_without_contact"] = how
    marketing.happen("open", ADA_AT)
    marketing.happen("click", BEN_AT)
    for _ in range(2):
        marketing.pass_(minutes=20)
        marketing.turn()
    assert (marketing.kinds(ADA), marketing.kinds(BEN)) == (["opened"], ["clicked"])
    marketing.pass_(minutes=20)
    routes = marketing.calls(marketing.turn)
    assert SINGLE not in routes


def test_a_feed_that_lags_is_waited_for(marketing: Marketing) -> None:
    marketing.story.ac.switches["activities_lag_s"] = 300
    marketing.happen("open", ADA_AT)
    marketing.pass_(minutes=1)
    assert SINGLE not in marketing.calls(marketing.turn)
    assert marketing.kinds() == []
    marketing.pass_(minutes=15)
    assert SINGLE not in marketing.calls(marketing.turn)
    assert marketing.kinds() == ["opened"]


def test_a_contact_that_is_gone_is_not_asked_about_again(lazy: Marketing) -> None:
    known(lazy)
    lazy.hint(ADA_AT)
    lazy.story.edit_there(ADA_AT, delete=True)
    for _ in range(2):
        lazy.pass_(minutes=15)
        lazy.turn()
    assert (lazy.waiting(), lazy.kinds(ADA)) == (0, [])


def test_imported_contacts_are_recognised_by_their_address(marketing: Marketing) -> None:
    story = marketing.story
    one_way = {"direction": "outbound"}
    story.configure(account=one_way, contact=one_way, lead=one_way)
    story.crowd(12)
    story.sync()
    with story.transaction() as tx:
        assert tx.execute("SELECT count(*) AS n FROM links WHERE ac_id IS NULL").fetchone() == {"n": 12}
    marketing.happen("open", "person7@example.com")
    marketing.turn()
    assert marketing.kinds(story.ids[6]) == ["opened"]
