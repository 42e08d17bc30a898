"""What an explanation or a dry run has to know of opportunities: what is missing before any travels, who may stand for
one, and which were picked by hand. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from engine import history
from engine.context import Context
from engine.opportunities import deal_place, rollup_state, stakeholders
from engine.opportunities.changes import to_opportunity
from engine.opportunities.deliver import GONE, INSTEAD, MAKE
from engine.opportunities.preparation import GRANT, NO_TABLE
from engine.opportunities.targets import targets
from engine.row_keys import STAKEHOLDERS
from store.db import Tx
from sync.errors import MissingPermission, NotAvailable, Stop
from sync.model import Change, Entity

OFF: Final = "opportunities are switched off"
SWITCH_ON: Final = "Set entities.opportunity.enabled to true and import it with `ac365 config import FILE`."
CORRECT: Final = "Correct this entity's criteria and import them."
ASKS: Final = (
    "No opportunity is in ActiveCampaign so far: the sync that brings the first ones asks before it writes them, since "
    "each starts automations (entities.opportunity.history)."
)
WHICH: Final = ", which "
WITHHELD: Final = (MissingPermission, NotAvailable)
"""What a role or a plan withholds although both sides were described otherwise."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something without which no opportunity travels, and what to do about it."""

    message: str
    advice: str

    @property
    def sentence(self) -> str:
        """Both as text for a person."""
        return f"{self.message[0].upper()}{self.message[1:]}. {self.advice}"


@dataclass(frozen=True, slots=True)
class Relative:
    """A contact of Dynamics that may stand for an opportunity. relations: primary, customer, account or stakeholder,
    the configured ones by which it is related; activecampaign_id: None while nobody knows it; hindrance: why it is not
    in ActiveCampaign, "" when it is."""

    relations: tuple[str, ...]
    contact: str
    in_activecampaign: bool
    activecampaign_id: int | None
    address: str | None
    hindrance: str


def withheld(error: Stop) -> str:
    """What a service refused just now, as text for a person."""
    return Lack(error.message.rstrip("."), error.advice).sentence


def no_table(context: Context) -> Lack | None:
    """The table of opportunities, where Dynamics does not show it."""
    return None if "name" in context.rules[Entity.OPPORTUNITY].columns else Lack(NO_TABLE, GRANT)


def lacks(context: Context) -> list[Lack]:
    """Everything that keeps all opportunities from travelling, as far as the cached descriptions of both sides tell."""
    rules = context.rules[Entity.OPPORTUNITY]
    off = None if rules.settings["enabled"] else Lack(OFF, SWITCH_ON)
    fault = Lack(rules.fault, CORRECT) if rules.fault else None
    return [one for one in (off, no_table(context), _no_place(context), fault) if one]


def _no_place(context: Context) -> Lack | None:
    """What they are shown in, a custom object, fields of contacts or deals, where that isn't there."""
    as_deals = deal_place.chosen(context)
    if not (as_deals or rollup_state.chosen(context)):
        return None if context.opportunities else Lack(GONE, f"{MAKE} {INSTEAD}")
    try:
        deal_place.there(context) if as_deals else rollup_state.there(context)
    except Stop as error:
        return Lack(error.message, error.advice)
    return None


def notes(tx: Tx, context: Context) -> list[str]:
    """What keeps opportunities back, as sentences with what to do; the question before the first load included."""
    told = [lack.sentence for lack in lacks(context)]
    on = context.rules[Entity.OPPORTUNITY].settings["enabled"]
    return [*told, ASKS] if on and history.asks(tx, context) else told


def untold(row: Mapping[str, Any] | None) -> list[str]:
    """What Dynamics withholds about the opportunity of this row, as sentences with what to do."""
    withheld_ones = row is not None and STAKEHOLDERS in row and row[STAKEHOLDERS] is None
    return [stakeholders.NOT_TOLD] if withheld_ones else []


def relatives(tx: Tx, context: Context, row: Mapping[str, Any]) -> list[Relative]:
    """The contacts that may stand for the opportunity of this row, best first (decision Q11)."""
    found: dict[str, list[str]] = {}
    for relation, contact in _related(context, row):
        found.setdefault(contact, []).append(relation)
    # Each contact as if it were the only one: then the target says how that one stands.
    alone = [Change(Entity.OPPORTUNITY, contact, 0, contacts=(contact,)) for contact in found]
    known = targets(tx, context.id, alone)
    return [
        Relative(tuple(relations), contact, one.there, one.contact, one.address, one.why.partition(WHICH)[2])
        for contact, relations in found.items()
        for one in (known[contact],)
    ]


def _related(context: Context, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every relation with its contact: the row is read once for each, as if no other relation counted."""
    rules = context.rules[Entity.OPPORTUNITY]
    for relation in rules.settings["contacts"]:
        one = replace(rules, settings={**rules.settings, "contacts": [relation]})
        alone = replace(context, rules={**context.rules, Entity.OPPORTUNITY: one})
        yield from ((relation, contact) for contact in to_opportunity(alone, dict(row)).contacts)
