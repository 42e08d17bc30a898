"""The proof: every in-scope record of Dynamics against what ActiveCampaign holds, both read through their APIs.

Nothing that ac365 remembers decides whether two records agree: the survivor rule is applied anew, and links are not
looked at. Only the explanations of what disagrees come from the store: the failure list, and entities that began with
`--from-now`.

Memory: one entry per in-scope person (address and id) and per contact with an account; values are compared by page.
"""

from __future__ import annotations

from collections.abc import Callable

from engine import verify_accounts, verify_people
from engine.context import Context
from engine.cycles import enabled
from engine.verify_report import Explained, Report, Tally
from sync.model import PEOPLE, Entity, Lane


def compare(
    context: Context, *, lane: Lane = Lane.BACKFILL, progress: Callable[[str, int], None] = lambda _what, _number: None
) -> Report:
    """Compares everything that is switched on.

    progress: called with what is read and how many so far. Raises SyncError when a service refuses to be read.
    """
    on = enabled(dict(context.document))
    tallies = {entity: Tally(entity, Explained.load(context, entity)) for entity in on}
    known = verify_accounts.read(context, lane, progress) if on else {}
    if Entity.ACCOUNT in on:
        verify_accounts.compare(context, tallies[Entity.ACCOUNT], known, lane, progress)
    people = {entity: tallies[entity] for entity in on if entity in PEOPLE}
    strays, read = verify_people.compare(context, people, known, lane, progress) if people else (0, 0)
    return Report.of(context, list(tallies.values()), contacts=read, accounts=len(known), strays=strays)
