"""Publisher, solution and tables: what of them there is to make."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import partial
from typing import Final

from clients.dynamics import Dynamics
from engine.companion.steps import LANE, ByHand, Part, Step
from engine.companion.surroundings import Surroundings
from mapping import companion
from mapping import companion_definitions as definitions
from mapping.companion_gaps import ABSENT, ACTIVE, FAILED, Gaps, gaps, key_logical
from mapping.companion_tables import TABLES, Column, Table
from sync.errors import BadRecord, Missing

SOLUTION: Final = companion.SOLUTION
PREFIXED: Final = "publisher {name} has the prefix {found} and should have {wanted}"
FAILED_KEY: Final = (
    "Two rows of {table} have the same {column}, so its index can't be built. Delete the rows of that table under "
    "Advanced Settings or with Bulk Delete; ac365 writes them again."
)


def steps(client: Dynamics, found: Surroundings) -> Iterator[Step]:
    """In the order in which they depend on each other."""
    if found.publisher is None:
        make = partial(client.make_publisher, definitions.publisher(), lane=LANE)
        yield Step(Part.PUBLISHER, companion.PUBLISHER, "is made", make)
    if found.solution is None:
        yield Step(Part.SOLUTION, SOLUTION, "is made", partial(_solution, client))
    for gap in _gaps(found):
        yield from _table(client, found, gap)


def clashes(found: Surroundings) -> Iterator[str]:
    """What stands in the way, in plain words."""
    if found.publisher is not None:
        prefix = str(found.publisher["customizationprefix"])
        if prefix != companion.PREFIX:
            yield PREFIXED.format(name=companion.PUBLISHER, found=prefix, wanted=companion.PREFIX)
    for gap in _gaps(found):
        yield from gap.clashes


def building(found: Surroundings) -> list[str]:
    """Tables whose key is being built. Nobody has to wait: until then rows are found another way."""
    return [gap.table.logical for gap in _gaps(found) if gap.key not in (ABSENT, ACTIVE, FAILED)]


def failed_keys(found: Surroundings) -> Iterator[ByHand]:
    """What to do where building it again does not help."""
    for gap in _gaps(found):
        if gap.key == FAILED:
            do = FAILED_KEY.format(table=gap.table.logical, column=gap.table.key)
            yield ByHand(Part.KEY, gap.table.logical, "its index could not be built", do)


def published_tables(found: Surroundings) -> list[str]:
    """Tables that show what changed in them only once they are published."""
    return [gap.table.logical for gap in _gaps(found) if gap.untracked or gap.options]


def _gaps(found: Surroundings) -> list[Gaps]:
    return [gaps(table, found.tables.get(table.logical)) for table in TABLES]


def _solution(client: Dynamics) -> None:
    publisher = client.publisher_named(companion.PUBLISHER, lane=LANE)
    if publisher is None:
        raise Missing(f"the publisher {companion.PUBLISHER} is not known yet")
    client.make_solution(definitions.solution(), publisher["publisherid"], lane=LANE)


def _table(client: Dynamics, found: Surroundings, gap: Gaps) -> Iterator[Step]:
    table, language = gap.table, found.language
    if gap.missing:
        body = definitions.table(table, language)
        yield Step(Part.TABLE, table.logical, "is made", partial(client.make_table, body, SOLUTION, lane=LANE))
    for column in gap.columns:
        make = partial(_column, client, table, column, language)
        yield Step(Part.COLUMN, f"{table.logical}.{column.logical}", "is added", make)
    for column, value in gap.options:
        name = f"{table.logical}.{column.logical}: {definitions.words(value)}"
        yield Step(Part.OPTION, name, "is added", partial(_option, client, table, column, value, language))
    yield from _key(client, found, gap)
    if gap.untracked:
        switch = partial(client.track_changes, table.logical, lane=LANE)
        yield Step(Part.TRACKING, table.logical, "is switched on", switch, lacks="is off")


def _key(client: Dynamics, found: Surroundings, gap: Gaps) -> Iterator[Step]:
    table = gap.table
    if gap.key == ABSENT:
        make = partial(client.make_key, table.logical, definitions.key(table, found.language), SOLUTION, lane=LANE)
        yield Step(Part.KEY, f"{table.logical}.{table.key}", "is made", make)
    if gap.key == FAILED:
        name = key_logical(table, found.tables[table.logical])
        again = partial(client.reactivate_key, table.logical, name, lane=LANE)
        yield Step(Part.KEY, f"{table.logical}.{table.key}", "is built again", again, lacks="could not be built")


def _column(client: Dynamics, table: Table, column: Column, language: int) -> None:
    if column.kind == "Lookup":
        client.make_relationship(definitions.relationship(table, column, language), SOLUTION, lane=LANE)
    else:
        client.make_column(table.logical, definitions.column(column, language), SOLUTION, lane=LANE)


def _option(client: Dynamics, table: Table, column: Column, value: IntEnum, language: int) -> None:
    try:
        client.add_option(definitions.option(table, column, value, language), lane=LANE)
    except BadRecord:
        # One that was added and not published can't be seen and can't be added. Published, it is found to be there.
        client.publish([table.logical], lane=LANE)
        raise
