"""Transform, inbound: a page of ActiveCampaign's accounts. Who isn't linked is matched or made (decision Q22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

from engine.accounts import ID_FIELD
from engine.context import Context
from engine.inbound import filing, matching, rows
from engine.inbound.filing import Filed, Page
from engine.takeover_values import alike
from engine.wake import Wake
from store import links
from store.db import Tx
from sync import inbound
from sync.model import Change, Entity, Lane, Link, Outcome
from sync.tags import UNMARKED

AMBIGUOUS: Final = "several accounts of Dynamics would do; link one by writing its id into the field " + ID_FIELD
NEVER: Final = "nothing may be created in Dynamics for this entity"
ELSEWHERE: Final = "its account in Dynamics is linked to another one"
GONE: Final = "carries the id of an account that is not in Dynamics, or not in scope there"


def transform(context: Context, page: Page) -> list[Wake]:
    """Decides every account of the page and files the decisions, in one transaction with the page's end."""
    gone = [int(row["id"]) for row in page["rows"] if rows.is_gone(row)]
    living = [_whole(row) for row in page["rows"] if not rows.is_gone(row)]
    with context.db.transaction() as tx:
        linked = links_of(tx, context, living)
    strangers = {int(row["id"]): row for row in living if int(row["id"]) not in linked}
    carried = {number: carried_by(context, row) for number, row in strangers.items()}
    matched = matching.companies(context, strangers, carried, Lane(page["lane"])) if strangers else matching.Found()
    with context.db.transaction() as tx:
        filed = Filed(page)
        filing.removed(tx, context, filed, "account", gone)
        links.learn(tx, context.id, {link.id: n for n, link in linked.items() if link.ac_id != n})
        if page["full"]:
            links.seen(tx, context.id, [link.id for link in linked.values()])
        for row in living:
            link = linked.get(int(row["id"])) or _linked(tx, context, filed, row, matched)
            if link is not None:
                decide(context, filed, row, link)
        return filing.file(tx, context, filed)


def _whole(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "field_values": {int(key): value for key, value in row["field_values"].items()}}


def links_of(tx: Tx, context: Context, living: list[dict[str, Any]]) -> dict[int, Link]:
    """By id, else by the Dynamics id that the account carries."""
    by_id = links.of_ac_ids(tx, context.id, "account", [int(row["id"]) for row in living])
    carried = {int(row["id"]): carried_by(context, row) for row in living if int(row["id"]) not in by_id}
    by_record = links.of_records(tx, context.id, Entity.ACCOUNT, [record for record in carried.values() if record])
    found = {number: by_record[record] for number, record in carried.items() if record in by_record}
    return {**{n: link for n, link in found.items() if link.ac_id in (None, n)}, **by_id}


def carried_by(context: Context, row: Mapping[str, Any]) -> str:
    """The Dynamics id in the account's own field; "" where there is none, or no id."""
    carrier = context.rules[Entity.ACCOUNT].fields.get(ID_FIELD)
    try:
        return str(UUID(str(row["field_values"].get(carrier.id if carrier else None) or "").strip()))
    except ValueError:
        return ""


def _linked(tx: Tx, context: Context, filed: Filed, row: Mapping[str, Any], matched: matching.Found) -> Link | None:
    number = int(row["id"])
    record = matched.best.get(number)
    if record is not None:
        return _take_over(tx, context, filed, row, record)
    if why := hindrance(context, row, matched):
        filed.settle(Entity.ACCOUNT, Outcome.SKIPPED, why)
        return None
    record_id = str(uuid4())
    provided = {"entity": Entity.ACCOUNT, "record_id": record_id, "ac_id": number, "tagged": [UNMARKED]}
    links.provide(tx, context.id, [provided])
    return links.of_records(tx, context.id, Entity.ACCOUNT, [record_id]).get(record_id)


def hindrance(context: Context, row: Mapping[str, Any], matched: matching.Found) -> str:
    """Why no account may be made in Dynamics for this one, "" when it may."""
    if carried_by(context, row):
        # A record that was deleted or left the scope; making another one would be a twin.
        return GONE
    if int(row["id"]) in matched.ambiguous:
        return AMBIGUOUS
    terms = context.rules[Entity.ACCOUNT].terms
    return "" if terms.create and terms.direction != "outbound" else NEVER


def _take_over(tx: Tx, context: Context, filed: Filed, row: Mapping[str, Any], record: Change) -> Link | None:
    """Nothing is written: the link holds what both sides agree on already, and the compare finds the rest."""
    links.take_over(tx, context.id, [taken(context, row, record)])
    link = links.of_records(tx, context.id, Entity.ACCOUNT, [record.record_id]).get(record.record_id)
    if link is None or link.ac_id != int(row["id"]):
        filed.settle(Entity.ACCOUNT, Outcome.SKIPPED, ELSEWHERE)
        return None
    return link


def taken(context: Context, row: Mapping[str, Any], record: Change) -> dict[str, Any]:
    """The link of an account found on both sides. It doesn't carry the Dynamics id yet."""
    there = rows.company(context, row)
    rules = context.rules[Entity.ACCOUNT]
    agreed = alike(rules, record, rules.mapping.read_account(row, row["field_values"]))
    facts = {"entity": Entity.ACCOUNT, "record_id": record.record_id, "ac_id": there.ac_id, "agreed": agreed}
    return {**facts, "modified_on": record.modified_on, "tagged": [UNMARKED]}


def decide(context: Context, filed: Filed, row: Mapping[str, Any], link: Link) -> None:
    """Decides one linked account as far as that needs no look at Dynamics, else files it for one."""
    terms = context.rules[Entity.ACCOUNT].terms
    there = rows.aligned(context, rows.company(context, row), link.agreed)
    if not link.delivered:
        there = replace(there, wanted=link.origin == "pulled")
    decision = inbound.at_first_sight(there, link, terms, context.consent)
    filed.put(link, there, decision, "update" if link.delivered else "create")
