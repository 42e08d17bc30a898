"""Errors that only the clients can tell apart. Each stays in the group of its base class."""

from __future__ import annotations

from sync.errors import Again, NotAvailable, Unavailable


class TrackingOff(NotAvailable):
    """Change tracking is off for this table: switch it on in Dynamics, or let ac365 read by modification date."""


class UnknownColumn(NotAvailable):
    """A column that was asked for does not exist in Dynamics (any more): check the mapping of this entity."""


class PagingLoop(Unavailable):
    """The service answered with the page that was just read; reading starts again by itself."""


class Customizing(Again):
    """Somebody customizes or publishes in Dynamics at this moment; it is tried again by itself."""
