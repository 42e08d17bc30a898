"""Accounts compared: each carries the id of its Dynamics record in a field of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engine import verify_gone, verify_here
from engine.accounts import ID_FIELD
from engine.context import Context
from engine.inbound import rows
from engine.inbound.companies import AMBIGUOUS, ELSEWHERE
from engine.verify_judge import judged
from engine.verify_pair import Finding, Fix, Pair, reason_of
from engine.verify_run import Found, Run
from store import links, verifications
from store.db import Tx
from store.verifications import Company
from sync.model import Change, Direction, Entity, Link
from sync.tags import UNMARKED
from sync.terms import OUTBOUND

AT_ONCE: Final = 500
ACCOUNT: Final = Entity.ACCOUNT


def accounts(run: Run) -> None:
    """One page of Dynamics' accounts, each compared with the one that carries its id, else the one it is linked to."""
    read = verify_here.page(run, ACCOUNT)
    if read is None:
        return
    changes, further = read
    expected = [change for change in changes if not change.fault and not _hindered(change)]
    with run.advance(further) as tx:
        verify_here.note(tx, run, changes)
        run.add(tx, _compared(tx, run, expected))
        if further is None:
            _count(tx, run)
    run.progress("Dynamics accounts", run.counts["read"])


def _hindered(change: Change) -> bool:
    return change.deleted or not change.in_scope or not change.active


def _count(tx: Tx, run: Run) -> None:
    """Accounts speak for themselves: none is shadowed, and all were compared already."""
    kept = run.tallies[ACCOUNT].not_expected
    verify_here.count(tx, run, ACCOUNT)
    counted = run.tallies[ACCOUNT].not_expected
    counted.pop(verify_here.SHADOWED, None)
    counted.update(kept)


def _compared(tx: Tx, run: Run, changes: Sequence[Change]) -> list[Found]:
    linked = links.of_records(tx, run.context.id, ACCOUNT, [change.record_id for change in changes])
    there = _there(tx, run, changes, linked)
    verifications.found(tx, run.id, ACCOUNT, list(there))
    verifications.companies_found(tx, run.id, [company.ac_id for company in there.values()])
    both = [change for change in changes if change.record_id in there]
    pairs = [_pair(run.context, change, there[change.record_id], linked.get(change.record_id)) for change in both]
    unmarked = [_unmarked(pair, there[pair.change.record_id]) for pair in pairs]
    gone = [change.record_id for change in changes if change.record_id not in there]
    return [*judged(tx, run, ACCOUNT, pairs, unmarked), *verify_gone.missing(tx, run, ACCOUNT, gone)]


def _there(tx: Tx, run: Run, changes: Sequence[Change], linked: dict[str, Link]) -> dict[str, Company]:
    """ActiveCampaign's accounts by the Dynamics id of their record."""
    owners = {link.ac_id: record_id for record_id, link in linked.items() if link.ac_id}
    found: dict[str, Company] = {}
    for company in verifications.companies(tx, run.id, [change.record_id for change in changes], owners):
        if company.carried is None and company.ac_id in owners:
            found.setdefault(owners[company.ac_id], company)
        elif company.carried is not None:
            found[company.carried] = company
    return found


def _pair(context: Context, change: Change, company: Company, link: Link | None) -> Pair:
    rules = context.rules[ACCOUNT]
    there = rows.aligned(context, rows.company(context, company.row), link.agreed if link else change.values)
    theirs = rules.mapping.read_account(company.row, company.row["field_values"])
    return Pair(rules, context.consent, change, {}, theirs, there, link)


def _unmarked(pair: Pair, company: Company) -> Finding | None:
    """An account that is linked and lost the id of its record, which nobody else can see then."""
    if company.carried is not None or pair.link is None:
        return None
    return Finding(ID_FIELD, fix=Fix(facts={"tagged": [UNMARKED]}, read=True))


def strangers(run: Run) -> None:
    """The next accounts of ActiveCampaign that stand for no record and carry no id: all of them have to come in."""
    after = (run.cursor or {"after": 0})["after"]
    with run.context.db.transaction() as tx:
        some = verifications.strangers(tx, run.id, after, AT_ONCE)
    with run.advance({"after": some[-1]["ac_id"]} if len(some) == AT_ONCE else None) as tx:
        terms = run.context.rules[ACCOUNT].terms
        if terms.direction != OUTBOUND and terms.create:
            run.add(tx, _unmade(tx, run, some))


def _unmade(tx: Tx, run: Run, some: Sequence[dict[str, Any]]) -> list[Found]:
    by_id = links.of_ac_ids(tx, run.context.id, "account", [row["ac_id"] for row in some])
    # A link that was delivered stands for a record that left the scope or Dynamics.
    left = [row for row in some if row["ac_id"] not in by_id or not by_id[row["ac_id"]].delivered]
    ids = [by_id[row["ac_id"]].record_id if row["ac_id"] in by_id else None for row in left]
    subjects = [(ACCOUNT, record_id, row["ac_id"]) for row, record_id in zip(left, ids, strict=True)]
    standing = verifications.standing(tx, run.id, run.context.id, subjects)
    alike = _namesakes(tx, run, left)
    from_now = run.began_from_now(tx, ACCOUNT, Direction.INBOUND)
    return [
        verify_gone.unmade(
            ACCOUNT, row["ac_id"], reason_of(known, moved=False, from_now=False) or alike[row["ac_id"]], from_now
        )
        for row, known in zip(left, standing, strict=True)
    ]


def _namesakes(tx: Tx, run: Run, some: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Why an account can't be matched, "" when it can or nothing is in its way."""
    names = [row["match_key"] for row in some if row["match_key"]]
    hosts = [row["host"] for row in some if row["host"]]
    found = verifications.namesakes(tx, run.id, names, hosts)
    return {row["ac_id"]: _why_unmatched(row, found) for row in some}


def _why_unmatched(row: dict[str, Any], found: Sequence[dict[str, Any]]) -> str:
    """By name, and by web domain where no name is the same (decision Q22)."""
    alike = [one for one in found if row["match_key"] and one["match_key"] == row["match_key"]]
    alike = alike or [one for one in found if row["host"] and one["host"] == row["host"]]
    if sum(one["count"] for one in alike) > 1:
        return AMBIGUOUS
    return ELSEWHERE if alike and alike[0]["found"] else ""
