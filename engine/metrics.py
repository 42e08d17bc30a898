"""Metrics: what each is called and means, and its values in one reading of the installation.

Names follow prometheus.io/docs/practices/naming: a prefix, base units, `_total` for what only grows. Labels hold names
of parts, never of records or people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from sync.alerts import every
from sync.alerts.reading import Connection, Reading


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. kind: gauge or counter."""

    kind: str
    help: str
    labels: tuple[str, ...] = ()


class Value(NamedTuple):
    """One value. labels: in the order of the metric's."""

    name: str
    labels: tuple[str, ...]
    value: float


WAY: Final = ("connection", "entity", "direction")
METRICS: Final[dict[str, Metric]] = {
    "ac365_info": Metric("gauge", "1, with the version of the process that answers.", ("version",)),
    "ac365_connections": Metric("gauge", "Connections that are configured, by global switch.", ("state",)),
    "ac365_connection_enabled": Metric("gauge", "1 while the global switch of a connection is on.", ("connection",)),
    "ac365_connection_quiet": Metric("gauge", "1 within quiet hours.", ("connection",)),
    "ac365_connection_loading": Metric("gauge", "1 while a first sync runs.", ("connection",)),
    "ac365_connection_pauses": Metric("gauge", "Pauses in force.", ("connection",)),
    "ac365_sync_period_seconds": Metric("gauge", "How often a connection syncs by schedule.", ("connection",)),
    "ac365_records": Metric("gauge", "Records of Dynamics by where they stand.", ("connection", "entity", "state")),
    "ac365_settled_records_total": Metric(
        "counter", "Records settled since midnight UTC, when it begins anew.", ("connection", "direction", "outcome")
    ),
    "ac365_backlog_changes": Metric("gauge", "Changes on their way.", WAY),
    "ac365_backlog_oldest_seconds": Metric(
        "gauge", "Age of the change that has waited longest.", ("connection", "direction", "lane")
    ),
    "ac365_pages_waiting": Metric("gauge", "Filed pages that wait for a worker, 10,000 at most.", ("connection",)),
    "ac365_way_begun": Metric("gauge", "1 once the first sync of an entity and direction was read.", WAY),
    "ac365_way_paused": Metric("gauge", "1 while an entity and direction is paused.", WAY),
    "ac365_way_last_success_timestamp_seconds": Metric("gauge", "When all changes of it were last taken up.", WAY),
    "ac365_way_silent_seconds": Metric("gauge", "Time since then, without quiet hours.", WAY),
    "ac365_way_stopped": Metric(
        "gauge", "1 where the newest attempt ran into an error.", (*WAY, "service", "class", "code")
    ),
    "ac365_direction_bad_cycles": Metric(
        "gauge", "How many cycles in a row nothing came of.", ("connection", "direction")
    ),
    "ac365_direction_tripped": Metric("gauge", "1 while the circuit breaker pauses it.", ("connection", "direction")),
    "ac365_failures": Metric("gauge", "Records on the failure list.", (*WAY, "class")),
    "ac365_failures_tried": Metric(
        "gauge", "Failures tried within an hour, 10,000 at most.", ("connection", "service", "class")
    ),
    "ac365_failures_new": Metric(
        "gauge", "Failures listed first within an hour, 10,000 at most.", ("connection", "service", "class")
    ),
    "ac365_failures_doubtful": Metric(
        "gauge", "Failures of an hour after which a record may be there twice.", ("connection",)
    ),
    "ac365_failures_lost": Metric("gauge", "Failures of an hour at which workers died.", ("connection",)),
    "ac365_conflicts_open": Metric("gauge", "Fields that wait for a person's decision.", ("connection",)),
    "ac365_cycles_asking": Metric("gauge", "Cycles that wait for a person's answer.", ("connection",)),
    "ac365_cycles": Metric("gauge", "Cycles that wait or run.", ("connection", "state")),
    "ac365_cycle_last_end_timestamp_seconds": Metric(
        "gauge", "When the last cycle of a state ended.", ("connection", "state")
    ),
    "ac365_cycle_last_duration_seconds": Metric(
        "gauge", "How long the last cycle of a state took.", ("connection", "state")
    ),
    "ac365_streams_unbalanced": Metric(
        "gauge", "Streams that ended without an outcome for each of their records.", ("connection",)
    ),
    "ac365_records_echoing": Metric("gauge", "Records written in each of the last six cycles.", ("connection",)),
    "ac365_budget_used_slots": Metric("gauge", "Slots of a limit in use.", ("connection", "service", "limit")),
    "ac365_budget_slots": Metric("gauge", "Slots that a limit has.", ("connection", "service", "limit")),
    "ac365_calls_total": Metric(
        "counter", "Slots given, which are calls to the service.", ("connection", "service", "limit")
    ),
    "ac365_budget_paused_seconds": Metric(
        "gauge", "Nothing may be sent for so long, as the service asked.", ("connection", "service")
    ),
    "ac365_credential_expiry_timestamp_seconds": Metric(
        "gauge", "When the credential of Dynamics ends, where that is known.", ("connection",)
    ),
    "ac365_change_token_expiry_timestamp_seconds": Metric(
        "gauge", "When Dynamics forgets where reading its changes goes on.", ("connection",)
    ),
    "ac365_queue_served": Metric("gauge", "1 while the last heartbeat of a queue is fresh.", ("queue",)),
    "ac365_queue_heartbeat_age_seconds": Metric("gauge", "Age of the last heartbeat through a queue.", ("queue",)),
    "ac365_worker_info": Metric("gauge", "1, with the version that served a queue last.", ("queue", "version")),
    "ac365_receiver_age_seconds": Metric("gauge", "Age of the last sign of the receiver of webhooks, if in use."),
    "ac365_redis_up": Metric("gauge", "1 while Redis answers."),
    "ac365_backlog_patience_seconds": Metric("gauge", "AC365_ALERT_BACKLOG_MINUTES: how old a change may get."),
    "ac365_sign_ins_locked": Metric("gauge", "Names locked after failed sign-ins at the console."),
    "ac365_database_size_bytes": Metric("gauge", "Size of the database."),
    "ac365_database_size_week_ago_bytes": Metric("gauge", "What it was a week ago, where somebody looked then."),
    "ac365_table_size_bytes": Metric("gauge", "Size of a table with its indexes.", ("table",)),
    "ac365_history_partitions": Metric("gauge", "Partitions of history, one for each month."),
    "ac365_disk_free_ratio": Metric("gauge", "Free share of the disk under the embedded database."),
    "ac365_alert_sign": Metric(
        "gauge", "1 while a rule of alerts finds something; it fires once that holds.", ("rule", "severity", "subject")
    ),
}


def values(reading: Reading) -> Iterator[Value]:
    """All values of a reading; what is not known is left out."""
    yield from _installation(reading)
    yield from _queues(reading)
    yield from _alerts(reading)
    for one in reading.connections:
        yield from _connection(one)
        yield from _ways(one)
        yield from _waiting(one, reading)
        yield from _failures(one)
        yield from _cycles(one)
        yield from _budgets(one)


def _installation(reading: Reading) -> Iterator[Value]:
    yield Value("ac365_info", (reading.version,), 1)
    on = sum(one.enabled for one in reading.connections)
    yield Value("ac365_connections", ("on",), on)
    yield Value("ac365_connections", ("off",), len(reading.connections) - on)
    yield Value("ac365_redis_up", (), reading.redis)
    yield Value("ac365_backlog_patience_seconds", (), reading.patience.total_seconds())
    yield Value("ac365_sign_ins_locked", (), reading.locked)
    yield Value("ac365_database_size_bytes", (), reading.database)
    yield Value("ac365_history_partitions", (), reading.months)
    for table, size in reading.tables.items():
        yield Value("ac365_table_size_bytes", (table,), size)
    known = {
        "ac365_database_size_week_ago_bytes": reading.week_ago,
        "ac365_disk_free_ratio": reading.disk_free,
        "ac365_receiver_age_seconds": reading.receiver_age_s,
    }
    yield from (Value(name, (), value) for name, value in known.items() if value is not None)


def _queues(reading: Reading) -> Iterator[Value]:
    for queue in reading.queues:
        yield Value("ac365_queue_served", (queue.name,), queue.fresh)
        if queue.age_s is not None:
            yield Value("ac365_queue_heartbeat_age_seconds", (queue.name,), queue.age_s)
            yield Value("ac365_worker_info", (queue.name, queue.version), 1)


def _alerts(reading: Reading) -> Iterator[Value]:
    for rule, sign in every.signs(reading):
        yield Value("ac365_alert_sign", (rule.name, rule.severity.value, sign.subject), 1)


def _connection(one: Connection) -> Iterator[Value]:
    plain = {
        "ac365_connection_enabled": one.enabled,
        "ac365_connection_quiet": one.quiet,
        "ac365_connection_loading": one.loading,
        "ac365_connection_pauses": one.pauses,
        "ac365_sync_period_seconds": one.frequency.total_seconds(),
        "ac365_pages_waiting": one.pages,
        "ac365_conflicts_open": one.conflicts,
        "ac365_cycles_asking": len(one.asks),
        "ac365_streams_unbalanced": one.unbalanced,
        "ac365_records_echoing": one.echoes,
        "ac365_failures_doubtful": sum(fresh.doubtful for fresh in one.fresh),
        "ac365_failures_lost": sum(fresh.lost for fresh in one.fresh),
    }
    yield from (Value(name, (one.name,), value) for name, value in plain.items())
    if one.credential_ends is not None:
        yield Value("ac365_credential_expiry_timestamp_seconds", (one.name,), one.credential_ends.timestamp())
    if one.token_ends is not None:
        yield Value("ac365_change_token_expiry_timestamp_seconds", (one.name,), one.token_ends.timestamp())


def _ways(one: Connection) -> Iterator[Value]:
    for way in one.ways:
        labels = (one.name, way.entity.value, way.direction.value)
        yield Value("ac365_way_begun", labels, way.begun)
        yield Value("ac365_way_paused", labels, way.paused)
        if way.last_success is not None:
            yield Value("ac365_way_last_success_timestamp_seconds", labels, way.last_success.timestamp())
            yield Value("ac365_way_silent_seconds", labels, way.silent.total_seconds())
    for trouble in one.troubles:
        where = (one.name, trouble.entity.value, trouble.direction.value)
        yield Value("ac365_way_stopped", (*where, trouble.service, trouble.klass, trouble.code), 1)
    for direction, number in one.bad_ends.items():
        yield Value("ac365_direction_bad_cycles", (one.name, direction.value), number)
        yield Value("ac365_direction_tripped", (one.name, direction.value), direction in one.tripped)


def _waiting(one: Connection, reading: Reading) -> Iterator[Value]:
    for (entity, state), number in one.records.items():
        yield Value("ac365_records", (one.name, entity, state), number)
    for (direction, outcome), number in one.settled.items():
        yield Value("ac365_settled_records_total", (one.name, direction, outcome), number)
    # A way on which nothing waits is told as well, so that a panel shows a zero and no gap.
    ways = {(way.entity.value, way.direction.value): 0 for way in one.ways}
    for (entity, direction), number in {**ways, **one.backlog}.items():
        yield Value("ac365_backlog_changes", (one.name, entity, direction), number)
    for (way, lane), since in one.oldest.items():
        age_s = max(0.0, (reading.at - since).total_seconds())
        yield Value("ac365_backlog_oldest_seconds", (one.name, way.value, lane.value), age_s)


def _failures(one: Connection) -> Iterator[Value]:
    for (entity, direction, klass), number in one.failures.items():
        yield Value("ac365_failures", (one.name, entity, direction, klass), number)
    for fresh in one.fresh:
        yield Value("ac365_failures_tried", (one.name, fresh.service, fresh.klass), fresh.number)
        yield Value("ac365_failures_new", (one.name, fresh.service, fresh.klass), fresh.new)


def _cycles(one: Connection) -> Iterator[Value]:
    for state in ("queued", "running"):
        yield Value("ac365_cycles", (one.name, state), one.cycles.get(state, 0))
    for state, last in one.ended.items():
        yield Value("ac365_cycle_last_end_timestamp_seconds", (one.name, state), last.ended_at.timestamp())
        yield Value("ac365_cycle_last_duration_seconds", (one.name, state), last.took_s)


def _budgets(one: Connection) -> Iterator[Value]:
    for service, budget in (one.budgets or {}).items():
        yield Value("ac365_budget_paused_seconds", (one.name, service), budget.paused_s)
        for limit, slots in budget.slots.items():
            labels = (one.name, service, limit)
            yield Value("ac365_budget_used_slots", labels, slots.used)
            yield Value("ac365_budget_slots", labels, slots.count)
            yield Value("ac365_calls_total", labels, slots.granted)
