"""Findings of a check: whether they are good, and kept for whoever asks later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from clients.probe import Finding
from store import snapshots
from store.db import Tx


class Kept(StrEnum):
    """What is kept of a connection: the trial of both services, and the check of everything."""

    TRIAL = "ac365:trial"
    CHECK = "ac365:check"


@dataclass(frozen=True, slots=True)
class Checked:
    """A check that was made. version: of the configuration that was looked at, 0 for none."""

    findings: Sequence[Finding]
    at: datetime
    version: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing that is needed was wrong."""
        return good(self.findings)

    def of(self, service: str) -> list[Finding]:
        """The findings about one service, `dynamics` or `activecampaign`."""
        return [one for one in self.findings if one.what.partition(":")[0] == service]


def good(findings: Iterable[Finding]) -> bool:
    """Whether nothing that is needed is wrong."""
    return all(one.ok for one in findings if one.required)


def as_row(one: Finding) -> dict[str, object]:
    """A finding for JSON."""
    return {"what": one.what, "ok": one.ok, "required": one.required, "message": one.message, "advice": one.advice}


def keep(tx: Tx, connection_id: int, kept: Kept, findings: Iterable[Finding], version: int = 0) -> None:
    """Keeps the findings in place of the former ones."""
    snapshots.put(tx, connection_id, kept, {"version": version, "findings": [as_row(one) for one in findings]})


def last(tx: Tx, connection_id: int, kept: Kept) -> Checked | None:
    """What was found the last time, None when nobody looked yet."""
    found = snapshots.get(tx, connection_id, kept)
    if found is None:
        return None
    document, at = found
    return Checked([_read(row) for row in document["findings"]], at, document["version"])


def _read(row: Mapping[str, Any]) -> Finding:
    return Finding(row["what"], row["ok"], row["message"], row["advice"], row["required"])
