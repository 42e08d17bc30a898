"""All rules at once. Each answers with complaints in plain words; none means that all is well."""

from __future__ import annotations

from machine.journal import Journal
from machine.oracle import companies, consent, equality, presence, requests, words
from machine.oracle.sides import Key, Sides


def judge(sides: Sides, journal: Journal, rested: Sides, stood: dict[Key, int], *, two_way: bool) -> list[str]:
    """What is wrong after quiet. rested, stood: both sides, and who stood for whom, when all was quiet before."""
    return [
        *presence.judge(sides, journal, rested, stood),
        *requests.judge(sides, journal),
        *equality.judge(sides, journal, two_way=two_way),
        *companies.judge(sides, journal),
        *consent.judge(sides, journal, two_way=two_way),
        *words.judge(sides, journal, rested, stood),
    ]


def made(sides: Sides, journal: Journal) -> list[str]:
    """What is wrong with the records that ac365 made in Dynamics; asked after every cycle, troubled or not."""
    return requests.note(sides, journal)
