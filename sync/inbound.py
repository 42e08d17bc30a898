"""What should happen in Dynamics because of what ActiveCampaign holds, and why: the inbound twin of `sync.decide`.

The compare is the same with the sides swapped: Dynamics now, ActiveCampaign now, what both last agreed on. Whatever
ActiveCampaign has to get back (a conflict it lost, an empty value that must not clear Dynamics) is not written here:
its present value becomes the agreed one, so that Dynamics' value differs from it and travels outbound.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sync import consent, merge, tags
from sync.merge import Conflict, Merged, Policy
from sync.model import PEOPLE, Canonical, Change, Counterpart, Link, Outcome
from sync.terms import BOTH, INBOUND, Terms

NOTHING_NEW: Final = "nothing new in ActiveCampaign"
NO_TAG: Final = "does not bear the tags that let its changes travel to Dynamics"
GONE: Final = "its record was deleted in Dynamics"
INACTIVE: Final = "its record is inactive in Dynamics, which makes it read-only"
OUT_OF_SCOPE: Final = "its record is out of scope"
NOT_DELIVERED: Final = "was not delivered yet"
ACCOUNT: Final = "account"


@dataclass(frozen=True, slots=True)
class Inbound:
    """What should happen to one record of Dynamics. Nothing is written here.

    values: to write, None clears; account_changed, account_id: the account it is to belong to; belongs: what counts as
    agreed about the account afterwards, "" for none, None to leave it; set_bulk, set_email: new state of donotbulkemail
    and donotemail, None to leave it; unsubscribe: lists of ActiveCampaign to end; remember: what counts as agreed
    whether or not anything is written; parked: fields that wait for a person from now on; settled: parked fields that
    wait no longer; again: Dynamics' values have to travel outbound once more; opted_out: the consent agreed on
    afterwards; bounced: whether that includes a bounce; decisive: what clears an opt-out has to be decided on fresh
    list states.
    """

    outcome: Outcome
    reason: str
    action: str = "none"
    values: Mapping[str, Canonical] = field(default_factory=dict)
    account_changed: bool = False
    account_id: str | None = None
    belongs: str | None = None
    set_bulk: bool | None = None
    set_email: bool | None = None
    unsubscribe: tuple[int, ...] = ()
    remember: Mapping[str, Canonical] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    parked: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    again: bool = False
    opted_out: bool | None = None
    bounced: bool = False

    def agreed(self, before: Mapping[str, Canonical], left_out: Collection[str] = ()) -> dict[str, Canonical]:
        """The values both sides agree on once this is carried out, but for fields that Dynamics can't take."""
        written = {key: value for key, value in self.values.items() if key not in left_out}
        after = {**before, **self.remember, **written}
        return {key: value for key, value in after.items() if not merge.is_empty(value)}


def at_first_sight(there: Counterpart, link: Link, terms: Terms, rules: consent.Rules) -> Inbound | None:
    """What can be decided without reading Dynamics: most of what is read is an echo. None where it has to be read."""
    if there.wanted and not link.delivered:
        return None
    if not link.delivered:
        return Inbound(Outcome.SKIPPED, NOT_DELIVERED)
    # Who opted out has to be heard with or without the tags that let values travel (G7).
    if link.entity in PEOPLE and _speaks_up(there, link, rules):
        return None
    if not tags.may_come_back(link.entity, there.tags):
        return Inbound(Outcome.SKIPPED, NO_TAG)
    return None if _news(there, link, terms) else Inbound(Outcome.UNCHANGED, NOTHING_NEW)


def _news(there: Counterpart, link: Link, terms: Terms) -> bool:
    moved = merge.moved(link.agreed, there.values)
    return bool(link.parked) or any(terms.comes_in(key) for key in moved) or _account_moved(there, link, terms)


def _account_moved(there: Counterpart, link: Link, terms: Terms) -> bool:
    looked = there.account_id is not None and terms.account_direction in (BOTH, INBOUND)
    return looked and (there.account_id or None) != link.account_id


def _speaks_up(there: Counterpart, link: Link, rules: consent.Rules) -> bool:
    if not rules.enabled:
        return False
    heard, agreed = consent.heeded(_theirs(there), rules), bool(link.opted_out)
    # Whose address bounces counts as opted out and may subscribe all the same: that has to end.
    onto_a_list = agreed and bool(heard.active)
    return heard.opted_out is not None and (heard.opted_out is not agreed or onto_a_list or _bounces(heard, link))


def _bounces(heard: consent.Theirs, link: Link) -> bool:
    """Whether the address has begun to bounce, which was not agreed on yet."""
    return heard.bounced and not link.bounced


def decide(there: Counterpart, change: Change | None, link: Link, terms: Terms, rules: consent.Rules) -> Inbound:
    """Decides about one contact or account against its record as it is now.

    change: the record, None when Dynamics doesn't have it. Pure: the same arguments always get the same answer.
    """
    # It was asked for and isn't there yet. Where an earlier try arrived without our knowing, it is there, and compared.
    if change is None or change.deleted:
        wanted = there.wanted and not link.delivered
        return _create(there, terms, rules) if wanted else Inbound(Outcome.SKIPPED, GONE)
    if change.fault:
        return Inbound(Outcome.FAILED, change.fault)
    # Closed leads refuse to be written, and inactive records are out of scope (decision Q6).
    if not change.active:
        return Inbound(Outcome.SKIPPED, INACTIVE)
    verdict = _consent(there, change, link, rules)
    if not there.wanted and not tags.may_come_back(link.entity, there.tags):
        return _only_opt_out(verdict, NO_TAG)
    # Criteria hold in both directions (Q10); an opt-out is heeded all the same (G7).
    if not change.in_scope:
        return _only_opt_out(verdict, change.scope_reason or OUT_OF_SCOPE)
    return _merge(there, change, link, terms, verdict)


def _create(there: Counterpart, terms: Terms, rules: consent.Rules) -> Inbound:
    if not terms.create:
        return Inbound(Outcome.SKIPPED, "nothing may be created in Dynamics for this entity")
    person = there.entity in PEOPLE
    verdict = consent.judge(consent.Ours(False, False), _theirs(there), None, rules) if person else NOTHING
    return Inbound(
        Outcome.CREATED,
        "new",
        "create",
        values={key: v for key, v in there.values.items() if not merge.is_empty(v) and terms.comes_in(key)},
        account_changed=bool(there.account_id),
        account_id=there.account_id or None,
        belongs=there.account_id,
        set_bulk=verdict.set_bulk,
        set_email=verdict.set_email,
        opted_out=verdict.agreed,
        bounced=verdict.bounced,
    )


def _only_opt_out(verdict: consent.Verdict, reason: str) -> Inbound:
    if not (verdict.set_bulk or verdict.unsubscribe):
        return Inbound(Outcome.SKIPPED, reason)
    return Inbound(
        Outcome.UPDATED,
        f"{reason}; opted out",
        "update",
        set_bulk=verdict.set_bulk,
        set_email=verdict.set_email,
        unsubscribe=verdict.unsubscribe,
        opted_out=verdict.agreed,
        bounced=verdict.bounced,
    )


def _merge(there: Counterpart, change: Change, link: Link, terms: Terms, verdict: consent.Verdict) -> Inbound:
    theirs = {key: value for key, value in there.values.items() if terms.comes_in(key)}
    merged = _compared(there, change, link, terms, theirs)
    kept = _kept(merged.to_ours, change, terms)
    values = {key: value for key, value in merged.to_ours.items() if key not in kept}
    lost = {c.key for c in merged.conflicts if c.winner == "ours"} | {
        key for key in kept if _goes_both_ways(key, terms)
    }
    parked = tuple(conflict.key for conflict in merged.conflicts if not conflict.winner)
    waited = [key for key in link.parked if key not in parked]
    moves, belongs = _account(there, change, link, terms)
    # A parked field of which only Dynamics' value still differs travels outbound, as does an account that lost.
    again = (
        bool(lost)
        or (belongs is not None and not moves and (belongs or None) != change.account_id)
        or any(key in merged.to_theirs for key in waited)
    )
    told = [*values, *(["account"] if moves else []), *(["opt-out"] if verdict.set_bulk is not None else [])]
    writes = bool(told or verdict.set_email is not None or verdict.unsubscribe)
    return Inbound(
        _outcome(link, writes),
        _reason(link, told, lost, parked, verdict),
        "update" if writes or not link.delivered else "none",
        values=values,
        account_changed=moves,
        account_id=(belongs or None) if moves else None,
        belongs=belongs,
        set_bulk=verdict.set_bulk,
        set_email=verdict.set_email,
        unsubscribe=verdict.unsubscribe,
        remember={**merged.remember, **{key: theirs[key] for key in lost}},
        conflicts=merged.conflicts,
        parked=parked,
        settled=tuple(waited),
        again=again,
        opted_out=verdict.agreed,
        bounced=verdict.bounced,
    )


def _compared(there: Counterpart, change: Change, link: Link, terms: Terms, theirs: Mapping[str, Canonical]) -> Merged:
    """The three-way compare. Of a field that travels inbound only, Dynamics' own changes count for nothing."""
    ours = {
        key: change.values[key] if _goes_both_ways(key, terms) else link.agreed.get(key)
        for key in theirs
        if key in change.values
    }
    return merge.merge(
        link.agreed,
        ours,
        theirs,
        policies={**terms.policies, **dict.fromkeys(link.parked, Policy.ASK)},
        default=terms.policy,
        # What ac365 wrote itself makes nothing newer: whatever a person changed was there before.
        ours_at="" if change.by_us else change.modified_on,
        theirs_at=there.changed_at,
        times=there.times,
    )


def _goes_both_ways(key: str, terms: Terms) -> bool:
    return terms.directions.get(key, terms.direction) == BOTH


def _kept(to_ours: Mapping[str, Canonical], change: Change, terms: Terms) -> set[str]:
    """Fields that ActiveCampaign emptied and whose value in Dynamics stays (decision Q25)."""
    empty = {key for key, value in to_ours.items() if value is None and terms.keeps(key)}
    return {key for key in empty if not merge.is_empty(change.values.get(key))}


def _account(there: Counterpart, change: Change, link: Link, terms: Terms) -> tuple[bool, str | None]:
    """Whether the record is to belong elsewhere, and what counts as agreed about it afterwards, None to leave that."""
    if not _account_moved(there, link, terms):
        return False, None
    if (there.account_id or None) == change.account_id:
        return False, there.account_id
    both_moved = change.account_id != link.account_id and terms.account_direction == BOTH
    # Who belongs where is no field, so it has no policy of its own: the entity's holds, and asking means Dynamics.
    return not both_moved or terms.policy == Policy.ACTIVECAMPAIGN_WINS, there.account_id


def _outcome(link: Link, writes: bool) -> Outcome:
    if not link.delivered:
        return Outcome.CREATED
    return Outcome.UPDATED if writes else Outcome.UNCHANGED


def _reason(link: Link, told: list[str], lost: set[str], parked: tuple[str, ...], verdict: consent.Verdict) -> str:
    if not link.delivered:
        return "new"
    parts = [f"changed: {', '.join(told)}"] if told else []
    parts += [f"Dynamics' value goes back to ActiveCampaign: {', '.join(sorted(lost))}"] if lost else []
    parts += [f"a person has to decide: {', '.join(parked)}"] if parked else []
    parts += [verdict.reason] if verdict.reason and (verdict.conflict or verdict.unsubscribe) else []
    return "; ".join(parts) or NOTHING_NEW


NOTHING: Final = consent.Verdict()


def _theirs(there: Counterpart) -> consent.Theirs:
    return consent.Theirs(there.states, there.bounced)


def _consent(there: Counterpart, change: Change, link: Link, rules: consent.Rules) -> consent.Verdict:
    """The verdict; a subscription counts as newer only if nothing at all happened to the record in Dynamics since."""
    if link.entity not in PEOPLE:
        return NOTHING
    ours = consent.Ours(change.do_not_bulk or (change.opted_out and not change.do_not_email), change.do_not_email)
    newer = there.subscribed_at[:19] > change.modified_on[:19]
    # Taken back and set again is a new opt-out, about which nothing was agreed.
    agreed = None if ours.opted_out and link.allowed_again else link.opted_out
    return consent.judge(ours, _theirs(there), agreed, rules, bounced=link.bounced, newer=newer)


def opts_out(there: Counterpart, link: Link, rules: consent.Rules) -> bool:
    """Whether somebody opted out in ActiveCampaign and Dynamics doesn't know yet: that overtakes the queue (G7)."""
    heard = consent.heeded(_theirs(there), rules)
    return rules.enabled and bool(heard.opted_out) and (not link.opted_out or _bounces(heard, link))
