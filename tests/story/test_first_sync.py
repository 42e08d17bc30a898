"""The first sync: what is in Dynamics arrives in ActiveCampaign, complete and only once."""

from __future__ import annotations

from support.cast import ADA, BEN
from support.pump import Pump
from support.story import Story

from engine import verify
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from sync.model import Entity

CONTOSO = "cccccccc-1111-4000-8000-000000000001"


def people(crm: Dynamics) -> None:
    """Contoso with Ada as its contact; Ben is a lead; Dov has no address."""
    crm.load("account", [{"accountid": CONTOSO, "name": "Contoso"}])
    crm.load(
        "contact",
        [
            {
                "contactid": ADA,
                "firstname": "Ada",
                "lastname": "Byron",
                "emailaddress1": "ada@contoso.example",
                "_parentcustomerid_value": CONTOSO,
                "parentcustomerid_type": "account",
            },
            {"contactid": BEN.replace("b", "d"), "lastname": "Dov"},
        ],
    )
    crm.load("lead", [{"leadid": BEN, "lastname": "Ben", "emailaddress1": "ben@contoso.example", "subject": "Web"}])


def test_people_and_accounts_arrive_with_tags_and_their_account(crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> None:
    people(crm)
    cycle = pump.sync()
    assert cycle["state"] == "complete"
    assert ac.tags_of("ada@contoso.example") == {"[D365: Contact]", "[D365: Pushed from Dynamics]"}
    assert ac.tags_of("ben@contoso.example") == {"[D365: Lead]", "[D365: Pushed from Dynamics]"}
    assert verify.compare(pump.services.context(pump.connection_id)).agrees


def test_every_record_that_is_read_is_accounted_for(crm: Dynamics, pump: Pump) -> None:
    people(crm)
    streams = pump.sync()["streams"]
    counted = ("created", "updated", "unchanged", "skipped", "waiting", "failed")
    assert [s["read"] for s in streams] == [1, 2, 1]
    assert all(s["read"] == sum(s[name] for name in counted) for s in streams)


def test_an_account_that_several_would_do_for_is_reported_until_it_is_named_alike(story: Story) -> None:
    """Decision Q22."""
    story.ac.load_accounts([{"name": name, "accountUrl": "https://contoso.example"} for name in ("North", "South")])
    story.account(CONTOSO, "Contoso", websiteurl="https://www.contoso.example")
    assert story.sync(Entity.ACCOUNT, state="partial")["account"] == {"failed": 1}
    assert [failure["code"] for failure in story.failures()] == ["account.ambiguous"]
    story.edit("account", CONTOSO, name="South")
    assert story.sync(Entity.ACCOUNT)["account"] == {"created": 1}
    assert [row["name"] for row in story.ac.accounts.rows.values()] == ["North", "South"]
    story.verify()
