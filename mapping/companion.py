"""What ac365 has of its own in Dynamics, by name: tables, columns, choices, roles and web resources.

The names are a contract between what is provisioned, what writes, the panel, and what people build on it. Tables of
their own kind instead of activities: only those have privileges that a role can grant or withhold.
Source: learn.microsoft.com, pages custom-activities (privileges) and create-update-entity-definitions-using-web-api.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

PREFIX: Final = "ac365"
"""Of the publisher: 2 to 8 letters and digits."""
PUBLISHER: Final = "ac365"
SOLUTION: Final = "ac365"
OPTION_PREFIX: Final = 36_500
_FIRST: Final = OPTION_PREFIX * 10_000

ADMIN_ROLE: Final = "ActiveCampaign Admin"
USER_ROLE: Final = "ActiveCampaign User"
APPLICATION_ROLE: Final = "ac365 Application"
"""What the application user of ac365 needs, and no more."""

PANEL: Final = "ac365_/panel.html"
FORM_SCRIPT: Final = "ac365_/form.js"

ACTIVITY: Final = "ac365_activity"
ACTIVITIES: Final = "ac365_activities"
REQUEST: Final = "ac365_request"
REQUESTS: Final = "ac365_requests"
CHOICE: Final = "ac365_choice"
CHOICES: Final = "ac365_choices"


class Kind(IntEnum):
    """What happened: values of `ac365_activity.ac365_kind`."""

    SENT = _FIRST
    OPENED = _FIRST + 1
    CLICKED = _FIRST + 2
    REPLIED = _FIRST + 3
    FORWARDED = _FIRST + 4
    BOUNCED = _FIRST + 5
    SUBSCRIBED = _FIRST + 6
    UNSUBSCRIBED = _FIRST + 7
    AUTOMATION_ENTERED = _FIRST + 8
    AUTOMATION_COMPLETED = _FIRST + 9
    OTHER = _FIRST + 10

    @property
    def word(self) -> str:
        """How the configuration calls it."""
        return self.name.lower()


WORDS: Final = tuple(kind.word for kind in Kind)


class Ask(IntEnum):
    """What is asked for: values of `ac365_request.ac365_kind`."""

    ADD_TO_AUTOMATION = _FIRST
    REMOVE_FROM_AUTOMATION = _FIRST + 1
    SEND_CAMPAIGN = _FIRST + 2


class State(IntEnum):
    """Where a request stands: values of `ac365_request.ac365_state`. Unconfirmed: ActiveCampaign's answer was lost and
    nobody can tell whether it acted, so that nothing is repeated."""

    ASKED = _FIRST
    WORKING = _FIRST + 1
    DONE = _FIRST + 2
    REFUSED = _FIRST + 3
    FAILED = _FIRST + 4
    UNCONFIRMED = _FIRST + 5


class Offer(IntEnum):
    """What may be picked: values of `ac365_choice.ac365_kind`."""

    AUTOMATION = _FIRST
    CAMPAIGN = _FIRST + 1
