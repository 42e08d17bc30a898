"""One claimed outbox row with the decision taken for it, and what is written down when it is settled."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from engine.context import Context
from engine.dead_letters import letter
from store.outbox import Claimed
from sync.errors import SyncError
from sync.model import Change, Decision, Entity, Link, Outcome
from sync.opportunities import Target
from sync.terms import OUTBOUND

CHANGE_FIELDS = tuple(one.name for one in fields(Change))
NOBODY = Target()
DECISION_FIELDS = tuple(one.name for one in fields(Decision))


@dataclass(frozen=True, slots=True)
class Work:
    """A row of the outbox, decided anew against what is agreed now.

    account: ActiveCampaign id and name of the account that the person belongs to; belonged: ActiveCampaign id of the
    one they belonged to there before the first sync; target: the contact that an opportunity belongs to.
    """

    row: Claimed
    change: Change
    decision: Decision
    account: tuple[int, str] | None = None
    belonged: int | None = None
    target: Target = NOBODY

    @property
    def moves(self) -> bool:
        """Whether an association may have to be moved or ended, not only made."""
        there = self.link is not None and self.link.account_id is not None
        elsewhere = self.belonged is not None and self.account is not None and self.belonged != self.account[0]
        return self.decision.account_changed and (there or elsewhere)

    @property
    def link(self) -> Link | None:
        """The link whose holder this record is; None when another record took the address over meanwhile."""
        return self.row.link


def kept(change: Change) -> dict[str, Any]:
    """A Change as JSON, for the outbox. Written out, because dataclasses.asdict copies every value it meets."""
    return {name: getattr(change, name) for name in CHANGE_FIELDS}


def revive(document: dict[str, Any]) -> Change:
    """A Change as the outbox keeps it."""
    tuples = {key: tuple(document.get(key) or ()) for key in ("warnings", "contacts")}
    return Change(**{**document, **tuples, "entity": Entity(document["entity"])})


def revive_decision(document: dict[str, Any]) -> Decision:
    """A Decision as an import keeps it."""
    tuples = {key: tuple(document[key]) for key in ("cleared", "tags_add", "tags_remove")}
    return Decision(**{**document, **tuples})


def settled(work: Work, link: dict[str, Any] | None = None) -> dict[str, Any]:
    """The settlement of a row: outcome with reason, and the link's new facts when something was written."""
    return {
        "id": work.row.id,
        "outcome": work.decision.outcome,
        "reason": "; ".join([work.decision.reason, *work.change.warnings]),
        "link": link,
        "unlink": work.decision.action == "unlink",
        "overwrote": _overwrote(work) if link else None,
    }


def _overwrote(work: Work) -> dict[str, Any] | None:
    """What ActiveCampaign held in the fields that were written; None where nobody knows, as of a first delivery.

    Of opportunities nothing is kept: ActiveCampaign only mirrors them.
    """
    decision, link = work.decision, work.link
    if decision.outcome != Outcome.UPDATED or link is None or work.change.entity is Entity.OPPORTUNITY:
        return None
    return {key: link.agreed.get(key) for key in (*decision.values, *decision.cleared)}


def written(context: Context, work: Work, *, ac_id: int | None = None) -> dict[str, Any]:
    """The link's facts after this decision was carried out: what both sides agree on now."""
    decision, change = work.decision, work.change
    before = dict(work.link.agreed) if work.link else {}
    agreed = {**before, **decision.values, **dict.fromkeys(decision.cleared)}
    tagged = set(work.link.tagged if work.link else ()) | set(decision.tags_add)
    facts: dict[str, Any] = {
        "agreed": {key: value for key, value in agreed.items() if value is not None},
        "agreed_version": change.version,
        "tagged": sorted(tagged - set(decision.tags_remove)),
        "account_id": change.account_id if decision.account_changed else (work.link.account_id if work.link else None),
    }
    # Another record of the same address opted out: what ActiveCampaign says from now on has to reach this one too.
    echoes = (
        not (change.do_not_bulk or change.do_not_email) and context.rules[change.entity].terms.direction != OUTBOUND
    )
    if decision.unsubscribe and not echoes:
        facts["opted_out"] = True
    return {**facts, "ac_id": ac_id} if ac_id else facts


def document(decision: Decision) -> dict[str, Any]:
    """A Decision as JSON, for the outbox."""
    return {name: getattr(decision, name) for name in DECISION_FIELDS}


def failed(context: Context, item: Work, error: SyncError, due_at: datetime | None) -> dict[str, Any]:
    """The row's place on the failure list. Of the request it keeps the action and the names of fields."""
    return letter(
        context.id,
        item.change.entity,
        item.change.record_id,
        error,
        stage="upsert",
        cycle_id=item.row.cycle_id,
        ac_id=item.link.ac_id if item.link else None,
        request={"action": item.decision.action, "fields": sorted({*item.decision.values, *item.decision.cleared})},
        due_at=due_at,
    )
