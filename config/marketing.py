"""The sections of what people in Dynamics see of marketing, and of what they may ask for."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from marshmallow.validate import Length

from config.sections import MISSING, Section
from config.values import Count, ListName, Switch, Word
from mapping import companion


def _names(**how: Any) -> fields.List[Any]:
    wrong: dict[str, Any] = {"invalid": "is not a list of names or numbers."}
    return fields.List(ListName(error_messages=MISSING), error_messages=wrong, **how)


class Activities(Section):
    """What contacts of ActiveCampaign received and did, shown on leads and contacts (decision Q14).

    kinds: which of it travels; first_load_days: how far back the first reading looks; keep_days: how long it stays in
    Dynamics, 0 for ever.
    """

    enabled = Switch(load_default=False)
    kinds = fields.List(
        Word(*companion.WORDS),
        load_default=lambda: list(companion.WORDS),
        validate=Length(min=1, error="names no kind; leave it out for every kind."),
        error_messages={"invalid": "is not a list of kinds."},
    )
    first_load_days = Count(load_default=90)
    keep_days = Count(load_default=730)


class Panel(Section):
    """What a salesperson may ask for (decisions Q15 and Q16). automations: those offered, null for every active one;
    mailings: automations that send one mail, offered as campaigns; campaigns: those offered for a single send, null for
    every completed one."""

    enabled = Switch(load_default=False)
    automations = _names(load_default=None, allow_none=True)
    mailings = _names(load_default=list)
    campaigns = _names(load_default=None, allow_none=True)
