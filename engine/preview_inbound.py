"""What both kinds of inbound dry run share: rows are decided as a cycle decides them, and counted instead of filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from clients import tables
from engine.context import Context
from engine.inbound import carrying, deliver
from engine.inbound.filing import Filed, Page
from engine.inbound.item import Item
from engine.patience import patiently
from engine.preview_ahead import Ahead
from engine.preview_report import Preview
from engine.request import Plan
from store.links import to_link
from store.outbox import Claimed
from sync.inbound import Inbound
from sync.model import Counterpart, Entity, Lane, Link, Outcome

LANE = Lane.SYNC
UNSETTLED = (Outcome.SKIPPED, Outcome.FAILED)


@dataclass
class Seen(Filed):
    """The decisions of a page, counted by entity instead of being filed. Entities that don't take part count for the
    one whose stream reads."""

    previews: Mapping[Entity, Preview] = field(default_factory=dict)
    held: dict[str, Link] = field(default_factory=dict)

    def settle(self, entity: Entity | None, outcome: Outcome, reason: str, link: Link | None = None) -> None:
        """Counts a row that needs nothing."""
        self.of(link.entity if link else entity).enter(outcome, group(reason))

    def put(
        self, link: Link, there: Counterpart, decision: Inbound | None, action: str, *, opts_out: bool = False
    ) -> None:
        """Counts a row, or keeps it with its link to be decided against Dynamics."""
        self.held[link.record_id] = link
        super().put(link, there, decision, action, opts_out=opts_out)
        self.settle_known(set())

    def of(self, entity: Entity | None) -> Preview:
        """The preview that accounts for this entity's rows."""
        return self.previews.get(entity or self.page["entity"]) or self.previews[self.page["entity"]]


def page(planned: Plan, entity: Entity, rows: Sequence[Mapping[str, Any]], *, full: bool) -> Page:
    """Rows as the page of a cycle."""
    facts = {"entity": entity, "kind": planned.kind, "lane": LANE, "full": full, "stream_id": 0, "cycle_id": 0}
    return {**facts, "rows": [dict(row) for row in rows]}


def stream(planned: Plan) -> dict[str, Any]:
    """A stream of the cycle that would run, before its first page."""
    return {"kind": planned.kind, "full": planned.full, "lane": LANE, "cursor": None}


def would_link(facts: Mapping[str, Any]) -> Link:
    """The link that `store.links.take_over` would make of this row."""
    without = {"address": None, "opted_out": None, "bounced": False, "account_id": None, "origin": "pushed"}
    other = {"agreed_version": 0, "removed_at": None, "allowed_again": False, "parked": ()}
    return to_link({"id": 0, **without, **facts, **other, "delivered_at": True})


def provided(entity: Entity, ac_id: int, address: str | None, tagged: Sequence[str]) -> Link:
    """The link that `store.links.provide` would make of this row. The record has no id yet."""
    return Link(0, entity, f"ac:{ac_id}", address, ac_id, tagged=tuple(tagged), origin="pulled")


def against_dynamics(context: Context, seen: Seen, ahead: Ahead) -> None:
    """Reads the records of the rows that need it, by the hundred, and counts what would become of them."""
    for entity, waiting in seen.waiting.items():
        ids = [row["record_id"] for row in waiting if seen.held[row["record_id"]].delivered]
        raw = _read(context, entity, ids)
        for row in waiting:
            link = seen.held[row["record_id"]]
            told = {key: row[key] for key in ("entity", "record_id", "version", "address", "phase", "change")}
            claimed = Claimed(id=0, stream_id=0, cycle_id=0, attempts=0, single=False, link=link, **told)
            _enter(context, seen.of(entity), deliver.decide(context, claimed, raw.get(row["record_id"])), link, ahead)


def _read(context: Context, entity: Entity, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    table, mapping = tables.FACTS[entity], context.rules[entity].mapping
    ask = partial(context.dynamics.rows_by_id, table.entity_set, table.key, mapping.select, ids)
    rows = patiently(lambda: ask(annotations=mapping.needs_annotations, lane=LANE)) if ids else []
    return {str(row[table.key]).lower(): row for row in rows}


def _enter(context: Context, one: Preview, item: Item, link: Link, ahead: Ahead) -> None:
    item = _prepared(context, item)
    decision = item.decision
    one.enter(decision.outcome, group(decision.reason))
    one.opt_outs += bool(decision.set_bulk)
    for conflict in decision.conflicts:
        one.clash(link.record_id, conflict)
    if decision.outcome in UNSETTLED:
        return
    if decision.action != "none":
        one.show(link.record_id, decision.outcome, decision.reason, _written(item))
    if link.delivered:
        _leave(item, link, ahead)


def _prepared(context: Context, item: Item) -> Item:
    """With the body that would be sent, or as failed where Dynamics could not take it."""
    if item.decision.action == "none":
        return item
    ready = carrying.prepared(context, item)
    if isinstance(ready, Item):
        return ready
    return replace(item, decision=Inbound(Outcome.FAILED, ready[1].message))


def _written(item: Item) -> dict[str, Any]:
    """By field, and beside the fields what else would change."""
    decision = item.decision
    values = {key: value for key, value in decision.values.items() if key not in item.left_out}
    flags = {"donotbulkemail": decision.set_bulk, "donotemail": decision.set_email}
    more: dict[str, Any] = {name: value for name, value in flags.items() if value is not None}
    more |= {"account": decision.account_id} if decision.account_changed else {}
    more |= {"unsubscribe": list(decision.unsubscribe)} if decision.unsubscribe else {}
    return {**values, **more, **({"deactivated": True} if decision.action == "deactivate" else {})}


def _leave(item: Item, link: Link, ahead: Ahead) -> None:
    """What the settled row would leave behind, see `engine.inbound.settling`."""
    decision = item.decision
    if decision.action == "deactivate" or item.change is None:
        return
    values = {key: value for key, value in decision.values.items() if key not in item.left_out}
    opted_out = link.opted_out if decision.opted_out is None else decision.opted_out
    bounced = link.bounced if decision.opted_out is None else decision.bounced
    account_id = link.account_id if decision.belongs is None else decision.belongs or None
    after = replace(link, agreed=decision.agreed(link.agreed, item.left_out), parked=decision.parked)
    ahead.keep(replace(after, opted_out=opted_out, bounced=bounced, account_id=account_id))
    ahead.write(link, values)
    if decision.again:
        ahead.again[(link.entity, link.record_id)] = replace(item.change, values={**item.change.values, **values})


def group(reason: str) -> str:
    """A reason without what differs from record to record."""
    return "; ".join(part.partition(": ")[0] for part in reason.split("; "))
