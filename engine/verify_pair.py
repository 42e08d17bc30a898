"""Two records that should say the same, as they were read, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.context import Rules
from store.verifications import Standing
from sync import consent, merge, tags
from sync.model import PEOPLE, Canonical, Change, Counterpart, Entity, Link
from sync.terms import OUTBOUND, Terms

MOVED: Final = "changed during the comparison"
ON_LIST: Final = "on the failure list: {}"
PENDING: Final = "on its way; compare again when it has arrived"
ASKED: Final = "about to be read again; compare again after that"
NOTHING_KNOWN: Final = Standing()
BASELINE: Final = "not changed since the sync was switched on"


@dataclass(frozen=True, slots=True)
class Fix:
    """What ends a difference. agreed: values to count as agreed, so that the right side travels; facts: others of the
    link; read: the record is to be read again, look: its contact or account is; create: a record is to be made for it,
    or found; forget: the link's contact is gone for good, so another one is made."""

    agreed: Mapping[str, Canonical] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    read: bool = False
    look: bool = False
    create: bool = False
    forget: bool = False

    def and_also(self, other: Fix) -> Fix:
        """Both in one."""
        flags = {n: getattr(self, n) or getattr(other, n) for n in ("read", "look", "create", "forget")}
        return Fix({**self.agreed, **other.agreed}, {**self.facts, **other.facts}, **flags)

    def as_json(self, link: Link | None) -> dict[str, Any]:
        """As it is kept until somebody asks for it."""
        flags = {name: getattr(self, name) for name in ("read", "look", "create", "forget")}
        return {"link": link.id if link else None, "agreed": dict(self.agreed), "facts": dict(self.facts), **flags}


@dataclass(frozen=True, slots=True)
class Finding:
    """One field that differs, with its reason or with what ends it."""

    name: str
    reason: str = ""
    fix: Fix = Fix()


@dataclass(frozen=True, slots=True)
class Pair:
    """One record of Dynamics and what stands for it in ActiveCampaign.

    theirs: what ActiveCampaign holds, for every mapped field; there: the same as it would travel inbound; raw: the row
    of Dynamics; moved: either side has changed since the comparison began; from_now: the entity began without old
    records; account_here, account_there: Dynamics ids of the accounts they belong to, as far as both sides have these.
    """

    rules: Rules
    consent: consent.Rules
    change: Change
    raw: Mapping[str, Any]
    theirs: Mapping[str, Canonical]
    there: Counterpart
    link: Link | None
    standing: Standing = NOTHING_KNOWN
    moved: bool = False
    from_now: bool = False
    account_here: str | None = None
    account_there: str | None = None

    @property
    def terms(self) -> Terms:
        """The settings of the entity."""
        return self.rules.terms

    @property
    def entity(self) -> Entity:
        """What it is."""
        return self.change.entity

    @property
    def linked(self) -> Link | None:
        """The link, if something was delivered by it."""
        return self.link if self.link is not None and self.link.delivered else None

    @property
    def travels_back(self) -> bool:
        """Whether what changes in ActiveCampaign may come to Dynamics, by configuration."""
        return self.terms.direction != OUTBOUND

    @property
    def stopped(self) -> bool:
        """Whether it may not, because the contact doesn't bear the tags for that."""
        return self.entity in PEOPLE and not tags.may_come_back(self.entity, self.there.tags)

    @property
    def reason(self) -> str:
        """Why the whole of it may differ, "" when nothing is known."""
        return reason_of(self.standing, moved=self.moved, from_now=self.from_now and self.linked is None)

    def differing(self) -> list[str]:
        """The fields in which both sides mean different things. What isn't known of Dynamics isn't compared."""
        ours = self.change.values
        spelt = self.rules.mapping.aligned({key: self.theirs.get(key) for key in ours}, ours)
        return [key for key, value in ours.items() if not merge.same(key, value, spelt[key])]

    def moved_here(self, key: str) -> bool:
        """Whether Dynamics' value is not the agreed one."""
        return bool(merge.moved(self.agreed, {key: self.change.values[key]}))

    def moved_there(self, key: str) -> bool:
        """Whether ActiveCampaign's value is not the agreed one."""
        return bool(merge.moved(self.agreed, {key: self.there.values[key]}))

    def edited_there(self, key: str) -> bool:
        """Whether somebody changed this value in ActiveCampaign, rather than that what we wrote never got there: it is
        no older than what was last delivered."""
        at = self.there.times.get(key, self.there.changed_at)
        return at[:19] >= self.standing.delivered_at

    @property
    def agreed(self) -> Mapping[str, Canonical]:
        """What both sides last agreed on."""
        return self.link.agreed if self.link else {}


def reason_of(standing: Standing, *, moved: bool, from_now: bool) -> str:
    """Why a record may differ or be missing, "" when nothing is known."""
    if standing.failure:
        return ON_LIST.format(standing.failure)
    if standing.pending:
        return PENDING
    if standing.asked:
        return ASKED
    if moved or standing.delivered:
        return MOVED
    return BASELINE if from_now else ""
