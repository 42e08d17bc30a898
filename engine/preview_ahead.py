"""What the inbound half of a dry run would leave behind: the outbound half of the same cycle starts from there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from sync.model import Change, Entity, Link
from sync.survivors import RecordKey

NAMES: Final = tuple(one.name for one in fields(Link))


@dataclass
class Ahead:
    """Links, values and accounts as they would be. One entry per record that inbound would link or write; small, since
    a first sync may have very many of them.

    accounts: Dynamics ids by ActiveCampaign's ids of accounts that would be linked; again: records whose values would
    go back to ActiveCampaign, whether or not Dynamics has changed them.
    """

    accounts: dict[int, str] = field(default_factory=dict)
    again: dict[RecordKey, Change] = field(default_factory=dict)
    _links: dict[RecordKey, bytes] = field(default_factory=dict)
    _at: dict[str, RecordKey] = field(default_factory=dict)
    _written: dict[RecordKey, Mapping[str, Any]] = field(default_factory=dict)

    def keep(self, link: Link) -> None:
        """The link as it would be from now on."""
        key = (link.entity, link.record_id)
        self._links[key] = json.dumps([getattr(link, name) for name in NAMES]).encode()
        if link.address:
            self._at[link.address] = key
        if link.entity is Entity.ACCOUNT and link.ac_id:
            self.accounts[link.ac_id] = link.record_id

    def write(self, link: Link, values: Mapping[str, Any]) -> None:
        """What would be written to the record of this link."""
        if values:
            self._written[(link.entity, link.record_id)] = dict(values)

    def of_records(self, entity: Entity, ids: Iterable[str]) -> dict[str, Link]:
        """Those of the records that would have a link by then."""
        return {one: self._link((entity, one)) for one in ids if (entity, one) in self._links}

    def of_addresses(self, addresses: Iterable[str]) -> dict[str, Link]:
        """The links that these addresses would have by then."""
        return {address: self._link(self._at[address]) for address in addresses if address in self._at}

    def after(self, change: Change) -> Change:
        """The record as it would be by then."""
        self.again.pop((change.entity, change.record_id), None)
        written = self._written.get((change.entity, change.record_id))
        return replace(change, values={**change.values, **written}) if written else change

    def left(self, entity: Entity) -> list[Change]:
        """Records of this entity that have to travel outbound and that nobody has read so far."""
        mine = [key for key in self.again if key[0] == entity]
        return [self.after(self.again[key]) for key in mine]

    def _link(self, key: RecordKey) -> Link:
        kept = dict(zip(NAMES, json.loads(self._links[key]), strict=True))
        told = {"tagged": tuple(kept["tagged"]), "parked": tuple(kept["parked"])}
        return Link(**{**kept, **told, "entity": Entity(kept["entity"])})
