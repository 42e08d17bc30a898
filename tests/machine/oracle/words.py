"""Whose word counts. Equality alone would also hold if a change were lost on both sides.

Judged are those who stand for each other now as they did when all was quiet before, and whose addresses nobody touched;
where an account was deleted, not to which one they belong.

- Nobody said anything: the value is what it was.
- Only one side spoke: its last word counts. An empty value of ActiveCampaign does not count, the old one comes back.
- Both spoke: the last word of Dynamics counts, unless ActiveCampaign spoke after a cycle had carried that word over.
"""

from __future__ import annotations

from collections.abc import Iterator

from machine.journal import ACTIVECAMPAIGN, CYCLE, DYNAMICS, Journal, Word
from machine.oracle.pairs import pairs
from machine.oracle.sides import Key, Sides


def judge(sides: Sides, journal: Journal, rested: Sides, stood: dict[Key, int]) -> Iterator[str]:
    for person, contact in pairs(sides):
        before = rested.person(person.key)
        if before is None or stood.get(person.key) != contact.id or person.address in journal.shaken:
            continue
        values = {**person.values, "company": person.company or ""}
        known = {**before.values, "company": before.company or ""}
        if person.address in journal.orphaned:
            del values["company"]
        for name, value in values.items():
            allowed = true_values(known[name], journal.said[person.address, name], journal.cycles)
            if value not in allowed:
                yield f"{name} of {person} is {value!r} and should be {' or '.join(map(repr, sorted(allowed)))}"


def true_values(base: str, said: list[Word], cycles: list[Word]) -> set[str]:
    """What a field may hold after quiet. base: what it held before anybody spoke."""
    ours = [word for word in said if word.side == DYNAMICS]
    theirs = [word for word in said if word.side == ACTIVECAMPAIGN]
    if not theirs:
        return {ours[-1].value if ours else base}
    if not ours:
        return _theirs(base, theirs)
    last = ours[-1]
    later = [word for word in theirs if word.at > last.at and _cycle_between(last, word, cycles)]
    if not later:
        # Who took a change back before anybody saw it, or repeated what was there, has said nothing.
        nothing = len(ours) > 1 or last.value in {base, *(word.value for word in theirs)}
        return {last.value} | (_theirs(base, theirs) if nothing else set())
    certain = any(_cycle_between(last, word, cycles, whole=True) for word in later)
    return _theirs(last.value, later) | (set() if certain else {last.value})


def _theirs(base: str, said: list[Word]) -> set[str]:
    """What ActiveCampaign's words come to: the last one, or any before it where the last one is empty."""
    return {said[-1].value} if said[-1].value else {base, *(word.value for word in said)} - {""} or {""}


def _cycle_between(first: Word, second: Word, cycles: list[Word], *, whole: bool = False) -> bool:
    return any(first.at < cycle.at < second.at and (cycle.side == CYCLE or not whole) for cycle in cycles)
