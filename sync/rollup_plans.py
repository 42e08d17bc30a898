"""What has to be written so that contacts show their opportunities: only what differs from what they show already."""

from __future__ import annotations

from collections.abc import Collection, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync.rollup import TAGS, Opportunity, Rollup, rollup


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written to a contact. values: by the tag of the field; add, remove: tags."""

    values: Mapping[str, str]
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the contact shows already what it should."""
        return not (self.values or self.add or self.remove)


def plans(
    contacts: Iterable[int],
    held: Sequence[tuple[int, Opportunity]],
    coming: Sequence[tuple[int | None, Opportunity]],
    unsure: Container[int] = (),
) -> dict[int, Plan]:
    """What is to be written, by contact; those that show already what they should are left out.

    held: opportunities as they were agreed on, with their contacts; coming: those that change, as they will be, with
    theirs, None for one that is gone; unsure: contacts of which nobody knows what a former write left there.
    """
    moving = {one.id for _, one in coming}
    found = {}
    for number in contacts:
        theirs = [one for contact, one in held if contact == number]
        then = [one for one in theirs if one.id not in moving] + [one for contact, one in coming if contact == number]
        before = rollup(theirs) if theirs else None
        found[number] = plan(before, rollup(then), unsure=number in unsure)
    return {number: one for number, one in found.items() if not one.nothing}


def plan(before: Rollup | None, after: Rollup, *, unsure: bool = False) -> Plan:
    """What differs. before: what the contact shows, None where nothing was ever written; unsure: a former write may or
    may not have arrived, so that everything is said again."""
    if before is None or unsure:
        removed = [tag for tag in TAGS if unsure and tag not in after.tags]
        return Plan(after.values, _in_order(after.tags), tuple(removed))
    values = {tag: value for tag, value in after.values.items() if value != before.values[tag]}
    return Plan(values, _in_order(after.tags - before.tags), _in_order(before.tags - after.tags))


def _in_order(tags: Collection[str]) -> tuple[str, ...]:
    return tuple(tag for tag in TAGS if tag in tags)


def together(concerns: Sequence[Collection[Hashable]]) -> list[list[int]]:
    """Positions of what has to be carried out at once, because it concerns the same contacts; in the order of the first
    of each. concerns: the contacts of each position."""
    found: list[tuple[set[Hashable], list[int]]] = []
    for position, contacts in enumerate(concerns):
        meets = [group for group in found if group[0] & set(contacts)]
        merged = (set(contacts).union(*(group[0] for group in meets)), [*(n for g in meets for n in g[1]), position])
        found = [group for group in found if group not in meets] + [merged]
    return sorted(sorted(positions) for _, positions in found)
