"""What only one side has: people and accounts that ActiveCampaign lacks, requests and accounts that Dynamics lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.inbound import rows
from engine.verify_pair import BASELINE, Fix, reason_of
from engine.verify_report import ACTIVECAMPAIGN, DYNAMICS, Difference
from engine.verify_run import Found, Run
from store import links, records, verifications
from store.db import Tx
from store.verifications import Standing
from sync import merge, tags
from sync.decide import INBOUND_ONLY, REMOVED
from sync.model import PEOPLE, Direction, Entity, Link
from sync.terms import INBOUND, OUTBOUND

OUT_OF_SCOPE: Final = "would be out of scope: {}"


def missing(tx: Tx, run: Run, entity: Entity, ids: Sequence[str]) -> list[Found]:
    """Records that are expected in ActiveCampaign and aren't there."""
    linked = links.of_records(tx, run.context.id, entity, ids)
    from_now = run.began_from_now(tx, entity, Direction.OUTBOUND)
    subjects = [(entity, one, linked[one].ac_id if one in linked else None) for one in ids]
    standing = verifications.standing(tx, run.id, run.context.id, subjects)
    found: list[Found] = []
    for record_id, known in zip(ids, standing, strict=True):
        link = linked.get(record_id)
        delivered = link if link is not None and link.delivered else None
        if delivered is None and run.context.rules[entity].terms.direction == INBOUND:
            run.tallies[entity].not_expected[INBOUND_ONLY] += 1
            continue
        reason = REMOVED if delivered and delivered.removed else _reason(known, from_now and delivered is None)
        found.append(_absent(entity, record_id, link, reason, _brought_back(delivered)))
    return found


def _reason(known: Standing, from_now: bool) -> str:
    return reason_of(known, moved=False, from_now=from_now)


def _brought_back(link: Link | None) -> Fix:
    """Who was seen there is looked at again, and on_removed decides; whose import nobody saw arrive is made again."""
    if link is None:
        return Fix(read=True)
    return Fix(look=True) if link.ac_id else Fix(forget=True, read=True)


def _absent(entity: Entity, record_id: str, link: Link | None, reason: str, fix: Fix) -> Found:
    ac_id = link.ac_id if link else None
    reasons = {"": reason} if reason else {}
    difference = Difference(entity, record_id, ac_id=ac_id, missing_in=ACTIVECAMPAIGN, reasons=reasons)
    return difference, None if reason else fix.as_json(link)


def strangers(tx: Tx, run: Run, living: Sequence[dict[str, Any]]) -> list[Found]:
    """Contacts whose address no record in scope has: a person with another address, a request, or a stray."""
    by_id = links.of_ac_ids(tx, run.context.id, "person", [int(row["id"]) for row in living])
    delivered = {number: link for number, link in by_id.items() if link.delivered}
    elsewhere = _awaited(tx, run, delivered)
    asking: list[tuple[Entity, dict[str, Any]]] = []
    for row in living:
        number, borne = int(row["id"]), rows.borne(run.context, row)
        wish = None if number in delivered else tags.requested(borne)
        if number in elsewhere:
            continue
        if wish is not None and _may_be_made(run, wish):
            asking.append((wish, row))
        elif {tags.PUSHED, tags.PULLED} & set(borne) and tags.DELETED not in borne:
            run.counts["strays"] += 1
    return _requests(tx, run, asking, by_id)


def _awaited(tx: Tx, run: Run, linked: Mapping[int, Link]) -> set[int]:
    """Contacts whose record is expected under another address: the two are compared in the end."""
    found: set[int] = set()
    for entity in PEOPLE:
        mine = {link.record_id: number for number, link in linked.items() if link.entity is entity}
        found |= {mine[one] for one in verifications.awaited(tx, run.id, entity, mine)} if mine else set()
    return found


def _may_be_made(run: Run, entity: Entity) -> bool:
    terms = run.context.rules[entity].terms
    return entity in run.tallies and terms.direction != OUTBOUND and terms.create


def _requests(tx: Tx, run: Run, asking: Sequence[tuple[Entity, dict[str, Any]]], by_id: dict[int, Link]) -> list[Found]:
    """Contacts that ask for a record by their tags. Where one was deleted, went away or may not speak, those are left
    over."""
    addresses = [address for _, row in asking if (address := rows.address_of(row))]
    left_over = {*records.deleted(tx, run.context.id, addresses), *verifications.barred(tx, run.id, addresses)}
    left = links.left(tx, run.context.id, [int(row["id"]) for _, row in asking])
    still = [(entity, row) for entity, row in asking if int(row["id"]) not in left]
    wished = [(entity, row) for entity, row in still if rows.address_of(row) and rows.address_of(row) not in left_over]
    run.counts["strays"] += len(asking) - len(wished)
    numbers = [int(row["id"]) for _, row in wished]
    ids = [by_id[number].record_id if number in by_id else None for number in numbers]
    subjects = list(zip((entity for entity, _ in wished), ids, numbers, strict=True))
    standing = verifications.standing(tx, run.id, run.context.id, subjects)
    from_now = {entity: run.began_from_now(tx, entity, Direction.INBOUND) for entity, _ in wished}
    return [
        unmade(entity, int(row["id"]), _reason(known, False) or _scope(run, entity, row), from_now[entity])
        for (entity, row), known in zip(wished, standing, strict=True)
    ]


def _scope(run: Run, entity: Entity, row: dict[str, Any]) -> str:
    """Why the record that this contact asks for would not be in scope, "" when it would be: then it isn't made."""
    rules = run.context.rules[entity]
    values = rows.person(run.context, entity, row, {}).values
    coming = {key: v for key, v in values.items() if not merge.is_empty(v) and rules.terms.comes_in(key)}
    made = rules.mapping.create_body(coming)
    verdict = rules.criteria.matches({**made.body, "statecode": 0}, run.context.now())
    return "" if verdict.ok else OUT_OF_SCOPE.format(verdict.reason)


def unmade(entity: Entity, ac_id: int, reason: str, from_now: bool) -> Found:
    """What Dynamics should have because of a contact or account. from_now: old ones were not to come."""
    reason = reason or (BASELINE if from_now else "")
    reasons = {"": reason} if reason else {}
    difference = Difference(entity, None, ac_id=ac_id, missing_in=DYNAMICS, reasons=reasons)
    return difference, None if reason else Fix(look=True, create=True).as_json(None)
