"""The association of a person with an account: one account per contact, made only once the account is linked."""

from __future__ import annotations

from engine.context import Context
from engine.work import Work, without_account
from store import links
from sync.model import Lane

Targets = dict[str, tuple[int, str]]
"""Dynamics id of an account -> its ActiveCampaign id and name there."""


def with_targets(context: Context, work: list[Work]) -> tuple[list[Work], Targets]:
    """The targets of these rows; rows whose account isn't in ActiveCampaign (yet) travel without an association."""
    ids = [item.change.account_id for item in work if item.change.account_id]
    with context.db.transaction() as tx:
        targets = links.account_targets(tx, context.id, ids) if ids else {}
    known = [item if _possible(item, targets) else without_account(item) for item in work]
    return known, targets


def _possible(work: Work, targets: Targets) -> bool:
    return work.change.account_id is None or work.change.account_id in targets


def associate(context: Context, work: Work, contact_id: int, targets: Targets, lane: Lane) -> None:
    """Makes, moves or removes the association, as the change wants it. Reads the present one first."""
    client = context.activecampaign
    present = client.account_of(contact_id, lane=lane)
    if work.change.account_id is None:
        if present:
            client.dissociate(present.id, lane=lane)
        return
    account = targets[work.change.account_id][0]
    if present is None:
        client.associate(contact_id, account, lane=lane)
    elif present.account_id != account:
        client.move(present.id, contact_id, account, lane=lane)
