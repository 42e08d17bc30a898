"""Verifications: what a full comparison of both sides remembers while it runs, so that it can be continued.

One per connection. Its parts are filed page by page, each with the place where it goes on, and all of it is dropped
when the comparison ends. `id` is the comparison's everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Row, Statements, Tx
from sync.model import Entity

SQL = Statements("verifications")


@dataclass(frozen=True, slots=True)
class Company:
    """An account of ActiveCampaign: its row with `field_values` by field id, and the Dynamics id it carries."""

    ac_id: int
    carried: str | None
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about one record that may differ. failure: the message on the failure list, "" for none; pending: a
    change is on its way; asked: it is about to be read anew; delivered: something was, since the comparison began;
    delivered_at: UTC ISO up to the second, when something last was, "" for never; lately: since a minute before the
    comparison began, so that lists may still show what was before."""

    failure: str = ""
    pending: bool = False
    asked: bool = False
    delivered: bool = False
    delivered_at: str = ""
    lately: bool = False


# The comparison itself


def unfinished(tx: Tx, connection_id: int, fingerprint: str, within_s: float) -> Row | None:
    """The interrupted comparison if it went on within this time and was begun for the same fingerprint."""
    return SQL.row(tx, "unfinished", connection_id=connection_id, fingerprint=fingerprint, within_s=within_s)


def begin(tx: Tx, connection_id: int, fingerprint: str, phase: str) -> Row:
    """Begins a comparison in place of an older one."""
    drop(tx, connection_id)
    return SQL.rows(tx, "begin", connection_id=connection_id, fingerprint=fingerprint, phase=phase)[0]


def move(tx: Tx, id: int, step: int, phase: str, cursor: Any, tallies: Any) -> bool:
    """Notes where it stands; False when somebody else has moved it on or dropped it since `step`."""
    moved = SQL.run(tx, "move", id=id, step=step, phase=phase, cursor=jsonb(cursor), tallies=jsonb(tallies))
    return moved == 1


def drop(tx: Tx, connection_id: int) -> None:
    """Forgets a connection's comparison with everything it remembered."""
    SQL.run(tx, "drop", connection_id=connection_id)


# Records of Dynamics


def put_here(tx: Tx, id: int, rows: Sequence[Row]) -> None:
    """Notes records of Dynamics: {entity, record_id, version, match_key, host, modified_on, hindrance, opted_out}."""
    if rows:
        SQL.run(tx, "put_here", id=id, rows=jsonb(rows))


def drop_here(tx: Tx, id: int, entity: Entity) -> None:
    """Forgets an entity's records and differences: its reading begins anew."""
    SQL.run(tx, "drop_here", id=id, entity=entity)
    SQL.run(tx, "drop_differences", id=id, entity=entity)


def elect(tx: Tx, id: int) -> None:
    """Finds out which person's record speaks for each address, among all that were noted."""
    SQL.run(tx, "elect", id=id)


def expect(tx: Tx, id: int, entity: Entity) -> None:
    """Notes that everything of this entity is expected in ActiveCampaign, but for what is hindered."""
    SQL.run(tx, "expect", id=id, entity=entity)


def noted(tx: Tx, id: int, entity: Entity, ids: Iterable[str]) -> dict[str, Row]:
    """Those of these records that were noted: {record_id, version, state}, by id."""
    return {row["record_id"]: row for row in SQL.rows(tx, "noted", id=id, entity=entity, ids=list(ids))}


def standings(tx: Tx, id: int) -> list[Row]:
    """{entity, hindrance, state, count}: state is `read` for records that speak for nobody."""
    return SQL.rows(tx, "standings", id=id)


def speakers(tx: Tx, id: int, keys: Sequence[str]) -> dict[str, Row]:
    """Who speaks for these addresses: {entity, record_id, version, match_key, opted_out}, by address."""
    return {row["match_key"]: row for row in SQL.rows(tx, "speakers", id=id, keys=list(keys))}


def barred(tx: Tx, id: int, keys: Iterable[str]) -> set[str]:
    """Those of the addresses that a record has which may speak for nobody: nothing is made beside it."""
    return set(SQL.column(tx, "barred", id=id, keys=list(keys)))


def awaited(tx: Tx, id: int, entity: Entity, ids: Iterable[str]) -> set[str]:
    """Those of the records that are expected in ActiveCampaign and were not found there so far."""
    return set(SQL.column(tx, "awaited", id=id, entity=entity, ids=list(ids)))


def missing(tx: Tx, id: int, entity: Entity, after: str | None, limit: int) -> list[Row]:
    """The next records that were not found: {record_id, version, match_key, opted_out} in the order of their ids."""
    return SQL.rows(tx, "missing", id=id, entity=entity, after=after, limit=limit)


def found(tx: Tx, id: int, entity: Entity, ids: Iterable[str]) -> None:
    """Notes that ActiveCampaign has them."""
    SQL.run(tx, "found", id=id, entity=entity, ids=list(ids))


def namesakes(tx: Tx, id: int, names: Sequence[str], hosts: Sequence[str]) -> list[Row]:
    """Accounts of Dynamics in scope with such a name or web domain: {match_key, host, count, found}."""
    return SQL.rows(tx, "namesakes", id=id, names=list(names), hosts=list(hosts))


# Accounts of ActiveCampaign


def put_values(tx: Tx, id: int, values: Mapping[int, Mapping[int, Any]]) -> None:
    """Adds custom values by account and field."""
    rows = [{"ac_id": n, "field_values": {str(k): v for k, v in one.items()}} for n, one in values.items()]
    if rows:
        SQL.run(tx, "put_values", id=id, rows=jsonb(rows))


def put_companies(tx: Tx, id: int, rows: Sequence[Row]) -> None:
    """Adds accounts: {ac_id, match_key, host, company}; company: the row as it came."""
    if rows:
        SQL.run(tx, "put_companies", id=id, rows=jsonb(rows))


def carry(tx: Tx, id: int, carrier: int) -> int:
    """Reads the Dynamics ids out of this field once all accounts are there; answers with how many carry one."""
    SQL.run(tx, "carry", id=id, carrier=str(carrier))
    return int(SQL.value(tx, "carrying", id=id))


def put_members(tx: Tx, id: int, accounts: Mapping[int, int]) -> None:
    """Notes who belongs where: contact to account, by their ids in ActiveCampaign."""
    rows = [{"ac_contact": contact, "ac_account": account} for contact, account in accounts.items()]
    if rows:
        SQL.run(tx, "put_members", id=id, rows=jsonb(rows))


def companies(tx: Tx, id: int, carried: Iterable[str], ac_ids: Iterable[int]) -> list[Company]:
    """The accounts that carry one of these Dynamics ids or have one of these ids, the highest id first."""
    return [_company(row) for row in SQL.rows(tx, "companies", id=id, carried=list(carried), ac_ids=list(ac_ids))]


def companies_found(tx: Tx, id: int, ac_ids: Iterable[int]) -> None:
    """Notes that they stand for a record of Dynamics."""
    SQL.run(tx, "companies_found", id=id, ac_ids=list(ac_ids))


def strangers(tx: Tx, id: int, after: int, limit: int) -> list[Row]:
    """The next accounts that stand for no record and carry no id: {ac_id, match_key, host}."""
    return SQL.rows(tx, "strangers", id=id, after=after, limit=limit)


def belongs(tx: Tx, id: int, contacts: Iterable[int], *, read: bool) -> dict[int, str]:
    """Dynamics ids of the accounts that these contacts belong to, by contact.

    read: Dynamics' accounts were read, so one that it doesn't have any more counts for nothing.
    """
    rows = SQL.rows(tx, "belongs", id=id, contacts=list(contacts), read=read)
    return {row["ac_contact"]: row["carried"] for row in rows}


def known(tx: Tx, id: int, record_ids: Iterable[str]) -> set[str]:
    """Those of the Dynamics accounts that an account of ActiveCampaign stands for."""
    return set(SQL.column(tx, "known", id=id, ids=list(record_ids)))


# Records of custom objects


def judged(tx: Tx, id: int, ac_records: Iterable[str]) -> set[str]:
    """Those of these records of ActiveCampaign that were judged already."""
    return set(SQL.column(tx, "judged", id=id, ids=list(ac_records)))


def put_judged(tx: Tx, id: int, ac_records: Iterable[str]) -> None:
    """Notes that they were judged."""
    SQL.run(tx, "put_judged", id=id, ids=list(ac_records))


def add_sums(tx: Tx, id: int, side: str, rows: Sequence[Row]) -> None:
    """Adds to the sums of `dynamics` or `activecampaign`: {stage, currency, number, estimated, actual}.

    Amounts are decimals as text, so that none is rounded on the way.
    """
    if rows:
        SQL.run(tx, "add_sums", id=id, side=side, rows=jsonb(rows))


def sums(tx: Tx, id: int) -> list[Row]:
    """The sums: {side, stage, currency, number, estimated, actual}, by stage and currency. Amounts are Decimal."""
    return SQL.rows(tx, "sums", id=id)


# What differs


def standing(
    tx: Tx, id: int, connection_id: int, subjects: Sequence[tuple[Entity, str | None, int | None]]
) -> list[Standing]:
    """What stands in the way of each: entity, record of Dynamics, id in ActiveCampaign."""
    rows = [{"n": n, "entity": e, "record_id": r, "ac_id": a} for n, (e, r, a) in enumerate(subjects)]
    found = SQL.rows(tx, "standing", id=id, connection_id=connection_id, rows=jsonb(rows)) if rows else []
    names = ("pending", "asked", "delivered", "delivered_at", "lately")
    return [Standing(row["failure"] or "", **{name: row[name] for name in names}) for row in found]


def differ(tx: Tx, id: int, rows: Sequence[Row]) -> None:
    """Adds differences: {entity, record_id, ac_id, ac_record, fields, missing_in, reasons, explained, repair}."""
    if rows:
        SQL.run(tx, "differ", id=id, rows=jsonb(rows))


def listed(tx: Tx, id: int, entity: Entity, limit: int) -> list[Row]:
    """The first differences of an entity: the columns of the table; those without a reason come first."""
    return SQL.rows(tx, "listed", id=id, entity=entity, limit=limit)


def wrong(tx: Tx, id: int, after: int, limit: int) -> list[Row]:
    """The next differences without a reason: {id, entity, record_id, ac_id, repair}."""
    return SQL.rows(tx, "wrong", id=id, after=after, limit=limit)


def _company(row: Row) -> Company:
    values = {int(key): value for key, value in row["field_values"].items()}
    return Company(row["ac_id"], row["carried"], {**row["company"], "field_values": values})


def prune(tx: Tx, before: datetime) -> int:
    """Forgets comparisons that nobody has gone on with since this time; answers with how many."""
    return SQL.run(tx, "prune", before=before)
