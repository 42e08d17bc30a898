"""What a contact's fields and tags say about its opportunities: all of it follows from the opportunities alone.

Nothing is counted up or down, so nothing can drift: the values are computed anew from all that was agreed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from mapping import rollups
from mapping.pairs import TEXT_CAP
from mapping.text import cut
from sync.model import Canonical

OPEN: Final = "[D365: Opportunity Open]"
WON: Final = "[D365: Opportunity Won]"
LOST: Final = "[D365: Opportunity Lost]"
TAGS: Final = (OPEN, WON, LOST)
STATES: Final = {0: OPEN, 1: WON, 2: LOST}
"""What a state of an opportunity shows as. Source: MicrosoftDocs/dynamics-365-customer-engagement, table reference of
opportunity, column statecode."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One opportunity as far as it counts. state: OPEN, WON or LOST, "" where that is not known; status: its words;
    estimated, actual: amounts in `currency`, None where empty; version, modified_on: the higher, the more recent."""

    id: str
    version: int = 0
    modified_on: str = ""
    state: str = ""
    status: str = ""
    topic: str = ""
    stage: str = ""
    currency: str = ""
    estimated: Decimal | None = None
    actual: Decimal | None = None
    close_date: str = ""


@dataclass(frozen=True, slots=True)
class Rollup:
    """What a contact shows. values: texts by the tag of the field; tags: those of `TAGS` that it bears."""

    values: Mapping[str, str]
    tags: frozenset[str]


def opportunity(record_id: str, version: int, agreed: Mapping[str, Canonical], words: Mapping[int, str]) -> Opportunity:
    """The opportunity behind values as they were agreed on. words: what its states are called, by their number; empty
    where the status is not that of the column statecode."""
    state = agreed.get("status") if words else None
    return Opportunity(
        id=record_id,
        version=version,
        modified_on=str(agreed.get("modified-on") or ""),
        state=STATES.get(state, "") if isinstance(state, int) else "",
        status=words.get(state, "") if isinstance(state, int) else "",
        topic=str(agreed.get("topic") or ""),
        stage=str(agreed.get("stage") or ""),
        currency=str(agreed.get("currency") or ""),
        estimated=_amount(agreed.get("estimated-revenue")),
        actual=_amount(agreed.get("actual-revenue")),
        close_date=str(agreed.get("estimated-close-date") or ""),
    )


def rollup(opportunities: Iterable[Opportunity]) -> Rollup:
    """What the contact of these opportunities shows, in whatever order they come."""
    of_all = list(opportunities)
    still_open = [one for one in of_all if one.state == OPEN]
    last = max(of_all, key=lambda one: (one.modified_on, one.version, one.id), default=Opportunity(""))
    values = {
        rollups.OPEN_COUNT: str(len(still_open)),
        rollups.OPEN_REVENUE: _sums((one.currency, one.estimated) for one in still_open),
        rollups.WON_REVENUE: _sums((one.currency, one.actual) for one in of_all if one.state == WON),
        rollups.LAST_STAGE: cut(last.stage, TEXT_CAP),
        rollups.LAST_TOPIC: cut(last.topic, TEXT_CAP),
        rollups.LAST_STATUS: cut(last.status, TEXT_CAP),
        rollups.NEXT_CLOSE: min((one.close_date for one in still_open if one.close_date), default=""),
    }
    return Rollup(values, frozenset(one.state for one in of_all if one.state))


def _amount(value: Canonical) -> Decimal | None:
    try:
        amount = Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def _sums(amounts: Iterable[tuple[str, Decimal | None]]) -> str:
    """`1200.00`, and with several currencies `1200.00 EUR; 300.00 USD`: amounts of two are never added up."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        if amount is not None:
            found[currency] += amount
    if len(found) <= 1:
        return f"{sum(found.values(), Decimal()):.2f}"
    return "; ".join(f"{amount:.2f} {currency}".rstrip() for currency, amount in sorted(found.items()))
