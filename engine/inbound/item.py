"""One claimed row of the outbox on its way to Dynamics, with its record as it is there and the decision taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from store.outbox import Claimed
from sync.inbound import Inbound
from sync.model import Change, Counterpart


@dataclass(frozen=True, slots=True)
class Item:
    """there: the contact or account; change, raw: its record in Dynamics, None when it isn't there; left_out: fields
    that Dynamics can't take; warnings: what was left out, and why; version: the record's after the write."""

    row: Claimed
    there: Counterpart
    change: Change | None
    raw: Mapping[str, Any] | None
    decision: Inbound
    body: Mapping[str, Any] | None = None
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    version: int = 0

    def with_body(self, body: Mapping[str, Any], left_out: tuple[str, ...], warnings: tuple[str, ...]) -> Item:
        """The same with what is to be sent."""
        return replace(self, body=body, left_out=left_out, warnings=(*self.there.warnings, *warnings))

    def as_written(self, version: int) -> Item:
        """The same once it was written. Without a version from the service, anything newer than what was read."""
        return replace(self, version=version or (self.change.version + 1 if self.change else 0))
