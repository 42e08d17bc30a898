"""The end of an inbound row: link, history, counters, conflicts and the failure list follow in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from engine.context import Context
from engine.dead_letters import describe, letter
from engine.inbound.item import Item
from engine.retries import read_again
from engine.settling import back
from engine.wake import Wake
from store import conflicts, failures, outbox, records
from store.db import Tx
from store.outbox import Claimed
from sync import backoff, merge
from sync.errors import Again, Duplicate, Overtaken, SyncError
from sync.model import PEOPLE, Direction, Entity, Outcome

SKIPPED: Final = Outcome.SKIPPED
UPDATED: Final = Outcome.UPDATED
UNLINKED: Final = "its link has ended meanwhile"
PATIENCE: Final = 5
AGAIN_S: Final = 2.0
STOPPED_FOR_S: Final = 60.0
WINNERS: Final = {"ours": "dynamics", "theirs": "activecampaign", "": ""}
TAKEN_ADVICE: Final = "Two records share one address or contact: merge them in Dynamics, or correct one's address."


def settle(context: Context, done: Sequence[Item]) -> list[Wake]:
    """Settles rows that were carried out or need nothing; answers with what has to travel outbound after it."""
    if not done:
        return []
    with context.db.transaction() as tx:
        refused = set(outbox.settle(tx, context.id, [_row(item) for item in done]))
        through = [item for item in done if item.row.id not in refused]
        _resolve(tx, context, through)
        conflicts.add(tx, [row for item in through for row in _conflicts(context, item)])
        for item in through:
            conflicts.settle(tx, context.id, item.row.entity, item.row.record_id, item.decision.settled)
        for item in done:
            if item.row.id in refused:
                _refuse(
                    tx,
                    context,
                    item,
                    Duplicate("another link has this address or contact", code="link.taken", advice=TAKEN_ADVICE),
                )
        return _again(tx, context, through)


def _row(item: Item) -> dict[str, Any]:
    decision, link = item.decision, item.row.link
    reason = "; ".join([decision.reason, *item.warnings])
    # A link that was provided for a record which isn't made after all ends with it.
    ends = link is not None and not link.delivered and decision.outcome in (Outcome.SKIPPED, Outcome.FAILED)
    told = {"id": item.row.id, "outcome": decision.outcome, "reason": reason, "unlink": ends}
    facts = None if ends else _facts(item)
    return {**told, "link": facts, "overwrote": _overwrote(item) if facts else None}


def _overwrote(item: Item) -> dict[str, Any] | None:
    """What Dynamics held in the fields that were written, as it was read right before; None of a first delivery.

    What counts as agreed says less: it changes where nothing is written, and Dynamics' own changes may not be in it.
    """
    if item.change is None or item.decision.outcome is not Outcome.UPDATED:
        return None
    held, written = item.change.values, item.decision.values
    return {key: held[key] for key in written if key in held and key not in item.left_out}


def _facts(item: Item) -> dict[str, Any] | None:
    """What the link holds from now on, None where nothing about it changed."""
    decision, link = item.decision, item.row.link
    if link is None or decision.outcome in (Outcome.SKIPPED, Outcome.FAILED) or decision.action == "deactivate":
        return None
    agreed = decision.agreed(link.agreed, item.left_out)
    facts: dict[str, Any] = {"agreed": agreed, "parked": list(decision.parked), "ac_id": item.there.ac_id}
    if item.version:
        facts["agreed_version"] = item.version
    if decision.opted_out is not None:
        facts |= {"opted_out": decision.opted_out, "bounced": decision.bounced}
    if decision.belongs is not None:
        facts["account_id"] = decision.belongs or None
    if link.entity in PEOPLE and agreed.get(merge.EMAIL):
        facts["address"] = str(agreed[merge.EMAIL]).strip().lower()
    return facts


def _conflicts(context: Context, item: Item) -> list[dict[str, Any]]:
    terms = context.rules[item.row.entity].terms
    where = {"connection_id": context.id, "entity": item.row.entity, "record_id": item.row.record_id}
    return [
        {
            **where,
            "ac_id": item.there.ac_id,
            "key": one.key,
            "agreed": one.agreed,
            "ours": one.ours,
            "theirs": one.theirs,
            "policy": terms.policies.get(one.key, terms.policy),
            "winner": WINNERS[one.winner],
            "cycle_id": item.row.cycle_id,
        }
        for one in item.decision.conflicts
    ]


def _resolve(tx: Tx, context: Context, through: Sequence[Item]) -> None:
    gone: dict[Entity, list[str]] = defaultdict(list)
    for item in through:
        gone[item.row.entity] += [item.row.record_id, f"ac:{item.there.ac_id}"]
    for entity, subjects in gone.items():
        failures.resolve(tx, context.id, entity, subjects, Direction.INBOUND)


def _again(tx: Tx, context: Context, through: Sequence[Item]) -> list[Wake]:
    """Records whose values go (back) to ActiveCampaign: lost conflicts, kept empties, and marks of who was just
    made."""
    found: dict[Entity, list[str]] = defaultdict(list)
    for item in through:
        made = item.decision.outcome is Outcome.CREATED
        if item.decision.again or made:
            found[item.row.entity].append(item.row.record_id)
    for row in records.shadowed(tx, context.id, _left(through)):
        found[Entity(row["entity"])].append(str(row["record_id"]))
    return read_again(tx, context.id, dict(found), "goes back to ActiveCampaign") if found else []


def _left(through: Sequence[Item]) -> list[str]:
    """Addresses that people have no more: whoever shared one with them speaks for himself from now on."""
    moves = [(item.row.link.address, _facts(item) or {}) for item in through if item.row.link]
    return sorted({old for old, facts in moves if old and facts.get("address", old) != old})


def refuse(context: Context, item: Item, error: SyncError) -> None:
    """Puts a row on the failure list and settles it as failed."""
    with context.db.transaction() as tx:
        _refuse(tx, context, item, error)


def _refuse(tx: Tx, context: Context, item: Item, error: SyncError) -> None:
    due_at = backoff.retry_at(error, item.row.attempts + 1, context.now(), jitter=0.5)
    failures.file(tx, [_letter(context, item, error, due_at)])
    ends = item.row.link is not None and not item.row.link.delivered
    failed = {"id": item.row.id, "outcome": Outcome.FAILED, "reason": error.message, "link": None, "unlink": ends}
    outbox.settle(tx, context.id, [failed])


def _letter(context: Context, item: Item, error: SyncError, due_at: Any) -> dict[str, Any]:
    made = item.row.link is not None and not item.row.link.delivered
    action = "create" if made else item.decision.action
    return letter(
        context.id,
        item.row.entity,
        # An id that was only meant for a record says nothing to anybody; the contact does.
        None if made else item.row.record_id,
        error,
        stage="upsert",
        cycle_id=item.row.cycle_id,
        ac_id=item.there.ac_id,
        request={"action": action, "fields": sorted(item.decision.values)},
        due_at=due_at,
        direction=Direction.INBOUND,
    )


def later(context: Context, item: Item, error: SyncError) -> None:
    """A passing fault, or somebody changed the record meanwhile: decided anew soon; too often in a row, it is
    listed."""
    if item.row.attempts + 1 >= PATIENCE:
        refuse(context, item, error)
        return
    pause = getattr(error, "after_s", 0.0 if isinstance(error, Overtaken) else AGAIN_S)
    put_back(context, [item.row], error, count_attempt=True, after_s=pause)


def put_back(
    context: Context,
    claimed: Sequence[Claimed],
    error: SyncError,
    *,
    count_attempt: bool = False,
    after_s: float | None = None,
) -> None:
    """Rows that were not carried out are pending again after a pause. Those that are settled already are passed
    over."""
    otherwise = AGAIN_S if isinstance(error, Again) else STOPPED_FOR_S
    pause = getattr(error, "after_s", otherwise) if after_s is None else after_s
    due_at = context.now() + timedelta(seconds=pause)
    same = {"due_at": due_at, "error": describe(error), "count_attempt": count_attempt, "single": False}
    with context.db.transaction() as tx:
        back(tx, [{**same, "id": row.id} for row in claimed])
