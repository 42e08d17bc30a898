"""What ActiveCampaign has to offer a salesperson, and a contact as one who may be written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Automation:
    """hidden: not shown in ActiveCampaign either; again: whether it lets a contact in more than once."""

    id: int
    name: str
    active: bool
    hidden: bool
    again: bool


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A contact's stay in an automation; running: it is not over."""

    id: int
    automation: int
    running: bool


@dataclass(frozen=True, slots=True)
class Campaign:
    """single: sent once, to many; completed: all of them have it; message: the id of its first message, 0 where it
    isn't told; changed: when, as the service writes it."""

    id: int
    name: str
    single: bool
    completed: bool
    message: int
    changed: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """A contact as one who may be written to. states: status by list id, 1 subscribed, 2 unsubscribed, 3 unconfirmed;
    bounced: for good."""

    id: int
    address: str
    states: Mapping[int, int]
    bounced: bool
    enrolments: tuple[Enrolment, ...]
