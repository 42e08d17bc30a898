"""What there is to do from nothing to a running sync, each step with its state as the store knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from engine import cycles, dry_run, findings, first_sync, metadata, validate
from engine.findings import Checked, Kept
from mapping import deals, objects, rollups
from mapping.fields import contact_fields
from store import snapshots, users
from store.db import Tx
from sync.model import Entity
from sync.rollup import TAGS


class Name(StrEnum):
    """The steps, in their order."""

    DYNAMICS = "dynamics"
    ACTIVECAMPAIGN = "activecampaign"
    PEOPLE = "people"
    DATA = "data"
    PROVISION = "provision"
    CHECK = "check"
    DRY_RUN = "dry_run"
    FIRST_SYNC = "first_sync"
    SWITCH = "switch"


class State(StrEnum):
    """done; open; bad: tried, and something is wrong; running; needless: nothing to do here."""

    DONE = "done"
    OPEN = "open"
    BAD = "bad"
    RUNNING = "running"
    NEEDLESS = "needless"


SETTLED: Final = (State.DONE, State.NEEDLESS)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. told: its state in words."""

    name: Name
    state: State
    told: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """All steps in their order."""

    steps: tuple[Step, ...]

    @property
    def next_step(self) -> Name | None:
        """The first one that is not done, None when all are."""
        return next((step.name for step in self.steps if step.state not in SETTLED), None)

    @property
    def begun(self) -> bool:
        """Whether every entity that is switched on had its first sync."""
        return any(step.name is Name.FIRST_SYNC and step.state is State.DONE for step in self.steps)


def of_connection(
    tx: Tx, row: Mapping[str, Any], document: Mapping[str, Any], version: int, now: datetime
) -> Checklist:
    """The checklist of one connection. document: with all defaults. Neither service is asked."""
    return Checklist(tuple(_steps(tx, row, document, version, now)))


def begun(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> bool:
    """Whether something is switched on and all of it had its first sync."""
    found = first_sync.standings(tx, connection_id, document)
    return bool(found) and all(one.done for one in found)


def _steps(tx: Tx, row: Mapping[str, Any], document: Mapping[str, Any], version: int, now: datetime) -> Iterator[Step]:
    trial, check = (findings.last(tx, row["id"], kept) for kept in Kept)
    asked = max((one for one in (trial, check) if one), key=lambda one: one.at, default=None)
    yield _service(Name.DYNAMICS, asked, bound=bool(row["organization_id"]))
    yield _service(Name.ACTIVECAMPAIGN, asked, bound=bool(row["organization_id"]))
    people = sum(1 for one in users.listed(tx) if one["active"])
    yield Step(Name.PEOPLE, State.DONE if people else State.OPEN, f"{people} may sign in")
    on = cycles.enabled(document)
    told = ", ".join(entity.plural for entity in on) if on else "nothing is switched on yet"
    yield Step(Name.DATA, State.DONE if on else State.OPEN, told)
    yield _provision(tx, row["id"], document)
    yield _check(check, version, running=document["sync"]["enabled"])
    yield _dry_run(tx, row["id"], now, begun=begun(tx, row["id"], document))
    yield _first_sync(tx, row["id"], document, now)
    switched = document["sync"]["enabled"]
    yield Step(Name.SWITCH, State.DONE if switched else State.OPEN, "on" if switched else "off")


def _service(name: Name, asked: Checked | None, *, bound: bool) -> Step:
    found = asked.of(name) if asked else []
    wrong = [one for one in found if one.required and not one.ok]
    if wrong:
        return Step(name, State.BAD, f"{wrong[0].what}: {wrong[0].message}")
    if not (found or bound):
        return Step(name, State.OPEN, "not tested yet")
    return Step(name, State.DONE, "answers" if found else "was reached before")


def _check(check: Checked | None, version: int, *, running: bool) -> Step:
    if check is None:
        return Step(Name.CHECK, State.OPEN, "not checked yet")
    wrong = sum(1 for one in check.findings if one.required and not one.ok)
    if wrong:
        return Step(Name.CHECK, State.BAD, f"{wrong} wrong")
    if check.version != version and running:
        # The switch goes on only without faults, and so is every change saved.
        return Step(Name.CHECK, State.DONE, "nothing was wrong; what was changed since was checked when it was saved")
    if check.version != version:
        return Step(Name.CHECK, State.OPEN, "the configuration was changed since it was checked")
    return Step(Name.CHECK, State.DONE, "nothing is wrong")


def _provision(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> Step:
    settings = document["entities"][Entity.OPPORTUNITY]
    if not settings["enabled"]:
        return Step(Name.PROVISION, State.NEEDLESS, "opportunities are switched off")
    wanted = [metadata.known(Entity.OPPORTUNITY), metadata.OBJECT, "activecampaign:fields", metadata.TAGS]
    wanted += [metadata.DEALS] if deals.chosen(settings) else []
    kept = {key: snapshots.get(tx, connection_id, key) for key in wanted}
    described = {key: found[0] for key, found in kept.items() if found}
    if len(described) < len(wanted):
        return Step(Name.PROVISION, State.OPEN, "not looked at yet")
    there = _shown(settings, described)
    told = "ActiveCampaign has all that opportunities need" if there else "ActiveCampaign lacks what opportunities need"
    return Step(Name.PROVISION, State.DONE if there else State.OPEN, told)


def _shown(settings: Mapping[str, Any], described: Mapping[str, Any]) -> bool:
    """Whether what shows opportunities is there, as far as it was described."""
    if rollups.chosen(settings):
        fields = contact_fields(described["activecampaign:fields"])
        return not rollups.lacking(fields) and all(tag in described[metadata.TAGS] for tag in TAGS)
    wanted = objects.attributes(settings, validate.columns_of(Entity.OPPORTUNITY, described))
    if deals.chosen(settings):
        place = deals.place_of(described[metadata.DEALS])
        return place is not None and place.pipeline > 0 and not deals.lacking(place, deals.wanted(wanted))
    return objects.evolution(described[metadata.OBJECT], wanted).nothing


def _dry_run(tx: Tx, connection_id: int, now: datetime, *, begun: bool) -> Step:
    found = dry_run.look(tx, connection_id, now)
    if found is None:
        told = "the first sync was had without one" if begun else "not made yet"
        return Step(Name.DRY_RUN, State.NEEDLESS if begun else State.OPEN, told)
    if found["state"] == "failed":
        return Step(Name.DRY_RUN, State.BAD, str(found["error"]["message"]))
    if found["state"] == "running":
        return Step(Name.DRY_RUN, State.RUNNING, "runs")
    return Step(Name.DRY_RUN, State.DONE, "made")


def _first_sync(tx: Tx, connection_id: int, document: Mapping[str, Any], now: datetime) -> Step:
    found = first_sync.standings(tx, connection_id, document)
    missing = ", ".join(one.entity.plural for one in found if not one.done)
    if first_sync.under_way(tx, connection_id, now):
        return Step(Name.FIRST_SYNC, State.RUNNING, "runs")
    if found and not missing:
        return Step(Name.FIRST_SYNC, State.DONE, "all that is switched on had it")
    return Step(Name.FIRST_SYNC, State.OPEN, f"missing: {missing}" if missing else "nothing is switched on yet")
