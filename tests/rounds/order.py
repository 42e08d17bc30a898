"""Out of order: ac365 put an older value in the place of a newer one of the same side.

Both values came from the other service, each at a moment of its own. Where a write replaces the one that came later by
the one that came sooner, an older change has overtaken a newer one, whatever the end looks like.
"""

from __future__ import annotations

from collections.abc import Iterator

from machine.journal import ACTIVECAMPAIGN, DYNAMICS, Journal
from machine.oracle.pairs import pairs
from machine.oracle.sides import COMPANY_FIELDS, LEAD_FIELDS, PERSON_FIELDS, Key, Sides

from rounds.history import History, Place


def judge(sides: Sides, journal: Journal, stood: dict[Key, int], history: History) -> Iterator[str]:
    """Those who stood for each other from one quiet to the next, and whose addresses nobody touched."""
    for person, contact in pairs(sides):
        if stood.get(person.key) == contact.id and person.address not in journal.shaken:
            names = (LEAD_FIELDS if person.table == "lead" else PERSON_FIELDS).values()
            one, other = (DYNAMICS, *person.key), (ACTIVECAMPAIGN, "contact", contact.id)
            yield from _either_way(history, one, other, names, str(person))
    for number, account in sides.accounts.items():
        if account.carries in sides.companies:
            one, other = (DYNAMICS, "account", account.carries), (ACTIVECAMPAIGN, "account", number)
            yield from _either_way(history, one, other, ("name", *COMPANY_FIELDS.values()), f"account {account.name}")


def _either_way(history: History, one: Place, other: Place, names: object, who: str) -> Iterator[str]:
    for name in names:  # type: ignore[attr-defined]
        for source, target in ((one, other), (other, one)):
            for older, newer in stale(history, source, target, name):
                yield f"{name} of {who}: {older!r} was written over the newer {newer!r} in {target[0]}"


def stale(history: History, source: Place, target: Place, name: str) -> Iterator[tuple[str, str]]:
    """The older and the newer value of each write that turned the order round."""
    came = [(at, value) for at, value, _ in history.values(source, name)]
    before = None
    for at, value, ours in history.values(target, name):
        if ours and before is not None:
            born, was_born = (
                max((t for t, v in came if v == one and t <= at), default=None) for one in (value, before)
            )
            if born is not None and was_born is not None and born < was_born:
                yield value, before
        before = value
