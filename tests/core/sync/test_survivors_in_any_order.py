"""Whatever the order in which pages of records arrive, the same records hold their contacts in the end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.model import Entity
from sync.survivors import Candidate, Holder, assign

KEYS = [
    (Entity.CONTACT, "ada"),
    (Entity.CONTACT, "ben"),
    (Entity.LEAD, "ada"),
    (Entity.LEAD, "cleo"),
    (Entity.LEAD, "dov"),
]
TIMES = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")


@st.composite
def records(draw):
    """One state of all five records."""
    return [
        Candidate(
            *key,
            draw(st.sampled_from(["x", "y", "z", None])),
            active=draw(st.integers(0, 4)) > 0,
            in_scope=draw(st.integers(0, 4)) > 0,
            modified_on=draw(st.sampled_from(TIMES)),
        )
        for key in KEYS
    ]


@st.composite
def arrivals(draw):
    """An older state in pages of any order, then the final one in pages of any order."""
    feeds = [draw(st.permutations(draw(records()))), draw(st.permutations(draw(records())))]
    sizes = st.integers(1, len(KEYS))
    return [feed[start : start + size] for feed in feeds for size in [draw(sizes)] for start in range(0, 5, size)]


class World:
    """Does with an assignment what the store does, and feeds the survivor rule as it asks to be fed."""

    def __init__(self) -> None:
        self.records: dict[tuple[Entity, str], Candidate] = {}
        self.links: dict[int, Holder] = {}
        self.made = 0

    def feed(self, page: list[Candidate]) -> None:
        arrived = {candidate.key: candidate for candidate in page}
        left = {link.address for link in self.links.values() if link.key in arrived}
        touched = left | {candidate.address for candidate in page}
        holding = {link.key for link in self.links.values()}
        shadowed = [
            record
            for record in self.records.values()
            if record.key not in arrived and record.key not in holding and record.address in touched and record.competes
        ]
        near = {str(i): link for i, link in self.links.items() if link.address in touched or link.key in arrived}
        self.records |= arrived
        self.carry_out(assign([*page, *shadowed], near))

    def carry_out(self, assignment) -> None:
        for link_id in assignment.freed:
            del self.links[link_id]
        for link_id, winner in {**assignment.moved, **assignment.refreshed}.items():
            self.links[link_id] = self.link(link_id, winner)
        for winner in assignment.new:
            self.made += 1
            self.links[self.made] = self.link(self.made, winner)
        self.links = {i: self.link(i, self.records[h.key], h.address) for i, h in self.links.items()}

    def link(self, link_id: int, record: Candidate, address: str | None = None) -> Holder:
        address = address or record.address
        return Holder(link_id, *record.key, address, record.modified_on, competes=record.competes)


def best(contenders: list[Candidate]) -> Candidate:
    ranked = sorted(contenders, key=lambda record: record.record_id)
    ranked.sort(key=lambda record: record.modified_on, reverse=True)
    return min(ranked, key=lambda record: record.entity is not Entity.CONTACT)


@settings(max_examples=400)
@given(arrivals())
def test_any_order_ends_with_the_best_record_of_every_address_holding_it(pages):
    world = World()
    for page in pages:
        world.feed(page)
    competing = [record for record in world.records.values() if record.competes]
    expected = {a: best([r for r in competing if r.address == a]).key for a in {r.address for r in competing}}
    holders = {link.address: link.key for link in world.links.values() if link.competes}
    assert holders == expected


@settings(max_examples=400)
@given(arrivals())
def test_no_address_and_no_record_ever_has_two_links(pages):
    world = World()
    for page in pages:
        world.feed(page)
        addresses = [link.address for link in world.links.values()]
        holders = [link.key for link in world.links.values()]
        assert (len(set(addresses)), len(set(holders))) == (len(addresses), len(holders))


@given(arrivals())
def test_page_that_comes_again_changes_nothing(pages):
    world = World()
    for page in pages:
        world.feed(page)
    before = dict(world.links)
    world.feed(pages[-1])
    assert world.links == before
