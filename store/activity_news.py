"""News: contacts that something happened to which the feed has not shown, and when each was looked at last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("activity_news")


def hint(tx: Tx, connection_id: int, ac_id: int, at: datetime, now: datetime) -> None:
    """A webhook says that something happened to a contact at that time; saying it twice is saying it once."""
    SQL.run(tx, "hint", connection_id=connection_id, ac_id=ac_id, at=at, now=now)


def note(tx: Tx, connection_id: int, rows: Sequence[Row], now: datetime) -> None:
    """Evidence from a list: {ac_id, evidence_at, sends, sends_since}. It adds to what was noted before."""
    if rows:
        SQL.run(tx, "note", connection_id=connection_id, rows=jsonb(rows), now=now)


def seen(tx: Tx, connection_id: int, ac_ids: Sequence[int]) -> dict[int, Row]:
    """{sent, swept_at, covered_at, fetched_at} of those contacts that were looked at before."""
    rows = SQL.rows(tx, "seen", connection_id=connection_id, ac_ids=list(ac_ids))
    return {row["ac_id"]: row for row in rows}


def saw(tx: Tx, connection_id: int, sent: Mapping[int, int], at: datetime) -> None:
    """Notes that contacts were looked at, and how many mails each had got."""
    rows = [{"ac_id": one, "sent": number} for one, number in sent.items()]
    if rows:
        SQL.run(tx, "saw", connection_id=connection_id, rows=jsonb(rows), at=at)


def linked_after(tx: Tx, connection_id: int, after: int, limit: int) -> list[int]:
    """The next linked contacts whose id is known, in the order of ids."""
    return SQL.column(tx, "linked_after", connection_id=connection_id, after=after, limit=limit)


def linked(tx: Tx, connection_id: int) -> int:
    """How many contacts are linked."""
    return int(SQL.value(tx, "linked", connection_id=connection_id))


def strangers(tx: Tx, connection_id: int) -> int:
    """Forgets news of contacts that aren't linked; answers with how many."""
    return SQL.run(tx, "strangers", connection_id=connection_id)


def stale(tx: Tx, connection_id: int, before: datetime) -> int:
    """Forgets suspicions that are older than that and that no webhook raised; answers with how many."""
    return SQL.run(tx, "stale", connection_id=connection_id, before=before)


def explained(tx: Tx, connection_id: int) -> int:
    """Ends what the feed has shown meanwhile; answers with how many contacts that were."""
    rows = SQL.rows(tx, "explained", connection_id=connection_id)
    cover(tx, connection_id, {row["ac_id"]: row["evidence_at"] for row in rows if row["evidence_at"]})
    return len(rows)


def next_one(tx: Tx, connection_id: int, now: datetime, settled_before: datetime, noted_before: datetime) -> Row | None:
    """Whose feed is to be read next: the row of the news with `fetched_at`; None when it is nobody's turn.

    settled_before: what happened after that may still be on its way by itself; noted_before: the same of news without a
    date, by when they were noted.
    """
    times = {"now": now, "settled_before": settled_before, "noted_before": noted_before}
    return SQL.row(tx, "next", connection_id=connection_id, **times)


def met(tx: Tx, connection_id: int, news: Row) -> bool:
    """Whether the events that are filed explain these news."""
    facts = {name: news[name] for name in ("ac_id", "evidence_at", "sends", "sends_since")}
    return bool(SQL.value(tx, "met", connection_id=connection_id, **facts))


def fetched(tx: Tx, connection_id: int, ac_id: int, at: datetime) -> None:
    """Notes that a contact's own feed was read, up to that time."""
    SQL.run(tx, "fetched", connection_id=connection_id, ac_id=ac_id, at=at)


def cover(tx: Tx, connection_id: int, until: Mapping[int, datetime]) -> None:
    """Notes up to which date contacts' news are known."""
    rows = [{"ac_id": one, "at": at} for one, at in until.items()]
    if rows:
        SQL.run(tx, "cover", connection_id=connection_id, rows=jsonb(rows))


def done(tx: Tx, connection_id: int, news: Row) -> bool:
    """Ends a contact's news. False: newer ones were noted meanwhile."""
    facts = {name: news[name] for name in ("ac_id", "evidence_at", "sends")}
    ended = SQL.run(tx, "done", connection_id=connection_id, **facts) == 1
    if ended and news["evidence_at"]:
        cover(tx, connection_id, {news["ac_id"]: news["evidence_at"]})
    return ended


def later(tx: Tx, connection_id: int, ac_id: int, due_at: datetime) -> None:
    """Puts a contact's news off."""
    SQL.run(tx, "later", connection_id=connection_id, ac_id=ac_id, due_at=due_at)


def drop(tx: Tx, connection_id: int, ac_id: int) -> None:
    """Ends the news of a contact that is gone."""
    SQL.run(tx, "drop", connection_id=connection_id, ac_id=ac_id)


def waiting(tx: Tx, connection_id: int) -> Row:
    """{waiting, hinted, oldest}: contacts whose news were not fetched yet."""
    return SQL.row(tx, "waiting", connection_id=connection_id) or {"waiting": 0, "hinted": 0, "oldest": None}
