"""A database that was restored from a backup: what was under way when the backup was made is not under way any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from store.documents import jsonb
from store.statements import Statements, Tx

SQL = Statements("restored")
DROPPED = ("drop_changes", "drop_pages", "end_imports", "end_comparisons", "end_sessions", "end_sign_ins")


@dataclass(frozen=True, slots=True)
class Ended:
    """Numbers of what was under way: cycles that ended, records to be read anew, and to be looked at in
    ActiveCampaign."""

    cycles: int
    read_again: int
    look_again: int


def end_all(tx: Tx, error: Mapping[str, str]) -> Ended:
    """Ends everything that was under way, of all connections, and wants its records to be read anew.

    error: what the streams that ended say: message, code, advice.
    """
    read, looked = SQL.run(tx, "read_again"), SQL.run(tx, "look_again")
    for step in DROPPED:
        SQL.run(tx, step)
    SQL.run(tx, "end_streams", error=jsonb(error))
    ended = SQL.rows(tx, "end_cycles", note=error["message"])
    return Ended(len(ended), read, looked)
