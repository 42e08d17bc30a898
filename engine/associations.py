"""The association of a person with an account: one account per contact, made only once the account is linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from engine.context import Context
from engine.retries import look_again
from engine.work import Work
from store import links
from store.db import Tx
from sync.errors import BadRecord, SyncError, Unavailable
from sync.model import Change, Entity, Lane

Targets: TypeAlias = Mapping[str, tuple[int, str]]
"""Dynamics id of an account -> its ActiveCampaign id and name there."""


def targets_of(tx: Tx, context: Context, changes: Iterable[Change]) -> Targets:
    """The accounts of these people that are in ActiveCampaign."""
    ids = {change.account_id for change in changes if change.account_id}
    return links.account_targets(tx, context.id, ids) if ids else {}


def within_reach(change: Change, targets: Targets) -> Change:
    """The change without an account that isn't in ActiveCampaign (yet): there the person belongs to none."""
    return change if change.account_id in targets else replace(change, account_id=None)


def associate(context: Context, work: Work, contact_id: int, lane: Lane) -> None:
    """Makes, moves or removes the association, as the change wants it. Reads the present one first."""
    client = context.activecampaign
    present = client.account_of(contact_id, lane=lane)
    if work.account is None:
        if present:
            client.dissociate(present.id, lane=lane)
        return
    account = work.account[0]
    try:
        if present is None:
            client.associate(contact_id, account, lane=lane)
        elif present.account_id != account:
            client.move(present.id, contact_id, account, lane=lane)
    except BadRecord as error:
        raise _judged(context, account, error, lane) from error


def _judged(context: Context, account: int, error: SyncError, lane: Lane) -> SyncError:
    """An account that was deleted in ActiveCampaign, which only its next sweep would show, is looked at now; the person
    is tried again, without it then."""
    if context.activecampaign.has_account(account, lane=lane):
        return error
    with context.db.transaction() as tx:
        look_again(tx, context.id, Entity.ACCOUNT, [account], "deleted in ActiveCampaign")
    return Unavailable(f"ActiveCampaign's account {account} was deleted there", code="account.gone")
