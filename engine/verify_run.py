"""One comparison on its way: what was counted so far and where it goes on, both kept in PostgreSQL after every page.

A command that is interrupted loses the page it was reading. The next one goes on there, unless an hour has passed or
the configuration or the columns and fields have changed since: then it begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from engine.accounts import ID_FIELD
from engine.context import Context
from engine.cycles import enabled
from engine.opportunities import deal_place
from engine.opportunities.deliver import GONE, MAKE
from engine.opportunities.preparation import GRANT, NO_TABLE
from engine.patience import patiently
from engine.verify_report import Difference, Tally
from mapping import rollups
from store import verifications, watermarks
from store.db import Tx
from sync.errors import Stop
from sync.model import ORDER, PEOPLE, Direction, Entity, Lane

Progress: TypeAlias = Callable[[str, int], None]
Found: TypeAlias = tuple[Difference, dict[str, Any] | None]
"""A difference, and what would end it (None for nothing)."""

CONTINUED_FOR_S: Final = 3600.0
DONE: Final = "done"
COUNTS: Final = (
    *("contacts", "accounts", "strays", "read", "records", "dynamics", "activecampaign"),
    *("opportunities", "confirmed", "left_out"),
)
IN_FIELDS: Final = "they are shown in fields and tags of their contacts, which are not compared with them yet."
OVERTAKEN: Final = "another `ac365 verify` of this connection took over; wait for its end or start again after it"


@dataclass
class Run:
    """phase: what is read now; cursor: the place in it, None at its beginning; counts: numbers of the whole report."""

    context: Context
    lane: Lane
    progress: Progress
    id: int
    step: int
    phase: str
    cursor: Any
    tallies: dict[Entity, Tally]
    counts: dict[str, int]
    clock: str

    @contextmanager
    def advance(self, cursor: Any) -> Iterator[Tx]:
        """A transaction for what a page showed; at its end the comparison stands at `cursor`, None for the next phase.

        Raises LookupError when another command has moved the comparison on meanwhile: then nothing is kept.
        """
        phase = self.phase if cursor is not None else self._next()
        with self.context.db.transaction() as tx:
            yield tx
            if not verifications.move(tx, self.id, self.step, phase, cursor, self._kept()):
                raise LookupError(OVERTAKEN)
        self.step, self.phase, self.cursor = self.step + 1, phase, cursor

    def add(self, tx: Tx, found: Sequence[Found]) -> None:
        """Counts and keeps what differs."""
        for difference, _ in found:
            self.tallies[difference.entity].count(difference)
        verifications.differ(tx, self.id, [_row(*one) for one in found])

    def began_from_now(self, tx: Tx, entity: Entity, direction: Direction) -> bool:
        """Whether this entity began with `--from-now` in this direction: old records may be missing."""
        mark = watermarks.get(tx, self.context.id, entity, direction)
        return bool(mark and mark["established"] == "baseline")

    def end(self) -> None:
        """Forgets everything that was remembered. Raises LookupError as `advance` does."""
        with self.advance(None) as tx:
            pass
        with self.context.db.transaction() as tx:
            verifications.drop(tx, self.context.id)

    def _next(self) -> str:
        names = phases(self.context)
        return names[min(names.index(self.phase) + 1, len(names) - 1)]

    def _kept(self) -> dict[str, Any]:
        tallies = {entity.value: tally.kept() for entity, tally in self.tallies.items()}
        return {"entities": tallies, "counts": self.counts, "clock": self.clock}


def open_run(context: Context, lane: Lane, progress: Progress, *, anew: bool) -> Run:
    """Goes on with the comparison that was interrupted, or begins one. anew: begins one in any case."""
    with context.db.transaction() as tx:
        prints = fingerprint(context)
        row = None if anew else verifications.unfinished(tx, context.id, prints, CONTINUED_FOR_S)
        row = row or verifications.begin(tx, context.id, prints, phases(context)[0])
    kept = row["tallies"]
    tallies = {e: Tally.revive(e, kept.get("entities", {}).get(e.value, {})) for e in enabled(dict(context.document))}
    counts = {name: kept.get("counts", {}).get(name, 0) for name in COUNTS}
    place = {"id": row["id"], "step": row["step"], "phase": row["phase"], "cursor": row["cursor"]}
    # Tags that somebody made since both sides were described last are known too.
    fresh = replace(context, tags=patiently(lambda: context.activecampaign.tags(lane=lane)))
    return Run(fresh, lane, progress, tallies=tallies, counts=counts, clock=kept.get("clock", ""), **place)


def phases(context: Context) -> list[str]:
    """What is read, in order: ActiveCampaign's accounts, Dynamics' accounts, Dynamics' people, contacts, Dynamics'
    opportunities, and the records of these."""
    on = enabled(dict(context.document))
    people = [entity for entity in on if entity in PEOPLE]
    field = context.rules[Entity.ACCOUNT].fields.get(ID_FIELD)
    names = ["values", "companies", "members"] if on and field is not None and field.id is not None else []
    names += ["account", "strangers"] if Entity.ACCOUNT in on else []
    names += [*people, "contacts", "missing"] if people else []
    comparable = Entity.OPPORTUNITY in on and not opportunities_hindered(context)
    names += [Entity.OPPORTUNITY, "opportunities", "opportunities_missing"] if comparable else []
    return [*names, DONE]


def opportunities_hindered(context: Context) -> str:
    """Why opportunities can't be compared, with what would help; "" when they can."""
    if "name" not in context.rules[Entity.OPPORTUNITY].columns:
        return f"{NO_TABLE}. {GRANT}"
    if deal_place.chosen(context):
        return _no_deals(context)
    if rollups.chosen(context.rules[Entity.OPPORTUNITY].settings):
        return IN_FIELDS
    return "" if context.opportunities else f"{GONE}. {MAKE}"


def _no_deals(context: Context) -> str:
    try:
        deal_place.there(context)
    except Stop as error:
        return f"{error.message}. {error.advice}"
    return ""


def fingerprint(context: Context) -> str:
    """What a comparison depends on: the version of the configuration, and the columns, fields and object it is
    about."""
    hashes = (context.select_hash(entity) for entity in ORDER)
    return ":".join([str(context.version), context.opportunities, *hashes])


def _row(difference: Difference, repair: dict[str, Any] | None) -> dict[str, Any]:
    names = ("entity", "record_id", "ac_id", "ac_record", "missing_in")
    told = {"fields": list(difference.fields), "reasons": dict(difference.reasons), "explained": difference.explained}
    return {**{name: getattr(difference, name) for name in names}, **told, "repair": repair}
