"""Whether requests of salespeople can be heard, checked and carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from clients.activecampaign import ActiveCampaign
from clients.dynamics import Dynamics
from clients.dynamics_users import IN_THEIR_NAME
from clients.probe import SWITCH_ON, Finding
from clients.tables import CHOICES, REQUESTS
from engine.requests import rows
from engine.requests.choices import COLUMNS
from sync.errors import NotAvailable, SyncError
from sync.model import Lane
from sync.requests import named

TABLES: Final = (
    "Make ac365's tables in Dynamics with `ac365 provision dynamics`, and give its application user their role."
)
IN_NAME: Final = (
    "Give the role of the application user the privilege 'Act on Behalf of Another User'. Until then every request is "
    "refused, since nobody can tell who may see which record."
)
BY_AUTOMATION: Final = "Campaigns are not offered. Offer mails that an automation sends instead: panel.mailings."
ACTIVATE: Final = "Correct panel.automations or panel.mailings, or make the automation in ActiveCampaign."


def findings(dynamics: Dynamics, activecampaign: ActiveCampaign, document: Mapping[str, Any]) -> Iterator[Finding]:
    """One line each, none where the panel is switched off."""
    panel = document["panel"]
    if not panel["enabled"]:
        return
    yield _found("panel: choices", lambda: _read(dynamics, CHOICES.entity_set, (CHOICES.key, *COLUMNS)), TABLES)
    yield _requests(dynamics)
    yield _found("panel: rights of people", lambda: _in_their_name(dynamics), IN_NAME)
    yield _found("panel: automations", lambda: _automations(activecampaign, panel), ACTIVATE)
    if panel["campaigns"] != []:
        sent = activecampaign.sends_copies
        yield _found("panel: campaigns", lambda: _copies(sent), BY_AUTOMATION, required=False)


def _found(what: str, ask: Callable[[], str], advice: str, *, required: bool = True) -> Finding:
    try:
        return Finding(what, True, ask(), required=required)
    except SyncError as error:
        return Finding(what, False, error.message, advice, required)


def _read(dynamics: Dynamics, entity_set: str, columns: tuple[str, ...]) -> str:
    return f"{len(dynamics.sample(entity_set, columns, top=1))} read"


def _requests(dynamics: Dynamics) -> Finding:
    try:
        dynamics.changes_page(REQUESTS.entity_set, rows.SELECT, page_size=1, lane=Lane.SYNC)
    except NotAvailable as error:
        if error.code.endswith(".tracking_off"):
            return Finding("panel: requests", False, error.message, SWITCH_ON, required=False)
        return Finding("panel: requests", False, error.message, TABLES)
    except SyncError as error:
        return Finding("panel: requests", False, error.message, TABLES)
    return Finding("panel: requests", True, "heard by change tracking")


def _in_their_name(dynamics: Dynamics) -> str:
    if not dynamics.privileges().get(IN_THEIR_NAME):
        raise NotAvailable(f"{IN_THEIR_NAME} missing")
    return "can be checked"


def _automations(activecampaign: ActiveCampaign, panel: Mapping[str, Any]) -> str:
    there = activecampaign.automations()
    wanted = [*(panel["automations"] or ()), *panel["mailings"]]
    for one in wanted:
        if not any(named([one], each.id, each.name) for each in there):
            raise NotAvailable(f"there is no automation {one!r} in ActiveCampaign")
        if not any(named([one], each.id, each.name) and each.active and not each.hidden for each in there):
            raise NotAvailable(f"the automation {one!r} is not active, so it is not offered")
    return f"{sum(each.active and not each.hidden for each in there)} active"


def _copies(sends: Callable[[], bool]) -> str:
    if not sends():
        raise NotAvailable("the account doesn't serve the call that sends one to a single contact")
    return "copies can be sent"
