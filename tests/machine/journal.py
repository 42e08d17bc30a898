"""What people did, in order. The oracle needs it where the outcome depends on who did something last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from machine.oracle.sides import Key, Person

DYNAMICS, ACTIVECAMPAIGN, CYCLE, TROUBLED = "Dynamics", "ActiveCampaign", "cycle", "troubled cycle"


@dataclass(frozen=True)
class Word:
    """Somebody wrote a value. at: the number of the step; a cycle is a word that nobody spoke."""

    at: int
    side: str
    value: str = ""


@dataclass
class Journal:
    """Everything is kept by record. `step` is the number of the present step."""

    step: int = 0
    opted_out: dict[Key, int] = field(default_factory=dict)
    cleared: dict[Key, int] = field(default_factory=dict)
    subscribed: dict[int, int] = field(default_factory=dict)
    left_all: dict[int, int] = field(default_factory=dict)
    bounced: dict[int, int] = field(default_factory=dict)
    removed: dict[int, int] = field(default_factory=dict)
    entered: dict[str, int] = field(default_factory=dict)
    requested: dict[int, str] = field(default_factory=dict)
    deleted: set[Key] = field(default_factory=set)
    switched: set[Key] = field(default_factory=set)
    companies_gone: set[str] = field(default_factory=set)
    accounts_gone: set[int] = field(default_factory=set)
    names_entered: set[str] = field(default_factory=set)
    names_gone: set[str] = field(default_factory=set)
    stays_gone: dict[Key, str] = field(default_factory=dict)
    addresses: defaultdict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    inherited: defaultdict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    held: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    shaken: set[str] = field(default_factory=set)
    orphaned: set[str] = field(default_factory=set)
    said: defaultdict[tuple[str, str], list[Word]] = field(default_factory=lambda: defaultdict(list))
    cycles: list[Word] = field(default_factory=list)
    made: dict[Key, str] = field(default_factory=dict)
    excused: set[str] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)

    def says(self, side: Literal["Dynamics", "ActiveCampaign"], address: str, name: str, value: str) -> None:
        """Somebody set a field of the person with this address."""
        self.said[address, name].append(Word(self.step, side, value))

    def moves(self, key: Key, before: str, address: str) -> None:
        """Somebody gets a new address. Whose contact a person has deleted stays without one under any address."""
        self.addresses[key].add(address)
        if before in self.excused:
            self.excused.add(address)

    def inherits(self, survivor: Person, loser: Person) -> None:
        """The survivor of a merge may take the loser's contact over, with the address that it has there by then."""
        self.inherited[survivor.key] |= {loser.address, *self.addresses[loser.key], *self.inherited[loser.key]}

    def shake(self, *addresses: str) -> None:
        """Who stands for whom may have changed at these addresses: entered, left, merged, deleted, switched."""
        self.shaken.update(address for address in addresses if address)

    def orphan(self, *addresses: str) -> None:
        """An account is gone: to which one people belong is nobody's word. What else is said of them counts."""
        self.orphaned.update(addresses)

    def ran(self, *, troubled: bool) -> None:
        """A cycle ran."""
        self.cycles.append(Word(self.step, TROUBLED if troubled else CYCLE))

    def settle(self) -> None:
        """Both sides agree: what was said so far has come true."""
        self.shaken.clear()
        self.orphaned.clear()
        self.said.clear()
        self.claimed.clear()
        self.cycles.clear()
