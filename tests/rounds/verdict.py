"""The verdict of a round, from both services and their write journals alone: five counts, each with its complaints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from machine.oracle import companies, consent, equality, presence, requests, words
from machine.oracle.pairs import pairs
from machine.oracle.sides import Sides, look

from rounds import order, sales
from rounds.history import History
from rounds.world import RoundWorld

LOST, DUPLICATE, ECHOED, DISORDER, CONSENT = "lost", "duplicate", "echoed", "out of order", "consent violated"
COUNTS = (LOST, DUPLICATE, ECHOED, DISORDER, CONSENT)
WINDOW_S = 3.0
"""What somebody did so short a time before ac365 wrote may have been done while it wrote."""
SUBSCRIBED, UNSUBSCRIBED = 1, 2


class Verdict:
    """Collects complaints by count. It listens to the services from the beginning, and judges when all is quiet."""

    def __init__(self, world: RoundWorld, history: History) -> None:
        self._world, self._history = world, history
        self.complaints: defaultdict[str, list[str]] = defaultdict(list)
        history.made, history.listed = self._made, self._listed

    def add(self, count: str, complaints: Iterable[str]) -> None:
        self.complaints[count] += [one for one in complaints if one not in self.complaints[count]]

    def judge(self) -> None:
        """All is quiet: what both sides hold now is judged, and is where the next stretch begins."""
        world, sides = self._world, look(self._world.crm, self._world.ac)
        for count, rule in self._rules(sides):
            self.add(count, rule())
        world.settle(sides, {person.key: contact.id for person, contact in pairs(sides)})

    def _rules(self, sides: Sides) -> Iterable[tuple[str, Callable[[], Iterable[str]]]]:
        world = self._world
        journal, rested, stood = world.journal, world.rested, world.stood
        return (
            (LOST, lambda: presence.everybody_arrived(sides, journal)),
            (LOST, lambda: presence.nobody_vanished(sides, journal, rested)),
            (LOST, lambda: presence.the_deleted_are_marked(sides, journal, stood)),
            (LOST, lambda: requests.judge(sides, journal)),
            (LOST, lambda: equality.judge(sides, journal, two_way=True)),
            (LOST, lambda: words.judge(sides, journal, rested, stood)),
            (LOST, lambda: companies.arrived(sides, journal)),
            (LOST, lambda: companies.equal(sides)),
            (LOST, lambda: sales.arrived(sides, world.crm, world.ac)),
            (DUPLICATE, lambda: presence.nobody_twice(sides)),
            (DUPLICATE, lambda: presence.the_removed_stay_away(sides, journal)),
            (DUPLICATE, lambda: companies.once(sides)),
            (DUPLICATE, lambda: sales.twice(world.ac)),
            (DISORDER, lambda: order.judge(sides, journal, stood, self._history)),
            (CONSENT, lambda: consent.judge(sides, journal, two_way=True)),
        )

    # What is judged at the moment when it is written

    def _made(self, sides: Sides) -> None:
        """ac365 has just made somebody in Dynamics. Who came while it was about to is none it could have found."""
        known = [one for one in sides.people if one.made_by_ac365 or self._steady(one.key)]
        there = Sides(known, sides.contacts, sides.companies, sides.accounts)
        self.add(DUPLICATE, requests.note(there, self._world.journal))

    def _steady(self, key: tuple[str, str]) -> bool:
        return all(self._history.steady(key, name, WINDOW_S) for name in ("address", "active"))

    def _listed(self, contact: int, number: int, status: int) -> None:
        """ac365 sets somebody's state on a list. Who left it is never put back, who opted out never put on it."""
        before = self._history.list_state(contact, number)
        if status == SUBSCRIBED and before == UNSUBSCRIBED:
            self.add(CONSENT, [f"AC contact {contact} left list {number}, and ac365 put it back"])
        if status == SUBSCRIBED and before is None:
            self.add(CONSENT, self._unwilling(contact, number))

    def _unwilling(self, contact: int, number: int) -> Iterable[str]:
        sides = look(self._world.crm, self._world.ac)
        address = sides.contacts[contact].address
        for person in sides.people:
            said = person.no_bulk_mail or person.no_mail
            if (
                person.active
                and person.address == address
                and said
                and self._history.steady(person.key, "out", WINDOW_S)
            ):
                yield f"{person} is opted out, and ac365 put AC contact {contact} on list {number}"
