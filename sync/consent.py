"""Who may be mailed, on both sides alike: decision Q19 and guarantee G7. Nothing here can subscribe anybody.

Dynamics says it with donotbulkemail and donotemail, ActiveCampaign with a status per list and hard bounces. An opt-out
spreads to the other side and wins every conflict. It ends by the person's own doing only: a new subscription clears
donotbulkemail. Whoever clears it in Dynamics takes it back there, and ActiveCampaign stays as it is; a bounce after
that is something new, and spreads again.

Sources: developers.activecampaign.com, pages update-list-status-for-contact (the statuses; a change from 2 to 1
subscribes against the person's will) and list-all-contacts (bounced_hard). Which events count on ActiveCampaign's side
is public for its Salesforce integration: community.activecampaign.com, thread 22783. Its help page for Dynamics
(360017526240) doesn't name the columns that take part, so these two are our choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

SUBSCRIBED: Final = 1
UNSUBSCRIBED: Final = 2
UNCONFIRMED: Final = 3
ACTIVE: Final = (SUBSCRIBED, UNCONFIRMED)

OFF: Final = "opt-outs do not travel, by configuration"
NOBODY: Final = "nobody opted out"
SAME: Final = "opted out on both sides"
ENDS: Final = "opted out in Dynamics, so the subscriptions in ActiveCampaign end"
WINS: Final = "subscribed in ActiveCampaign while Dynamics says opted out: the opt-out wins, and the subscriptions end"
ANEW: Final = "subscribed anew in ActiveCampaign, so Dynamics' opt-out from bulk e-mail is cleared"
WAITS: Final = "signed up anew in ActiveCampaign without a confirmation yet; until then the opt-out stands"
LEFT: Final = "unsubscribed in ActiveCampaign from every list that counts"
BOUNCED: Final = "the address bounces for good"
STANDS: Final = (
    "the opt-out was cleared in Dynamics and still stands in ActiveCampaign: only the person can subscribe again"
)


@dataclass(frozen=True, slots=True)
class Ours:
    """What Dynamics says of a person."""

    do_not_bulk: bool
    do_not_email: bool

    @property
    def opted_out(self) -> bool:
        """Whether either of the two is set."""
        return self.do_not_bulk or self.do_not_email


@dataclass(frozen=True, slots=True)
class Theirs:
    """What ActiveCampaign says of a person. states: status by list id, 0 for none; bounced: hard, not soft.

    As it comes this is about every list. `heeded` leaves what counts by configuration.
    """

    states: Mapping[int, int]
    bounced: bool

    @property
    def active(self) -> tuple[int, ...]:
        """Ids of the lists the person is on or signed up for, in order."""
        return tuple(sorted(list_id for list_id, status in self.states.items() if status in ACTIVE))

    @property
    def confirmed(self) -> bool:
        """Whether the person is on a list, rather than only signed up for one."""
        return SUBSCRIBED in self.states.values()

    @property
    def opted_out(self) -> bool | None:
        """Bounced, or unsubscribed from all: True; on a list: False; None where nothing is said."""
        if self.bounced:
            return True
        if self.active:
            return False
        return True if UNSUBSCRIBED in self.states.values() else None


@dataclass(frozen=True, slots=True)
class Rules:
    """What an administrator chose. lists: ids that count, None for every list; do_not_email: whether opting out in
    ActiveCampaign sets donotemail too; bounces: whether a hard bounce is an opt-out."""

    enabled: bool
    lists: frozenset[int] | None
    do_not_email: bool
    bounces: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What should happen, and why. unsubscribe: lists to end in ActiveCampaign; set_bulk: True to set donotbulkemail,
    False to clear it, None to leave it; set_email: the same for donotemail, which is never cleared; agreed: what counts
    as agreed once this is carried out; bounced: whether that includes a bounce; conflict: both sides moved apart, and
    the opt-out won."""

    unsubscribe: tuple[int, ...] = ()
    set_bulk: bool | None = None
    set_email: bool | None = None
    agreed: bool | None = None
    bounced: bool = False
    conflict: bool = False
    reason: str = ""


def judge(
    ours: Ours, theirs: Theirs, agreed: bool | None, rules: Rules, *, bounced: bool = False, newer: bool = True
) -> Verdict:
    """Compares both sides with the opted-out state they last agreed on; None before the first agreement.

    bounced: whether that agreement includes a bounce.

    newer: whether the subscription is younger than every change of the record in Dynamics. Unless it is, nobody can
    tell from the states which came first (cleared, subscribed, set again looks like subscribed), and the opt-out wins.
    A caller that can't tell has to judge fresh states after every single change.

    `ours` is what Dynamics holds now. `theirs` may be old: at worst that opts out somebody who subscribed meanwhile.
    But what clears an opt-out must only ever be carried out on fresh list states, see `fresh_needed`. Carried out and
    judged again, a verdict asks for nothing.
    """
    if not rules.enabled:
        return Verdict(agreed=agreed, bounced=bounced, reason=OFF)
    heard = heeded(theirs, rules)
    known = agreed and (bounced or not heard.bounced)
    return replace(_judged(ours, heard, agreed, known=bool(known), rules=rules, newer=newer), bounced=heard.bounced)


def _judged(ours: Ours, heard: Theirs, agreed: bool | None, *, known: bool, rules: Rules, newer: bool) -> Verdict:
    if ours.opted_out:
        return _out_in_dynamics(ours, heard, agreed, newer)
    if not heard.opted_out:
        return Verdict(agreed=False, reason=NOBODY)
    # It was agreed on and is gone in Dynamics alone. Remembering it as agreed keeps it from being set there again.
    if known:
        return Verdict(agreed=True, reason=STANDS)
    # A bounced address may still be on lists; they end with the opt-out that Dynamics has from now on.
    reason = BOUNCED if heard.bounced else LEFT
    return Verdict(heard.active, True, True if rules.do_not_email else None, agreed=True, reason=reason)


def _out_in_dynamics(ours: Ours, heard: Theirs, agreed: bool | None, newer: bool) -> Verdict:
    # Who never agreed on an opt-out didn't take it back either, and a subscription doesn't mend a bounce.
    if not agreed or heard.opted_out is not False:
        return Verdict(heard.active, agreed=True, reason=ENDS if heard.active else SAME)
    # donotemail stands for more than mailings, so a subscription says nothing about it.
    if ours.do_not_email or not newer:
        return Verdict(heard.active, agreed=True, conflict=True, reason=WINS)
    # Anybody can type an address into a form; only a confirmed subscription is the person's own.
    if not heard.confirmed:
        return Verdict(agreed=True, reason=WAITS)
    return Verdict(set_bulk=False, agreed=False, reason=ANEW)


def heeded(theirs: Theirs, rules: Rules) -> Theirs:
    """What counts of it: the lists that are managed, and the bounce if bounces are heeded."""
    states = {
        list_id: status for list_id, status in theirs.states.items() if rules.lists is None or list_id in rules.lists
    }
    return Theirs(states, theirs.bounced and rules.bounces)


def fresh_needed(verdict: Verdict) -> bool:
    """Whether it clears an opt-out: then ActiveCampaign's list states are read anew, and judged anew, before that."""
    return verdict.set_bulk is False
