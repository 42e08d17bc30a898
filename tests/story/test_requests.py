"""What people ask for in Dynamics: done once in ActiveCampaign, and answered on the row."""

from __future__ import annotations

from typing import Any

import pytest
from support.asking import ADD, NURTURE, REMOVE, SEND, SEPTEMBER, WELCOME, Form
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import NEWS_ID, Story

from mapping.companion import State
from sync.model import Entity


@pytest.fixture
def form(story: Story) -> Form:
    """Ada is in both and on a list; Ben is only in Dynamics; Noor may ask."""
    form = Form(story)
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT)
    story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    return form


def test_a_contact_is_added_to_an_automation(form: Form) -> None:
    assert form.ask(ADD, NURTURE) == (State.DONE, 'Added to "Nurture".')
    assert form.enrolments(ADA_AT).count(1) == 1
