"""Finding contacts for GET /contacts: conditions from the query, and a walk that stays short in a large account."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.counts import remembered
from simulators.activecampaign.model.world import World

# Up to so many candidates are looked at one by one; more are walked in order of id until the page is full.
FEW = 20_000
Test = Callable[[Contact], bool]
ORDERS: dict[str, Callable[[Contact], object]] = {
    "id": lambda each: each.id,
    "cdate": lambda each: (each.cdate, each.id),
    "email": lambda each: (each.email.lower(), each.id),
    "first_name": lambda each: (each.first.lower(), each.id),
    "last_name": lambda each: (each.last.lower(), each.id),
    "name": lambda each: (each.first.lower(), each.last.lower(), each.id),
}


@dataclass
class Query:
    """Conditions on contacts. Every set in `pools` and every test must hold; ids lie between `above` and `below`.

    `key` names the conditions without the window of ids, so that a count can be remembered.
    """

    key: tuple[object, ...] = ()
    tests: list[Test] = field(default_factory=list)
    pools: list[set[int]] = field(default_factory=list)
    above: int = 0
    below: int | None = None
    order: str = "id"
    descending: bool = True

    def holds(self, contact: Contact) -> bool:
        return all(contact.id in pool for pool in self.pools) and all(test(contact) for test in self.tests)


def find(world: World, query: Query, limit: int, offset: int) -> tuple[list[Contact], int]:
    """One page of the contacts that the query means, and how many there are."""
    smallest = min(query.pools, key=len, default=None)
    if smallest is not None and len(smallest) <= FEW:
        return _from_few(world, query, smallest, limit, offset)
    if query.order != "id":
        return _from_few(world, query, query.pools[0] if query.pools else world.contacts.rows, limit, offset)
    return _from_many(world, query, limit, offset)


def _from_few(world: World, query: Query, numbers: Iterable[int], limit: int, offset: int) -> tuple[list[Contact], int]:
    candidates = (world.contacts.rows.get(number) for number in numbers)
    found = [each for each in candidates if each is not None and _within(query, each.id) and query.holds(each)]
    found.sort(key=ORDERS[query.order], reverse=query.descending)  # type: ignore[arg-type]
    return found[offset : offset + limit], len(found)


def _within(query: Query, number: int) -> bool:
    return number > query.above and (query.below is None or number < query.below)


def _from_many(world: World, query: Query, limit: int, offset: int) -> tuple[list[Contact], int]:
    ids, rows = world.contacts.ids, world.contacts.rows
    first, last = _window(ids, query)
    if not query.tests and not query.pools:
        start = max(last - offset - limit, first) if query.descending else first + offset
        end = last - offset if query.descending else min(start + limit, last)
        chosen = ids[start : max(end, start)]
        return [rows[number] for number in (reversed(chosen) if query.descending else chosen)], last - first
    places = reversed(range(first, last)) if query.descending else iter(range(first, last))
    matches = (contact for contact in _walk(ids, rows, places) if query.holds(contact))
    return list(islice(matches, offset, offset + limit)), _count(world, query)


def _walk(ids: array[int], rows: dict[int, Contact], places: Iterator[int]) -> Iterator[Contact]:
    return (rows[ids[place]] for place in places)


def _window(ids: array[int], query: Query) -> tuple[int, int]:
    last = len(ids) if query.below is None else bisect_left(ids, query.below)
    return bisect_right(ids, query.above), last


def _count(world: World, query: Query) -> int:
    def matching() -> array[int]:
        return array("q", (each.id for each in world.contacts.rows.values() if query.holds(each)))

    first, last = _window(remembered(world, query.key, matching), query)
    return last - first
