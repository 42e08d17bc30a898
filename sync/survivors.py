"""Who speaks for an ActiveCampaign contact when several Dynamics records share its address (decision Q4).

ActiveCampaign has one contact per address, so one record holds it and the others are shadowed: contact before lead,
then the latest modified, then the smallest id. Only active records in scope with an address compete. A holder that
stops competing keeps its link until a competitor turns up.

The rule looks at one page at a time, yet any order of pages ends with the same holders, provided that each call gets

- as candidates: the records of the page, and the shadowed records of every address that these records have now or that
  a link of theirs has, since a record that leaves an address sets it free for them;
- as holders: the links of those addresses and the links that the candidates hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sync.model import Entity

RecordKey: TypeAlias = tuple[Entity, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person's record as it is now. address: trimmed lower-case, None without one; modified_on: UTC ISO."""

    entity: Entity
    record_id: str
    address: str | None
    active: bool = True
    in_scope: bool = True
    modified_on: str = ""

    @property
    def key(self) -> RecordKey:
        """Identifies the record."""
        return (self.entity, self.record_id)

    @property
    def competes(self) -> bool:
        """Whether it may hold a link that somebody else wants too."""
        return self.active and self.in_scope and bool(self.address)


@dataclass(frozen=True, slots=True)
class Holder:
    """A link and the record that holds it so far. address: the link's.

    competes: false when the record was last seen inactive, out of scope, deleted or without an address.
    """

    link_id: int
    entity: Entity
    record_id: str
    address: str | None
    modified_on: str = ""
    competes: bool = True

    @property
    def key(self) -> RecordKey:
        """Identifies the record."""
        return (self.entity, self.record_id)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who holds what from now on. To be carried out in this order: freed, moved and refreshed, new.

    holder: competing candidate -> who speaks for its address, maybe itself; moved: link -> its new holder, or its
    holder with a new address; refreshed: link -> its holder, modified again; new: candidates that get a link of their
    own; freed: links nobody holds any more; dethroned: record that lost its link -> who beat it.
    """

    holder: Mapping[RecordKey, RecordKey]
    moved: Mapping[int, Candidate]
    refreshed: Mapping[int, Candidate]
    new: tuple[Candidate, ...]
    freed: tuple[int, ...]
    dethroned: Mapping[RecordKey, RecordKey]

    @property
    def holds(self) -> frozenset[RecordKey]:
        """The candidates that speak for their address."""
        return frozenset(key for key, speaker in self.holder.items() if key == speaker)

    @property
    def shadowed_by(self) -> dict[RecordKey, RecordKey]:
        """The candidates that lost, and to whom."""
        return {key: speaker for key, speaker in self.holder.items() if key != speaker}


def assign(candidates: Sequence[Candidate], holders: Mapping[str, Holder]) -> Assignment:
    """Assigns the links to the candidates and the holders so far; what to pass is in the description of the module.

    holders: the links, by whatever key is at hand; the same link may stand under several. Of a candidate that comes
    twice the later version counts, of equally old ones the last.
    """
    links = {holder.link_id: holder for holder in holders.values()}
    records = {holder.key: _as_candidate(holder) for holder in links.values()}
    records |= {candidate.key: candidate for candidate in sorted(candidates, key=_age)}
    winners = _winners(records.values())
    allotted, new = _allot(winners, links)
    mine = {candidate.key for candidate in candidates}
    holder = {key: winners[records[key].address or ""].key for key in mine if records[key].competes}
    holding = {winner.key for winner in winners.values()}
    return Assignment(
        holder=holder,
        moved={i: w for i, w in allotted.items() if not _stays(w, links[i])},
        refreshed={i: w for i, w in allotted.items() if _stays(w, links[i]) and _rank(w) != _rank(links[i])},
        new=tuple(new),
        freed=tuple(i for i, link in links.items() if i not in allotted and records[link.key].competes),
        dethroned=dict(_dethroned(links, records, winners, allotted, holding)),
    )


def _age(candidate: Candidate) -> str:
    # A deletion tells no time of modification, and nothing follows it.
    return candidate.modified_on[:19] or "9999"


def _as_candidate(holder: Holder) -> Candidate:
    return Candidate(
        holder.entity, holder.record_id, holder.address, active=holder.competes, modified_on=holder.modified_on
    )


def _winners(records: Iterable[Candidate]) -> dict[str, Candidate]:
    best: dict[str, Candidate] = {}
    for record in records:
        if record.competes and record.address:
            rival = best.get(record.address)
            if rival is None or _beats(record, rival):
                best[record.address] = record
    return best


def _beats(one: Candidate, other: Candidate) -> bool:
    mine, theirs = _rank(one), _rank(other)
    return mine > theirs or (mine == theirs and one.record_id < other.record_id)


def _stays(winner: Candidate, link: Holder) -> bool:
    return (winner.key, winner.address) == (link.key, link.address)


def _rank(record: Candidate | Holder) -> tuple[bool, str]:
    # Up to the second: the zone is UTC, however it is written behind it.
    return record.entity == Entity.CONTACT, record.modified_on[:19]


def _allot(
    winners: Mapping[str, Candidate], links: Mapping[int, Holder]
) -> tuple[dict[int, Candidate], list[Candidate]]:
    """Gives every winner its link; those who need a new one come apart."""
    at = {link.address: link for link in links.values() if link.address}
    own = {link.key: link for link in links.values()}
    goes_alone = _undisturbed(winners, at, own)
    allotted, new = {}, []
    for address, winner in winners.items():
        # A link stands for the contact that ActiveCampaign has under that address, so whoever wins the address takes it
        # over; only where there is none, the winner's own contact gets the new address.
        link = own.get(winner.key) if goes_alone[winner.key] else at[address]
        if link is None:
            new.append(winner)
        else:
            allotted[link.link_id] = winner
    return allotted, new


def _undisturbed(
    winners: Mapping[str, Candidate], at: Mapping[str, Holder], own: Mapping[RecordKey, Holder]
) -> dict[RecordKey, bool]:
    """Per winner, whether no other link is in its way at its address.

    There is none, or it leaves with its holder for an address where that one isn't disturbed either. In a ring of
    records that swap addresses nobody can go first: then each takes over the link it finds.
    """
    address_of = {winner.key: address for address, winner in winners.items()}
    result: dict[RecordKey, bool] = {}
    for start in address_of:
        path: list[RecordKey] = []
        key, answer = start, None
        while answer is None:
            if key in result:
                answer = result[key]
                break
            # Until the end of the path is known it counts as disturbed, which is the answer for a ring.
            result[key] = False
            path.append(key)
            link = at.get(address_of[key])
            if link is None or link is own.get(key):
                answer = True
            elif link.key not in address_of:
                answer = False
            else:
                key = link.key
        result.update(dict.fromkeys(path, answer))
    return result


def _dethroned(
    links: Mapping[int, Holder],
    records: Mapping[RecordKey, Candidate],
    winners: Mapping[str, Candidate],
    allotted: Mapping[int, Candidate],
    holding: set[RecordKey],
) -> Iterable[tuple[RecordKey, RecordKey]]:
    for link_id, link in links.items():
        record = records[link.key]
        taker = winners.get(record.address or "") if record.competes else allotted.get(link_id)
        if link.key not in holding and taker is not None:
            yield link.key, taker.key
