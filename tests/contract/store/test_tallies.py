"""The numbers that are kept always equal those that one would count, whatever happened, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from support.stored import LATER, NOW, House, change

from store import conflicts, failures, outbox, outcomes, records, tallies
from sync.model import Entity

TRUTH = """
    SELECT 'record' AS kind, entity::text, '' AS direction, state AS what, count(*) AS number FROM records GROUP BY 2, 4
    UNION ALL
    SELECT 'outbox', entity, direction, '', count(*) FROM outbox GROUP BY 2, 3
    UNION ALL
    SELECT 'failure', entity, direction, class, count(*) FROM failures
    WHERE state IN ('open', 'retrying') GROUP BY 2, 3, 4
    UNION ALL
    SELECT 'conflict', entity, '', state, count(*) FROM conflicts WHERE state = 'open' GROUP BY 2, 4
    ORDER BY 1, 2, 3, 4
"""
DAYS = """
    SELECT (at AT TIME ZONE 'UTC')::date AS day, direction::text, outcome::text, count(*) AS number
    FROM outcomes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
STATES = ("linked", "shadowed", "out_of_scope", "no_address", "deleted")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ENTITIES = (Entity.ACCOUNT, Entity.CONTACT)


class Somebody:
    """Does arbitrary things to a few records."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.dice, self.stream = house, random.Random(seed), house.stream(read=100_000)

    def some(self) -> list[str]:
        return [str(UUID(int=one)) for one in self.dice.sample(range(1, 12), self.dice.randrange(1, 6))]

    def read(self) -> None:
        rows = [
            {"entity": e, "record_id": one, "state": self.dice.choice(STATES), "version": self.dice.randrange(9)}
            for one in self.some()
            for e in ENTITIES
        ]
        self.house.mine(records.put, rows)

    def file(self) -> None:
        rows = [change(one, self.dice.randrange(9), address=f"{one}@contoso.example") for one in self.some()]
        self.house.put(self.stream, *rows)

    def deliver(self) -> None:
        taken = self.house.claim(limit=self.dice.randrange(1, 9))
        kept = [one for one in taken if self.dice.random() < 0.6]
        ends = [{"id": one.id, "outcome": self.dice.choice(("created", "failed")), "unlink": False} for one in kept]
        self.house.settle(*ends)
        self.house.do(outbox.back, [{"id": one.id, "due_at": None, "error": None} for one in taken if one not in kept])

    def fail(self) -> None:
        rows = [
            {"connection_id": self.house.id, "entity": "contact", "record_id": one, "stage": "upsert",
             "direction": self.dice.choice(("outbound", "inbound")), "class": self.dice.choice(("again", "stop"))}
            for one in self.some()
        ]  # fmt: skip
        ids = self.house.do(failures.file, rows)
        self.house.do(failures.discard, ids[:1])
        self.house.do(failures.request_retry, ids[1:2])
        self.house.mine(failures.resolve, Entity.CONTACT, self.some())

    def contradict(self) -> None:
        rows = [
            {"connection_id": self.house.id, "entity": "contact", "record_id": one, "key": "JOB_TITLE", "policy": "ask",
             "winner": self.dice.choice(("", "dynamics"))}
            for one in self.some()
        ]  # fmt: skip
        self.house.mine(lambda tx, _: conflicts.add(tx, rows))
        opened = self.house.mine(conflicts.listed, "open")
        self.house.mine(conflicts.resolve, [row["id"] for row in opened[:2]], "dynamics", "test")

    def tell(self) -> None:
        row = {"connection_id": self.house.id, "entity": "contact", "outcome": self.dice.choice(("updated", "skipped"))}
        self.house.do(outcomes.add, [{**row, "record_id": one} for one in self.some()])

    def change_their_mind(self) -> None:
        row = {"entity": "contact", "record_id": self.some()[0], "state": "linked", "version": 99}
        with self.house.db.transaction() as tx:
            records.put(tx, self.house.id, [row])
            tx.rollback()

    def keep_house(self) -> None:
        moment = LONG_AGO if self.dice.random() < 0.5 else LATER
        self.house.do(outcomes.prepare, moment)
        self.house.do(tallies.fold)


@pytest.mark.parametrize("seed", range(4))
def test_tallies_equal_the_tables_after_arbitrary_operations(house: House, seed: int) -> None:
    person = Somebody(house, seed)
    deeds: list[Callable[[], None]] = [
        person.read, person.file, person.deliver, person.fail, person.contradict, person.tell,
        person.change_their_mind, person.keep_house,
    ]  # fmt: skip
    for _ in range(60):
        person.dice.choice(deeds)()
        assert_true(house)
    house.do(tallies.fold)
    assert_true(house)


def assert_true(house: House) -> None:
    def counted(tx: Any) -> tuple[Any, ...]:
        return tx.execute(TRUTH).fetchall(), tx.execute(DAYS).fetchall()

    standing, days = house.do(counted)
    assert house.mine(tallies.standing) == standing
    assert house.mine(tallies.days, (NOW - timedelta(days=36500)).date()) == days


def test_folding_leaves_one_row_for_each_number(house: House) -> None:
    for version in range(5):
        row = {"entity": "contact", "record_id": str(UUID(int=version + 1)), "state": "linked", "version": 1}
        house.mine(records.put, [row])
    assert house.do(tallies.fold) == 1
    assert house.do(tallies.fold) == 0


def test_what_was_moved_to_its_month_counts_once_and_goes_with_it(house: House) -> None:
    def long_ago(tx: Any) -> None:
        columns = "at, connection_id, entity, record_id, outcome"
        row = [LONG_AGO, house.id, "contact", str(UUID(int=1)), "created"]
        tx.execute(f"INSERT INTO outcomes ({columns}) VALUES (%s, %s, %s, %s, %s)", row)

    house.do(long_ago)
    house.do(outcomes.prepare, LONG_AGO)
    assert_true(house)
    house.do(outcomes.prune, LONG_AGO + timedelta(days=60))
    house.do(tallies.forget, (LONG_AGO + timedelta(days=60)).date())
    assert_true(house)
