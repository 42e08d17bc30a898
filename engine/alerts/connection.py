"""Reads one connection for metrics and alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from clients.budget import Budget as Buckets
from config import document as documents
from engine import findings, timing
from engine.alerts import credentials, latest
from engine.caution import BREAKER
from engine.context import directions
from engine.findings import Kept
from mapping.text import zone_of
from store import configurations, cycles, outbox, pauses, tallies, watch, watermarks
from store.db import Tx
from store.vault import Vault
from sync import quiet
from sync.alerts.reading import Budget, Connection, Fresh, Slots, Way
from sync.errors import Unavailable
from sync.model import ORDER, CycleKind, Direction, Entity, Lane
from sync.schedule import FREQUENCIES

LATELY: Final = timedelta(hours=1)
ALL: Final = tuple(Direction)
SAMPLES: Final = 48
TOKENS_LAST: Final = timedelta(days=7)
"""Dynamics' own default, see learn.microsoft.com, page use-change-tracking-synchronize-data-external-systems; where the
organisation says otherwise, `ac365 check` has noted it."""
LIFETIME: Final = "dynamics: lifetime of change tokens"


class Services(Protocol):
    """The part of a process's services that is needed here."""

    @property
    def settings(self) -> Any:
        """What the environment says: `alerts`."""

    @property
    def vault(self) -> Vault:
        """What opens stored credentials."""

    def budgets(self, connection_id: int, document: Mapping[str, Any] | None = None) -> dict[str, Buckets]:
        """The request budgets, by service."""


def read(
    tx: Tx, row: Mapping[str, Any], services: Services, now: datetime, *, pages: int, redis_answers: bool
) -> Connection | None:
    """One connection at this moment, None while it was never configured."""
    current = configurations.current(tx, row["id"])
    if current is None:
        return None
    document = documents.load(current[1])
    held = pauses.active(tx, row["id"])
    marks = watermarks.of_connection(tx, row["id"])
    recent = latest.read(tx, row["id"])
    return Connection(
        id=row["id"],
        name=row["name"],
        enabled=document["sync"]["enabled"],
        frequency=FREQUENCIES[document["sync"]["frequency"]],
        quiet=timing.allowed(document, now) > now,
        loading=any(kind in (CycleKind.INITIAL, CycleKind.BASELINE) for kind in recent.running),
        ways=tuple(_ways(document, held, marks, now)),
        oldest={(Direction(one["direction"]), Lane(one["lane"])): one["oldest"] for one in outbox.ages(tx, row["id"])},
        settled=_settled(tx, row["id"], now),
        fresh=tuple(_fresh(one) for one in watch.fresh(tx, row["id"], now - LATELY)),
        troubles=recent.troubles,
        bad_ends=recent.bad_ends,
        tripped=frozenset(d for one in held if one["author"] == BREAKER for d in _covered(one)),
        pauses=len(held),
        asks=tuple(one["id"] for one in cycles.asking(tx, row["id"])),
        cycles=recent.unfinished,
        ended=recent.ended,
        pages=pages,
        budgets=_budgets(services.budgets(row["id"], document)) if redis_answers else None,
        credential_ends=credentials.ends(row, services.vault, services.settings.alerts.credential_expires),
        token_ends=_token_ends(tx, row["id"], marks, document),
        echoes=watch.echoes(tx, *recent.last_scheduled),
        unbalanced=recent.unbalanced,
        **_marketing(tx, row["id"], document),
        **_standing(tallies.standing(tx, row["id"])),
    )


def _marketing(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> dict[str, Any]:
    """What is late of marketing, as far as it is switched on."""
    found = watch.marketing(tx, connection_id)
    panel, activities = document["panel"]["enabled"], document["activities"]["enabled"]
    return {
        "asked": found["asked"] if panel else None,
        "heard": found["heard"] if panel else None,
        "activities_due": found["activities_due"] if activities else None,
    }


def _covered(pause: Mapping[str, Any]) -> Sequence[Direction]:
    return [Direction(pause["direction"])] if pause["direction"] else ALL


def _ways(
    document: Mapping[str, Any], held: Sequence[Mapping[str, Any]], marks: Sequence[Mapping[str, Any]], now: datetime
) -> list[Way]:
    known = {(one["entity"], one["direction"]): one for one in marks}
    return [
        _way(entity, way, known.get((entity, way)), held, document, now)
        for entity in ORDER
        if document["entities"][entity]["enabled"]
        for way in directions(document, entity)
    ]


def _way(
    entity: Entity,
    way: Direction,
    mark: Mapping[str, Any] | None,
    held: Sequence[Mapping[str, Any]],
    document: Mapping[str, Any],
    now: datetime,
) -> Way:
    return Way(
        entity,
        way,
        begun=mark is not None,
        last_success=mark["moved_at"] if mark else None,
        silent=_awake(document, mark["moved_at"], now) if mark else timedelta(),
        paused=any(one["entity"] in (None, entity) and one["direction"] in (None, way) for one in held),
    )


def _awake(document: Mapping[str, Any], since: datetime, now: datetime) -> timedelta:
    """How long it has been, without quiet hours: looked at in samples, which is exact enough."""
    whole = max(now - since, timedelta())
    hours = quiet.read(document["sync"].get("quiet", ()))
    if not hours:
        return whole
    zone, part = zone_of(document["zone"]), whole / SAMPLES
    moments = [since + part * (number + 0.5) for number in range(SAMPLES)]
    return part * sum(quiet.until(moment, hours, zone) == moment for moment in moments)


def _settled(tx: Tx, connection_id: int, now: datetime) -> dict[tuple[str, str], int]:
    rows = tallies.days(tx, connection_id, now.date())
    return {(one["direction"], one["outcome"]): one["number"] for one in rows if one["day"] == now.date()}


def _fresh(row: Mapping[str, Any]) -> Fresh:
    return Fresh(row["class"], row["service"], row["number"], row["new"], row["doubtful"], row["lost"])


def _budgets(buckets: Mapping[str, Buckets]) -> dict[str, Budget] | None:
    try:
        return {
            service: Budget(
                {name: Slots(one.used, one.count, one.granted) for name, one in budget.usage().items()},
                budget.paused_s(),
            )
            for service, budget in buckets.items()
        }
    except Unavailable:
        return None


def _token_ends(
    tx: Tx, connection_id: int, marks: Sequence[Mapping[str, Any]], document: Mapping[str, Any]
) -> datetime | None:
    """When Dynamics forgets the oldest of its change tokens that is still wanted."""
    on = [one for one in marks if one["kind"] == "delta" and one["direction"] == Direction.OUTBOUND]
    wanted = [one["moved_at"] for one in on if document["entities"].get(one["entity"], {}).get("enabled")]
    return min(wanted) + _lifetime(tx, connection_id) if wanted else None


def _lifetime(tx: Tx, connection_id: int) -> timedelta:
    checked = findings.last(tx, connection_id, Kept.CHECK)
    told = [one.message for one in checked.findings if one.what == LIFETIME and one.ok] if checked else []
    days = told[0].partition(" ")[0] if told else ""
    return timedelta(days=int(days)) if days.isdigit() and int(days) else TOKENS_LAST


def _standing(numbers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    records, backlog, failures = Counter[Any](), Counter[Any](), Counter[Any]()
    conflicts = 0
    for one in numbers:
        if one["kind"] == "record":
            records[one["entity"], one["what"]] += one["number"]
        elif one["kind"] == "outbox":
            backlog[one["entity"], one["direction"]] += one["number"]
        elif one["kind"] == "failure":
            failures[one["entity"], one["direction"], one["what"]] += one["number"]
        elif one["kind"] == "conflict":
            conflicts += one["number"]
    return {"records": records, "backlog": backlog, "failures": failures, "conflicts": conflicts}
