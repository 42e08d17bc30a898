"""Marketing activities: what a contact received and did is shown on the record in Dynamics, once and with its words."""

from __future__ import annotations

from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO_AT
from support.marketing import Marketing
from support.story import Story

BOTH = {"direction": "both"}
OFFER = "https://contoso.example/offer"
NEWS = "September news"


def test_every_kind_arrives_once_with_its_words(marketing: Marketing) -> None:
    ac = marketing.story.ac
    marketing.story.edit_there(ADA_AT, lists={2: 1})
    for kind in ("sent", "open", "click", "reply", "forward", "soft_bounce", "unsubscribe"):
        marketing.happen(kind, ADA_AT)
    marketing.happen("bounce", BEN_AT)
    marketing.happen("share", ADA_AT)
    number = ac.build_automation(name="Nurture more", multientry=1)
    marketing.leave(marketing.enrol(ADA_AT, number))
    for _ in range(2):
        marketing.turn()
    assert marketing.shown(ADA) == [
        ("sent", NEWS, NEWS, ""),
        ("opened", NEWS, NEWS, ""),
        ("clicked", NEWS, NEWS, OFFER),
        ("replied", NEWS, NEWS, ""),
        ("forwarded", NEWS, NEWS, ""),
        ("bounced", NEWS, NEWS, "Soft bounce: 452 4.2.2 Mailbox full"),
        ("subscribed", "Newsletter", "", ""),
        ("unsubscribed", "Newsletter", "", "Too many mails"),
        ("automation_entered", "Nurture more", "", ""),
        ("automation_completed", "Nurture more", "", ""),
        ("other", NEWS, NEWS, "campaign share"),
    ]
    assert marketing.shown(BEN) == [("bounced", NEWS, NEWS, "Hard bounce: 550 5.1.1 User unknown")]
    assert marketing.states() == {"written": 12}


def test_both_ends_of_a_stay_are_joined(marketing: Marketing) -> None:
    row = marketing.enrol(ADA_AT, 1)
    marketing.leave(row)
    marketing.turn()
    assert {one["ac365_enrolmentid"] for one in marketing.story.rows("ac365_activity")} == {str(row)}


def test_a_machine_s_open_is_marked(marketing: Marketing) -> None:
    marketing.happen("open", ADA_AT)
    marketing.pass_(minutes=5)
    marketing.happen("machine_open", ADA_AT)
    marketing.turn()
    rows = sorted(marketing.story.rows("ac365_activity"), key=lambda row: row["ac365_occurredon"])
    assert [bool(row["ac365_machine"]) for row in rows] == [False, True]


def test_nothing_is_read_one_by_one_while_the_feed_is_complete(marketing: Marketing) -> None:
    marketing.happen("open", ADA_AT, BEN_AT)
    for _ in range(4):
        marketing.pass_(minutes=15)
        routes = marketing.calls(marketing.turn)
        assert "contacts/<number>" not in routes
        assert routes["activities"] == 1
    assert marketing.kinds() == ["opened", "opened"]


def test_events_of_strangers_wait_for_a_link(marketing: Marketing) -> None:
    marketing.story.edit_there(CLEO_AT, create=True, set={"firstName": "Cleo", "lastName": "Patra"})
    marketing.happen("open", CLEO_AT)
    marketing.turn()
    assert (marketing.states(), marketing.kinds()) == ({"unlinked": 1}, [])
    tags = ["[D365: Contact]", "[D365: Pulled from ActiveCampaign]"]
    marketing.story.edit_there(CLEO_AT, tags={"add": tags})
    marketing.story.sync()
    marketing.turn()
    assert (marketing.states(), marketing.kinds()) == ({"written": 1}, ["opened"])


def test_after_a_qualification_new_events_go_to_the_contact(marketing: Marketing) -> None:
    story = marketing.story
    marketing.happen("open", BEN_AT)
    marketing.turn()
    story.qualify(BEN)
    story.sync()
    marketing.pass_(minutes=5)
    marketing.happen("click", BEN_AT)
    marketing.turn()
    contact = next(r["contactid"] for r in story.rows("contact") if r["emailaddress1"] == BEN_AT)
    assert (marketing.kinds(BEN), marketing.kinds(contact)) == (["opened"], ["clicked"])


def test_the_first_reading_goes_back_so_many_days(marketing: Marketing) -> None:
    marketing.settings(first_load_days=30)
    marketing.happen("open", ADA_AT)
    marketing.pass_(days=31)
    marketing.happen("click", ADA_AT)
    marketing.turn()
    assert marketing.kinds() == ["clicked"]


def test_kinds_that_are_left_out_stay_out(marketing: Marketing) -> None:
    marketing.settings(kinds=["clicked"])
    marketing.happen("open", ADA_AT)
    marketing.happen("click", ADA_AT)
    marketing.turn()
    marketing.settings(kinds=["clicked", "opened"])
    marketing.turn()
    assert (marketing.kinds(), marketing.states()) == (["clicked"], {"written": 1, "dropped": 1})


def test_what_is_too_old_is_deleted_and_forgotten(marketing: Marketing) -> None:
    marketing.settings(keep_days=10)
    marketing.happen("open", ADA_AT)
    marketing.turn()
    marketing.pass_(days=9)
    marketing.happen("click", ADA_AT)
    marketing.turn()
    assert marketing.kinds() == ["opened", "clicked"]
    marketing.pass_(days=2)
    marketing.turn()
    assert (marketing.kinds(), marketing.states()) == (["clicked"], {"written": 1})


def test_the_activities_of_a_deleted_record_go_with_it(marketing: Marketing) -> None:
    marketing.happen("open", ADA_AT)
    marketing.turn()
    marketing.story.delete("contact", ADA)
    marketing.story.sync()
    marketing.pass_(hours=2)
    marketing.turn()
    assert marketing.story.rows("ac365_activity") == []


def test_an_event_whose_record_is_gone_is_skipped_and_the_others_are_written(marketing: Marketing) -> None:
    marketing.happen("open", ADA_AT, BEN_AT)
    marketing.read()
    marketing.story.delete("contact", ADA)
    marketing.write()
    assert (marketing.kinds(), marketing.states()) == (["opened"], {"written": 1, "skipped": 1})


def test_without_its_table_the_line_says_what_to_do(story: Story) -> None:
    story.ac.switches["activities_need_contact_read"] = False
    made = Marketing(story, tables=False)
    story.configure(contact=BOTH)
    story.contact(ADA, ADA_AT)
    story.sync()
    made.happen("open", ADA_AT)
    made.turn()
    error = made.line("write")["error"]
    assert (error["class"], error["code"]) == ("stop", "dynamics.unknown_table")
    assert "ac365 provision dynamics" in error["advice"]
    assert made.states() == {"ready": 1}
