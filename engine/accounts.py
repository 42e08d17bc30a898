"""One account at a time: found by the Dynamics id it carries, by name, by web domain (decision Q22), else created."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from engine.context import Context
from engine.work import Work, written
from store import counterparts
from sync.errors import Duplicate
from sync.model import Lane
from sync.tags import UNMARKED

ID_FIELD = "D365 Account Id"
"""The custom field of ActiveCampaign accounts that carries the Dynamics id."""


def write(context: Context, work: Work, lane: Lane) -> dict[str, Any] | None:
    """Carries out one decision; answers with the link's new facts, None when the link ends. Raises SyncError.

    An account deleted in Dynamics stays as it is in ActiveCampaign (decision Q6): accounts carry no tags.
    """
    if work.decision.action == "unlink":
        return None
    body = _body(context, work)
    account_id = work.link.ac_id if work.link and work.link.ac_id else _match(context, work)
    if account_id:
        context.activecampaign.update_account(account_id, body, lane=lane)
    else:
        account_id = _create(context, work, body, lane)
    _remember(context, work, account_id)
    return written(context, work, ac_id=account_id)


def _body(context: Context, work: Work) -> dict[str, Any]:
    rules = context.rules[work.change.entity]
    values = {**work.decision.values, **dict.fromkeys(work.decision.cleared)}
    body = rules.mapping.account_body(values)
    id_field = rules.fields.get(ID_FIELD)
    if id_field and (work.decision.action == "create" or UNMARKED in work.decision.tags_remove):
        body.setdefault("fields", []).append({"customFieldId": id_field.id, "fieldValue": work.change.record_id})
    return body


def _match(context: Context, work: Work) -> int | None:
    """The one account of ActiveCampaign that stands for this record already, if there is one."""
    with context.db.transaction() as tx:
        found = counterparts.match(
            tx, context.id, work.change.record_id, _name_key(work), domain(work.change.values.get("accountUrl"))
        )
    if found and found["number"] > 1:
        raise Duplicate(
            f"{found['number']} ActiveCampaign accounts have the {found['matched_by']} of this one",
            code="account.ambiguous",
            advice="Give the Dynamics account exactly the name of the one it stands for, or clear its website.",
        )
    if not found or found["linked_to"] in (None, work.change.record_id):
        return found["ac_id"] if found else None
    if found["matched_by"] == "name":
        raise Duplicate(
            f"another Dynamics account of this name is linked to ActiveCampaign account {found['ac_id']} already",
            code="account.name_taken",
            advice="Rename or merge one of the two accounts in Dynamics, then retry.",
        )
    # Sharing a web domain with a linked account proves nothing: a subsidiary has its own.
    return None


def _create(context: Context, work: Work, body: dict[str, Any], lane: Lane) -> int:
    try:
        return context.activecampaign.create_account(body, lane=lane)
    except Duplicate:
        # Somebody made it since the index was read. It is looked at again, so that an account that is linked to another
        # record isn't overwritten before that is noticed.
        for row in context.activecampaign.search_accounts(str(work.change.values["name"]), lane=lane):
            _enter(context, int(row["id"]), _name_key(work), domain(row.get("accountUrl")), None)
        found = _match(context, work)
        if found is None:
            raise
        context.activecampaign.update_account(found, body, lane=lane)
        return found


def _remember(context: Context, work: Work, account_id: int) -> None:
    _enter(context, account_id, _name_key(work), domain(work.change.values.get("accountUrl")), work.change.record_id)


def _enter(context: Context, account_id: int, name_key: str, host: str | None, record_id: str | None) -> None:
    entry = {"ac_id": account_id, "name_key": name_key, "domain": host, "record_id": record_id}
    with context.db.transaction() as tx:
        counterparts.put(tx, context.id, [entry])


def _name_key(work: Work) -> str:
    return str(work.change.values.get("name") or "").strip().lower()


def domain(url: str | None) -> str | None:
    """The host of a web address without `www.`, lower-case; None when there is none."""
    if not url:
        return None
    host = urlsplit(url if "//" in url else f"//{url}").hostname
    return host.removeprefix("www.") if host else None
