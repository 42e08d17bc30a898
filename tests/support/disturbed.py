"""A run of a few dozen records that a test disturbs, and what has to be true at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from support.crowd import census, gather
from support.plant import Plant
from support.sides import Hooks

from engine.report import CycleReport
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from sync.model import Outcome

ACCOUNTS, CONTACTS, LEADS = 12, 30, 12
ACCOUNT, IMPORT = "POST /api/3/accounts", "POST /api/3/import/bulk_import"


def people_and_companies(crm: Dynamics) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)


def at(hooks: Hooks, call: str, number: int, act: Callable[[], None]) -> None:
    """Acts when ActiveCampaign has carried out so many of these calls, and before the last one is answered."""
    left = iter(range(number - 1, -1, -1))

    def count(seen: str) -> None:
        if seen == call and next(left, None) == 0:
            act()

    hooks.append(count)


def all_there_once(plant: Plant, cycle: CycleReport, ac: ActiveCampaign) -> bool:
    """Whether everybody arrived, once, and both sides agree."""
    assert cycle.state == "complete", cycle.as_json()
    assert conserved(cycle.as_json()["streams"]), cycle.as_json()
    assert plant.compare()["agrees"]
    return whole(ac, ACCOUNTS, CONTACTS + LEADS)


def conserved(streams: Iterable[Mapping[str, Any]]) -> bool:
    """Whether every record that was read has exactly one outcome, and none still waits."""
    return all(row["read"] == sum(row[outcome] for outcome in Outcome) and not row["waiting"] for row in streams)


def whole(ac: ActiveCampaign, accounts: int, people: int) -> bool:
    """Whether ActiveCampaign holds so many accounts and people, each once and each person with an account."""
    assert census(ac) == {"contacts": people, "accounts": accounts, "associations": people, "twins": 0}
    return True
