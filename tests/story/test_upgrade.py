"""An installation of the first version is upgraded: its next cycle goes on with what it knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.grown import grow
from support.pump import Pump
from support.story import Story

from engine import configure
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from sync.model import Entity
from worker import settings
from worker.services import Services


@pytest.fixture
def dsn(empty_dsn: str) -> str:
    grow(empty_dsn)
    return empty_dsn


@pytest.fixture
def upgraded(environment: None, crm: Dynamics, ac: ActiveCampaign) -> Iterator[Story]:
    """Ada is in ActiveCampaign since then."""
    services = Services(settings.read(), name="upgraded")
    connection_id = configure.ensure_connection(services)
    assert connection_id is not None
    story = Story(crm, ac, Pump(services, connection_id))
    story.edit_there(ADA_AT, create=True, set={"firstName": "Ada", "lastName": "Byron"})
    yield story
    services.db.close()


def test_the_next_cycle_knows_who_is_there_and_starts_nothing_new(upgraded: Story) -> None:
    upgraded.contact(ADA, ADA_AT, firstname="Ada", jobtitle="Countess")
    upgraded.contact(BEN, BEN_AT)
    assert set(upgraded.sync()) == {"contact"}
    assert upgraded.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"
    assert len(upgraded.ac.contacts.rows) == 2
    link = upgraded.link(Entity.CONTACT, ADA)
    assert link is not None
    assert (link.ac_id, link.agreed["JOB_TITLE"]) == (1, "Countess")
    upgraded.verify()
