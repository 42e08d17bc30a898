"""`ac365 status`: how everything stands, on one page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from cli.options import AsJson
from cli.output import duration, number, print_json, say, show, table, when
from cli.session import NO_CONNECTION, session
from engine import health
from engine import status as use_case
from engine.health import Beat
from engine.status import ConnectionStatus, EntityStatus
from worker.services import Services, now

NUMBERS = ("in sync", "shadowed", "out of scope", "no address", "waiting", "failed")


def status(as_json: AsJson = False) -> None:
    """Show how everything stands: per entity what is in sync, waiting or failed, the backlog, and the queues.

    shadowed: another record with the same address stands for the contact. waiting: on its way to ActiveCampaign.
    """
    with session() as services:
        found = _read(services)
        beats = health.beats(services.db, now())
    if as_json:
        queues = {beat.queue: {"age_s": beat.age_s, "served": beat.fresh} for beat in beats}
        print_json({"connections": [asdict(one) for one in found], "queues": queues})
        return
    for one in found:
        _print(one, now())
    if not found:
        say(f"There is no connection yet. {NO_CONNECTION}")
    _print_queues(beats)


def _read(services: Services) -> list[ConnectionStatus]:
    with services.db.transaction() as tx:
        rows = use_case.all_connections(tx)
    found = []
    for row in rows:
        _, _, budget = services.clients(row)
        with services.db.transaction() as tx:
            found.append(use_case.of_connection(tx, row, budget))
    return found


def _print(one: ConnectionStatus, moment: datetime) -> None:
    switch = "on" if one.enabled else "off"
    say(f"Connection {one.name}: global switch {switch}, every {one.frequency}, next run {_next(one, moment)}")
    rows = [_row(entity, moment) for entity in one.entities]
    show(table("", ("records", "", "read up to", *NUMBERS), rows, numbers=len(NUMBERS)))
    age = f", the oldest since {duration((moment - one.oldest).total_seconds())}" if one.oldest else ""
    say(f"On the way to ActiveCampaign: {one.backlog:,}{age}")
    say(f"Request budget: {_budget(one)}")
    for pause in one.pauses:
        since = f"{pause['author']} {when(pause['paused_at'], moment)}"
        say(f"Paused: {_scope(pause)} by {since} {pause['reason']}".rstrip())
    if any(entity.failed for entity in one.entities):
        say("Some records failed; see why with `ac365 failures`.")


def _next(one: ConnectionStatus, moment: datetime) -> str:
    if not one.enabled:
        return "none (turn it on with `ac365 config enable`)"
    if one.next_run is None:
        return "not planned"
    if one.next_run <= moment:
        return "within a minute"
    return when(one.next_run, moment)


def _row(one: EntityStatus, moment: datetime) -> tuple[str, ...]:
    counts = (one.in_sync, one.shadowed, one.out_of_scope, one.no_address, one.waiting, one.failed)
    return f"{one.entity}s", _state(one), when(one.read_at, moment), *(number(count) for count in counts)


def _state(one: EntityStatus) -> str:
    if not one.enabled:
        return "off"
    if one.paused:
        return "paused"
    return {None: "waits for its first sync", "baseline": "on, from now on"}.get(one.started, "on")


def _budget(one: ConnectionStatus) -> str:
    if one.budget is None:
        return "unknown, Redis does not answer; nothing is sent meanwhile"
    told = ", ".join(f"{name} {use['used']} of {use['of']}" for name, use in one.budget.items())
    return f"{told}; paused for {duration(one.budget_paused_s)}" if one.budget_paused_s else told


def _scope(pause: dict[str, Any]) -> str:
    return " ".join(part for part in (pause["entity"] or "everything", pause["direction"] or "") if part)


def _print_queues(beats: list[Beat]) -> None:
    for beat in beats:
        age = "no heartbeat yet" if beat.age_s is None else f"heartbeat {duration(beat.age_s)} ago"
        advice = "" if beat.fresh else "; is a worker running?"
        say(f"Queue {beat.queue}: {age}{advice}")
