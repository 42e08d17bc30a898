"""A page of ActiveCampaign's records, sorted by what Dynamics has for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.verify_opportunities.pairs import ENTITY, Row, read_anew
from engine.verify_opportunities.strays import Stray, id_of
from engine.verify_run import Run
from store import verifications


@dataclass(frozen=True, slots=True)
class Sorted:
    """A page of records. awaited: the first record of each opportunity that is expected; versions: of these, as they
    were read before; strays: records that no opportunity was noted for, and further ones of one that was."""

    awaited: Mapping[str, Row]
    versions: Mapping[str, int]
    strays: Sequence[Stray]


def numbers(rows: Iterable[Row]) -> list[str]:
    """Their ids in ActiveCampaign."""
    return [str(row["id"]) for row in rows]


def sort(run: Run, rows: Sequence[Row]) -> Sorted:
    """Records that were on an earlier page already are left out, as are those of opportunities not expected: what left
    the scope stays as it is (decision Q10)."""
    ids = {record_id for row in rows if (record_id := id_of(row))}
    with run.context.db.transaction() as tx:
        seen = verifications.judged(tx, run.id, numbers(rows))
        noted = verifications.noted(tx, run.id, ENTITY, ids)
    awaited: dict[str, Row] = {}
    left: list[Stray] = []
    for row in (row for row in rows if str(row["id"]) not in seen):
        record_id = id_of(row) or ""
        state = noted[record_id]["state"] if record_id in noted else ""
        if not state:
            left.append(Stray(row))
        elif state == "found" or record_id in awaited:
            left.append(Stray(row, twin=True))
        elif state == "expected":
            awaited[record_id] = row
    return Sorted(awaited, {one: noted[one]["version"] for one in awaited}, _strangers(run, left))


def _strangers(run: Run, found: Sequence[Stray]) -> list[Stray]:
    """Those without an opportunity that was made since Dynamics was read."""
    unknown = {record_id for one in found if not one.twin and (record_id := one.record_id)}
    since = {change.record_id for change in read_anew(run, sorted(unknown))}
    return [one for one in found if one.twin or one.record_id not in since]
