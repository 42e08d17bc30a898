"""The words of the sync as types. Every other package uses these names, and these only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Canonical: TypeAlias = Any
"""A value in its canonical form, which is JSON: str, int, bool, list of int, or None for empty.

Decimals travel as strings without trailing zeros ("12.5"), date-times as UTC ISO with seconds and Z, dates as
YYYY-MM-DD, option values as int, multi-select values as a sorted list of int.
"""


class Entity(StrEnum):
    """What is synced. Leads and contacts are both people: an ActiveCampaign contact each. An opportunity is a record of
    a custom object that belongs to one contact."""

    ACCOUNT = "account"
    CONTACT = "contact"
    LEAD = "lead"
    OPPORTUNITY = "opportunity"

    @property
    def plural(self) -> str:
        """What many records are called."""
        return "opportunities" if self is Entity.OPPORTUNITY else f"{self}s"


class Direction(StrEnum):
    """Outbound is to ActiveCampaign, inbound to Dynamics."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Lane(StrEnum):
    """The three queues, and the three shares of the request budget, most urgent first."""

    LIVE = "live"
    SYNC = "sync"
    BACKFILL = "backfill"


class CycleKind(StrEnum):
    """Why a cycle runs. A baseline only takes up the change token: nothing old is delivered (decision Q2)."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    INITIAL = "initial"
    BASELINE = "baseline"
    RECORD = "record"
    RETRY = "retry"


class Outcome(StrEnum):
    """What became of one record that was read. read = created + updated + unchanged + skipped + waiting + failed."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    WAITING = "waiting"
    FAILED = "failed"


class RecordState(StrEnum):
    """Where a Dynamics record stands."""

    LINKED = "linked"
    SHADOWED = "shadowed"
    OUT_OF_SCOPE = "out_of_scope"
    NO_ADDRESS = "no_address"
    WAITING = "waiting"
    DELETED = "deleted"


ORDER = (Entity.ACCOUNT, Entity.CONTACT, Entity.LEAD, Entity.OPPORTUNITY)
"""Accounts first, so that people find theirs, and opportunities last, so that they find people (decision Q23)."""

PEOPLE = (Entity.CONTACT, Entity.LEAD)
TWO_WAY = (Entity.ACCOUNT, *PEOPLE)
"""What both services keep and people change on both sides."""


@dataclass(frozen=True, slots=True)
class Change:
    """One record of Dynamics as it was read, in canonical values, keyed by the ActiveCampaign field's key.

    version: Dynamics' versionnumber, grows with every change; address: trimmed lower-case e-mail, the match key of
    people; account_id: Dynamics id of the parent account; opted_out: donotbulkemail or donotemail is set, here or on
    another record of the same address; warnings: fields left out, with the reason; fault: why the row can't be read at
    all, nothing but its id is known then; by_us: ac365 changed it last; successor_id: the record it was merged into;
    lead_id: the lead that became this contact; disposition: `qualified` or `disqualified` of a lead that is closed;
    contacts: ids of the contacts that may stand for this opportunity, best first (decision Q11).
    """

    entity: Entity
    record_id: str
    version: int
    deleted: bool = False
    active: bool = True
    in_scope: bool = True
    scope_reason: str = ""
    address: str | None = None
    account_id: str | None = None
    opted_out: bool = False
    modified_on: str = ""
    values: Mapping[str, Canonical] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    fault: str = ""
    do_not_bulk: bool = False
    do_not_email: bool = False
    by_us: bool = False
    successor_id: str | None = None
    lead_id: str | None = None
    disposition: str = ""
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One contact or account of ActiveCampaign as it was read, in canonical values keyed by field.

    values: only fields that may travel inbound, without those that can't be carried (named in `warnings`); changed_at:
    UTC ISO, when anything of it changed; times: when single fields did, where that is known; tags: names of the
    integration's own tags it bears; states: status by list id (1 subscribed, 2 unsubscribed, 3 unconfirmed);
    subscribed_at: UTC ISO, the last subscription to a managed list, or else the last sign-up; account_id: Dynamics id
    of the account it belongs to, "" for none, None where that was not looked at; wanted: it is to be created in
    Dynamics; read_at: when it was asked for, by ac365's clock.
    """

    entity: Entity
    ac_id: int
    address: str | None = None
    changed_at: str = ""
    values: Mapping[str, Canonical] = field(default_factory=dict)
    times: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    states: Mapping[int, int] = field(default_factory=dict)
    bounced: bool = False
    subscribed_at: str = ""
    account_id: str | None = None
    warnings: tuple[str, ...] = ()
    wanted: bool = False
    read_at: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One ActiveCampaign contact or account and the one Dynamics record that speaks for it (its holder).

    agreed: the values both sides last agreed on, empty until the first delivery; delivered, delivered_at: whether there
    was one, and when; account_id: Dynamics id of the account whose association was delivered; modified_on: the
    holder's, for the survivor rule; tagged: the integration's tags it bears; origin: `pushed` from Dynamics or `pulled`
    from ActiveCampaign; removed: it was deleted in ActiveCampaign; opted_out: the consent both sides last agreed on,
    None before the first time; bounced: whether that includes a bounce; allowed_again: Dynamics has taken an agreed
    opt-out back since; parked: fields that wait for a person's decision.
    """

    id: int
    entity: Entity
    record_id: str
    address: str | None = None
    ac_id: int | None = None
    agreed: Mapping[str, Canonical] = field(default_factory=dict)
    agreed_version: int = 0
    delivered: bool = False
    account_id: str | None = None
    modified_on: str = ""
    tagged: tuple[str, ...] = ()
    origin: str = "pushed"
    removed: bool = False
    opted_out: bool | None = None
    bounced: bool = False
    allowed_again: bool = False
    delivered_at: str = ""
    parked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What should happen to one record, and why. Nothing is written here.

    outcome: what it counts as once it is carried out; action: create, update, unlink or none; values: what to write;
    cleared: keys whose value becomes empty; previous_address: set when the address changes; account_changed: the
    association with the account is to be made, moved or removed; unsubscribe: the person is to be taken off the managed
    lists; reason: plain words.
    """

    outcome: Outcome
    reason: str
    action: str = "none"
    values: Mapping[str, Canonical] = field(default_factory=dict)
    cleared: tuple[str, ...] = ()
    previous_address: str | None = None
    account_changed: bool = False
    tags_add: tuple[str, ...] = ()
    tags_remove: tuple[str, ...] = ()
    unsubscribe: bool = False
