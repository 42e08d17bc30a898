"""What may be asked for about one person: the choices as Dynamics has them, and the automations that they are in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from clients.tables import CHOICES
from engine.context import Context
from engine.requests.choices import COLUMNS
from engine.requests.kept import kept
from mapping.companion import Ask, Offer
from store import links
from sync.errors import SyncError
from sync.model import Entity, Lane
from sync.requests import AUTOMATION

GOOD_FOR: Final = timedelta(seconds=30)
OFFERED: Final = "ac365_offered eq true"
ASKS: Final = {Offer.AUTOMATION.value: Ask.ADD_TO_AUTOMATION, Offer.CAMPAIGN.value: Ask.SEND_CAMPAIGN}


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be picked. key: such as `automation:42`; subject, sender, preheader: of a campaign, "" where unknown."""

    key: str
    ask: Ask
    name: str
    subject: str = ""
    sender: str = ""
    preheader: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """A person in an automation. key: `automation:42`."""

    key: str
    name: str


def choices(context: Context) -> list[Choice]:
    """What salespeople may pick, by name; nothing while `panel.enabled` is off. Raises SyncError."""
    if not context.document["panel"]["enabled"]:
        return []
    found: list[Choice] = kept(("choices", context.id), context.now(), GOOD_FOR, lambda: _choices(context))
    return found


def _choices(context: Context) -> list[Choice]:
    wanted = (CHOICES.key, "ac365_key", *COLUMNS)
    rows = context.dynamics.rows_where(CHOICES.entity_set, CHOICES.key, wanted, OFFERED, lane=Lane.LIVE)
    return sorted((_choice(row) for row in rows if row["ac365_kind"] in ASKS), key=lambda one: one.name.lower())


def _choice(row: Mapping[str, Any]) -> Choice:
    texts = (row[f"ac365_{name}"] or "" for name in ("name", "subject", "sender", "preheader"))
    return Choice(row["ac365_key"], ASKS[row["ac365_kind"]], *texts)


def running(context: Context, entity: Entity, record_id: str) -> list[Stay] | None:
    """The automations that somebody is in, by name; None where the record has no contact. Raises SyncError."""
    with context.db.transaction() as tx:
        link = links.of_records(tx, context.id, entity, [record_id]).get(record_id)
    if link is None or link.ac_id is None:
        return None
    stays = context.activecampaign.enrolments(link.ac_id, lane=Lane.LIVE)
    numbers = {stay.automation for stay in stays if stay.running}
    names = _names(context) if numbers else {}
    found = [Stay(f"{AUTOMATION}:{one}", names.get(one, f"Automation {one}")) for one in numbers]
    return sorted(found, key=lambda one: one.name.lower())


def _names(context: Context) -> dict[int, str]:
    def ask() -> dict[int, str]:
        return {one.id: one.name for one in context.activecampaign.automations(lane=Lane.LIVE)}

    found: dict[int, str] = kept(("automations", context.id), context.now(), GOOD_FOR, ask)
    return found


def choice_of(context: Context, ask: Ask, key: str) -> Choice | None:
    """What is meant by a key; None where nobody offers it, or no service can say. A removal needs no offer."""
    try:
        if ask is Ask.REMOVE_FROM_AUTOMATION:
            kind, _, number = key.partition(":")
            name = _names(context).get(int(number)) if kind == AUTOMATION and number.isdecimal() else None
            return Choice(key, ask, name) if name else None
        return next((one for one in choices(context) if (one.key, one.ask) == (key, ask)), None)
    except SyncError:
        return None
