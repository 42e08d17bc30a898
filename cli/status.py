"""`ac365 status`: how everything stands, on one page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from cli.cycle_tables import print_question
from cli.options import AsJson
from cli.output import duration, number, print_json, say, show, table, when
from cli.session import NO_CONNECTION, session
from engine import health
from engine import status as use_case
from engine.health import Beat
from engine.status import ConnectionStatus, EntityStatus, WayStatus
from worker.services import Services, now

STANDING = ("in sync", "shadowed", "out of scope", "no address", "for a contact", "waiting", "failed")
MOVING = ("waiting", "failed")


def status(as_json: AsJson = False) -> None:
    """Show how everything stands: per entity and direction when it last went well, what waits and what failed.

    outbound: to ActiveCampaign; inbound: to Dynamics. last success: when all changes of that side were last taken up.
    shadowed: another record with the same address stands for the contact. for a contact: opportunities that wait until
    one of theirs is in ActiveCampaign. Also shown: what is paused, conflicts that wait for you, a cycle that asks, the
    request budget, and the queues.
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
    ways = [_way(entity, way, moment) for entity in one.entities for way in entity.ways]
    columns = ("records", "direction", "", "last success", "next run", *MOVING)
    show(table("", columns, ways, numbers=len(MOVING)))
    rows = [_row(entity) for entity in one.entities]
    show(table("", ("records", *STANDING), rows, numbers=len(STANDING)))
    _print_to_do(one, moment)


def _print_to_do(one: ConnectionStatus, moment: datetime) -> None:
    """What is on its way, and everything that waits for a person."""
    age = f", the oldest since {duration((moment - one.oldest).total_seconds())}" if one.oldest else ""
    out, back = one.backlog["outbound"], one.backlog["inbound"]
    say(f"On its way: {out:,} to ActiveCampaign, {back:,} to Dynamics{age}")
    say(f"Request budget: {_budget(one)}")
    if one.activities:
        _print_activities(one.activities, moment)
    if one.requests:
        _print_requests(one.requests, moment)
    for pause in one.pauses:
        say(_paused(pause, moment))
    for cycle in one.asks:
        print_question(cycle["cycle"], cycle["question"])
    if one.conflicts:
        say(f"Conflicts that wait for you: {one.conflicts:,}; see them with `ac365 conflicts`.")
    if any(entity.failed for entity in one.entities):
        say("Some records failed; see why with `ac365 failures`.")


def _print_activities(found: dict[str, Any], moment: datetime) -> None:
    news = f", {found['news']:,} contacts with news to be read" if found["news"] else ""
    say(f"Marketing activities: last read {when(found['read_at'], moment)}, {found['ready']:,} on their way{news}")
    for name, error in found["errors"].items():
        say(f"Activities can't be {name.replace('write', 'written')}: {error['message']}. {error['advice']}")
    if found["refused"]:
        say(f"Dynamics refused {found['refused']:,} activities; see why with `ac365 activities`.")


def _print_requests(found: dict[str, Any], moment: datetime) -> None:
    oldest = f", the oldest asked for {when(found['oldest'], moment)}" if found["oldest"] else ""
    say(f"Requests of people: {found['open']:,} wait{oldest}; last answered {when(found['answered_at'], moment)}")
    if found["error"]:
        say(f"Dynamics can't be heard: {found['error']}")


def _paused(pause: dict[str, Any], moment: datetime) -> str:
    since = f"{pause['author']} {when(pause['paused_at'], moment)}"
    end = f", ends by itself {when(pause['until'], moment)}" if pause["until"] else ""
    reason = f": {pause['reason']}" if pause["reason"] else ""
    return f"Paused: {_scope(pause)} by {since}{end}{reason}"


def _next(one: ConnectionStatus, moment: datetime) -> str:
    if not one.enabled:
        return "none (turn it on with `ac365 config enable`)"
    if one.asks:
        return f"none before cycle {one.asks[0]['cycle']} is answered"
    return _planned(one.next_run, moment, "not planned")


def _planned(at: datetime | None, moment: datetime, otherwise: str) -> str:
    if at is None:
        return otherwise
    return "within a minute" if at <= moment else when(at, moment)


def _way(entity: EntityStatus, way: WayStatus, moment: datetime) -> tuple[str, ...]:
    planned = _planned(way.next_run, moment, "")
    names = entity.entity.plural, way.direction.value, _state(entity, way, moment)
    return *names, when(way.last_success, moment), planned, number(way.waiting), number(way.failed)


def _row(one: EntityStatus) -> tuple[str, ...]:
    counts = (one.in_sync, one.shadowed, one.out_of_scope, one.no_address, one.awaiting, one.waiting, one.failed)
    return one.entity.plural, *(number(count) for count in counts)


def _state(one: EntityStatus, way: WayStatus, moment: datetime) -> str:
    if not one.enabled:
        return "off"
    if way.paused:
        return f"paused, ends {when(way.paused_until, moment)}" if way.paused_until else "paused"
    return {None: "waits for its first sync", "baseline": "on, from now on"}.get(way.started, "on")


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
