"""What taking over an existing installation would link, and what differs there: counts, and samples of a fixed size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sync.model import Entity

SAMPLE: Final = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that isn't the same on both sides, with both values."""

    record_id: str
    ac_id: int
    key: str
    dynamics: Any
    activecampaign: Any

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        values = {"dynamics": self.dynamics, "activecampaign": self.activecampaign}
        return {"record": self.record_id, "activecampaign_id": self.ac_id, "field": self.key, **values}


@dataclass
class Tally:
    """One entity. linked: new links; known: links there were before; different: those of `linked` in which a field
    differs, `fields` says how many in which; matched: `linked` by what matched; several: contacts whose address several
    records have, shadowed: the records beside; opted_out: people opted out on one side only, by that side; retagged:
    contacts that bear other tags than those of their record; aside: what is not linked, by reason; policies: by field,
    who wins where both sides hold a value.
    """

    entity: Entity
    policies: Mapping[str, str] = field(default_factory=dict)
    linked: int = 0
    known: int = 0
    different: int = 0
    several: int = 0
    shadowed: int = 0
    retagged: int = 0
    matched: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    opted_out: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    sample: list[Difference] = field(default_factory=list)
    aside_sample: list[tuple[int, str]] = field(default_factory=list)

    def link(self, matched_by: str, found: Sequence[Difference]) -> None:
        """Counts a new link and what differs."""
        self.linked += 1
        self.matched[matched_by] += 1
        self.different += bool(found)
        self.fields.update(one.key for one in found)
        self.sample += found[: SAMPLE - len(self.sample)]

    def leave(self, ac_id: int, reason: str) -> None:
        """Counts something of ActiveCampaign that is not linked."""
        self.aside[reason] += 1
        if len(self.aside_sample) < SAMPLE:
            self.aside_sample.append((ac_id, reason))

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "entity": self.entity.value,
            "linked": self.linked,
            "linked_before": self.known,
            "matched_by": dict(self.matched),
            "different": self.different,
            "fields": [
                {"field": key, "count": n, "conflict": self.policies.get(key, "")}
                for key, n in self.fields.most_common()
            ],
            "sample": [one.as_json() for one in self.sample],
            "several_records": self.several,
            "shadowed": self.shadowed,
            "other_tags": self.retagged,
            "opted_out_only_in": dict(self.opted_out),
            "not_linked": [{"reason": why, "count": n} for why, n in self.aside.most_common()],
            "not_linked_sample": [{"activecampaign_id": i, "reason": why} for i, why in self.aside_sample],
        }


@dataclass
class Report:
    """All of it. contacts, accounts: how many ActiveCampaign has; strangers: contacts that bear no tag of the
    integration, or of which Dynamics knows nothing; applied: whether the links were stored."""

    tallies: Mapping[Entity, Tally]
    applied: bool = False
    contacts: int = 0
    accounts: int = 0
    strangers: int = 0

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "applied": self.applied,
            "entities": [tally.as_json() for tally in self.tallies.values()],
            "activecampaign": {"contacts": self.contacts, "accounts": self.accounts, "strangers": self.strangers},
        }
