"""What becomes of the rows of an inbound page: counted where nothing is to be done, filed in the outbox otherwise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engine import caution
from engine.context import Context
from engine.filing import KEYS, passed_over
from engine.inbound import rows
from engine.retries import read_again
from engine.wake import Stage, Wake
from store import failures, links, outbox, outcomes, pages, streams
from store.db import Tx
from sync import tags
from sync.inbound import Inbound
from sync.model import Counterpart, Direction, Entity, Lane, Link, Outcome

Page: TypeAlias = dict[str, Any]

REMOVED = "was deleted in ActiveCampaign"


@dataclass
class Filed:
    """The decisions of a page, by the entity whose stream accounts for them. stained: links whose contact bears marks
    that are not true of it; again: records that travel outbound once more."""

    page: Page
    counts: dict[Entity, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    waiting: dict[Entity, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    told: list[dict[str, Any]] = field(default_factory=list)
    resolved: dict[Entity, list[str]] = field(default_factory=lambda: defaultdict(list))
    again: dict[Entity, list[str]] = field(default_factory=lambda: defaultdict(list))
    stained: list[Link] = field(default_factory=list)
    known: list[tuple[Link, Inbound, dict[str, Any], int]] = field(default_factory=list)

    def settle(self, entity: Entity | None, outcome: Outcome, reason: str, link: Link | None = None) -> None:
        """Accounts for a row that needs nothing. Only what concerns a record and says something makes history."""
        owner = entity or Entity(self.page["entity"])
        self.counts[owner][outcome.value] += 1
        if link is not None and outcome is not Outcome.UNCHANGED:
            self.told.append(_history(self.page, link, outcome, reason))

    def put(
        self, link: Link, there: Counterpart, decision: Inbound | None, action: str, *, opts_out: bool = False
    ) -> None:
        """Accounts for a row whose decision is known, or files it to be decided against Dynamics."""
        row = {
            "entity": link.entity,
            "record_id": link.record_id,
            "version": _version(there),
            "address": there.address or link.address,
            "change": rows.kept(there),
            "action": action,
            "phase": 0,
            "lane": Lane.LIVE if opts_out else None,
        }
        if decision is None:
            self.waiting[link.entity].append(row)
        else:
            self.known.append((link, decision, row, there.ac_id))

    def settle_known(self, older: set[tuple[Entity, str]]) -> None:
        """Accounts for the decisions that were known. older: records with something on its way, whose place these take:
        they are decided after it."""
        for link, decision, row, ac_id in self.known:
            if (link.entity, link.record_id) in older:
                self.waiting[link.entity].append(row)
                continue
            self.settle(link.entity, decision.outcome, decision.reason, link)
            self.resolved[link.entity] += [link.record_id, f"ac:{ac_id}"]
        self.known.clear()


def removed(tx: Tx, context: Context, filed: Filed, kind: str, ac_ids: Sequence[int]) -> None:
    """What was deleted in ActiveCampaign: marked, made again, or deactivated in Dynamics, as configured (decision
    Q6)."""
    found = links.of_ac_ids(tx, context.id, kind, ac_ids)
    for number in ac_ids:
        link = found.get(number)
        if link is None:
            filed.settle(None, Outcome.SKIPPED, REMOVED)
            continue
        settings = context.rules[link.entity].terms.on_removed
        if settings == "deactivate" and not link.removed:
            there = Counterpart(link.entity, number, address=link.address)
            filed.waiting[link.entity].append(deactivation(link, there))
        else:
            filed.settle(link.entity, Outcome.SKIPPED, REMOVED, link)
        if settings == "recreate":
            links.remove(tx, context.id, [link.id], None)
            filed.again[link.entity].append(link.record_id)
        elif not link.removed:
            links.remove(tx, context.id, [link.id], context.now())


def deactivation(link: Link, there: Counterpart) -> dict[str, Any]:
    """The row of the outbox that deactivates a record in Dynamics, after everything else of its cycle."""
    facts = {"entity": link.entity, "record_id": link.record_id, "version": _version(there), "address": link.address}
    return {**facts, "change": rows.kept(there), "action": "unlink", "phase": 1}


def _version(there: Counterpart) -> int:
    """A number that grows with every change: the digits of its date."""
    return int("".join(c for c in there.changed_at if c.isdigit())[:14] or 0)


def file(tx: Tx, context: Context, filed: Filed) -> list[Wake]:
    """Files everything in the caller's transaction and ends the page; answers with what is to be done next."""
    page, lane = filed.page, Lane(filed.page["lane"])
    wakes = [Wake(Stage.CYCLE, (context.id, page["cycle_id"]), lane)]
    passed_over(tx, context, [{name: row[name] for name in KEYS} for _, _, row, _ in filed.known], Direction.INBOUND)
    known = [(link.entity, link.record_id) for link, *_ in filed.known]
    filed.settle_known(outbox.underway(tx, context.id, known, Direction.INBOUND))
    for entity in {*filed.counts, *filed.waiting}:
        stream_id = _stream(tx, filed, entity)
        streams.count(tx, stream_id, filed.counts[entity])
        wakes += _put(tx, context, filed, entity, stream_id, lane)
    outcomes.add(tx, [{**row, "connection_id": context.id} for row in filed.told])
    for entity, subjects in filed.resolved.items():
        failures.resolve(tx, context.id, entity, subjects, Direction.INBOUND)
    if filed.again:
        wakes += read_again(tx, context.id, dict(filed.again), "deleted in ActiveCampaign")
    wakes += _clean(tx, context, filed.stained)
    if not pages.done(tx, page["id"], context.worker):
        raise RuntimeError("the page's lease ran out and another worker took it over; nothing was kept")
    return wakes


def _clean(tx: Tx, context: Context, stained: Sequence[Link]) -> list[Wake]:
    """The mark of a deletion on somebody whose record lives is taken off with the next outbound write."""
    if not stained:
        return []
    links.rebase(tx, context.id, [{"id": one.id, "tagged": sorted({*one.tagged, tags.DELETED})} for one in stained])
    found: dict[Entity, list[str]] = defaultdict(list)
    for one in stained:
        found[one.entity].append(one.record_id)
    return read_again(tx, context.id, dict(found), "wrong marks")


def _stream(tx: Tx, filed: Filed, entity: Entity) -> int:
    """The stream that accounts for an entity's rows: one reading of contacts serves leads as well."""
    reader, number = int(filed.page["stream_id"]), sum(filed.counts[entity].values()) + len(filed.waiting[entity])
    if entity == filed.page["entity"]:
        return reader
    fellow = streams.fellow(tx, reader, entity)
    if fellow is None or fellow["state"] in ("done", "failed"):
        return reader
    streams.hand_over(tx, reader, fellow["id"], number)
    return int(fellow["id"])


def _put(tx: Tx, context: Context, filed: Filed, entity: Entity, stream_id: int, lane: Lane) -> list[Wake]:
    waiting = filed.waiting[entity]
    if not waiting:
        return []
    held = caution.holds(filed.page["kind"])
    overtaken = outbox.put(tx, context.id, stream_id, lane, waiting, direction=Direction.INBOUND, held=held)
    for stream, number in overtaken.items():
        streams.count(tx, stream, {Outcome.SKIPPED.value: number})
    lanes = {Lane(row.get("lane") or lane) for row in waiting}
    return [Wake(Stage.UPSERT, (context.id, entity, one, Direction.INBOUND), one) for one in lanes]


def _history(page: Page, link: Link, outcome: Outcome, reason: str) -> dict[str, Any]:
    facts = {"cycle_id": page["cycle_id"], "stream_id": page["stream_id"], "direction": Direction.INBOUND}
    return {**facts, "entity": link.entity, "record_id": link.record_id, "outcome": outcome, "reason": reason}
