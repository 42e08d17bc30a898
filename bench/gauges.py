"""What an installation takes of the machine at one moment: memory and open files per process, connections, tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from statistics import mean
from typing import Any

import psutil

from bench.ground import Ground
from store import outbox, watch

SIMULATORS = ("dynamics", "activecampaign")
WORTH_TELLING_KB = 256
Sample = dict[str, dict[str, float]]
"""Figures by kind (`memory_mb`, `files`, `connections`, `tables_kb`, `calls`) and by what they are of."""


def sample(place: Ground) -> Sample:
    """Everything at once. Simulators are left out: what they remember is not the product's."""
    calls = place.ask("activecampaign", "stats")
    memory: dict[str, float] = {}
    files: dict[str, float] = {}
    for name, process in _processes(place):
        # A worker may have replaced a child in this moment.
        with suppress(psutil.NoSuchProcess):
            memory[name] = memory.get(name, 0.0) + process.memory_info().rss / 2**20
            files[name] = files.get(name, 0.0) + process.num_fds()
    with place.services.db.transaction() as tx:
        tables = {row["name"]: row["bytes"] / 1024 for row in watch.sizes(tx)}
        rows = outbox.pending_counts(tx, place.connection_id)
        backends: Any = tx.execute(
            "SELECT count(*) AS number FROM pg_stat_activity WHERE backend_type = 'client backend'"
        ).fetchone()
    redis: Any = place.services.redis.info()
    waiting = sum(row["ready"] + row["waiting"] + row["in_flight"] for row in rows)
    return {
        "memory_mb": {**memory, "redis": redis["used_memory"] / 2**20},
        "files": files,
        "connections": {"postgresql": backends["number"], "redis": redis["connected_clients"]},
        "tables_kb": tables,
        "calls": {
            "requests": calls["requests"],
            "refused": calls["statuses"].get("429", 0),
            "busiest_second": calls["busiest_second"],
            "waiting": waiting,
        },
    }


def _processes(place: Ground) -> Iterator[tuple[str, psutil.Process]]:
    for name, pid in place.stack.pids().items():
        if name in SIMULATORS:
            continue
        parent = psutil.Process(pid)
        yield name, parent
        for child in parent.children(recursive=True):
            yield f"{name}'s children", child


def quarters(samples: list[Sample]) -> dict[str, dict[str, list[float]]]:
    """The mean of each quarter of the time, of everything that was there in every sample; small tables are left out."""
    found = {kind: _quarters([one[kind] for one in samples]) for kind in samples[0] if kind != "calls"}
    tables = found["tables_kb"]
    return {**found, "tables_kb": {name: parts for name, parts in tables.items() if parts[-1] >= WORTH_TELLING_KB}}


def _quarters(samples: list[dict[str, float]]) -> dict[str, list[float]]:
    size = len(samples) // 4
    parts = [samples[number * size : (number + 1) * size] for number in range(4)]
    names = sorted(set.intersection(*(set(one) for one in samples)))
    return {name: [round(mean(one[name] for one in part), 1) for part in parts] for name in names}
