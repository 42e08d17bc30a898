"""Groups of columns that rows of several tables share."""

from __future__ import annotations

from random import Random
from typing import Any

from simulators.data import columns, people, words

Row = dict[str, Any]


def company(index: int) -> str:
    """A company's name: the same number, the same name."""
    return f"{words.COMPANY[index % len(words.COMPANY)]} {words.KIND[index // 3 % len(words.KIND)]} {index}"


def customer(column: str, table: str, record: str) -> Row:
    """A lookup that can point at several tables, with the name of the one it points at."""
    return {f"_{column}_value": record, f"{column}_type": table}


def named(someone: people.Person) -> Row:
    """The name, without fullname: Dynamics computes that."""
    return {"firstname": someone.first, "lastname": someone.last}


def human(draw: Random, index: int) -> Row:
    """Phones, work and the wishes about mail: one in eight takes no marketing, one in thirty no mail at all."""
    return {
        "jobtitle": words.JOBS[index % len(words.JOBS)] if index % 5 else None,
        "salutation": ("Dr.", "Ms", "Mr")[index % 3] if index % 4 == 0 else None,
        "telephone1": f"+1 555 {int(draw.random() * 10_000_000):07d}",
        "mobilephone": f"(555) {index % 10_000_000:07d}" if index % 2 else None,
        "websiteurl": f"https://person{index}.example/?a=1&b=2" if index % 10 == 1 else None,
        "donotbulkemail": draw.random() < 0.125,
        "donotemail": draw.random() < 0.033,
    }


def place(index: int) -> Row:
    """A postal address."""
    city, state, code, country = words.PLACES[index % len(words.PLACES)]
    return {
        "address1_line1": f"{1 + index % 300} {words.STREETS[index % len(words.STREETS)]}",
        "address1_line2": f"Floor {index % 30}" if index % 8 == 0 else None,
        "address1_city": city,
        "address1_stateorprovince": state,
        "address1_postalcode": code,
        "address1_country": country,
    }


def chosen(table: str, index: int, row: Row) -> Row:
    """Each option in its turn, then none, so that every value occurs as soon as there are enough rows.

    Seven rows in eight keep the state of a new one, the others take the states in turn.
    """
    chosen: Row = {}
    for column, values in columns.CHOICES[table].items():
        turn = index % (len(values) + 1)
        if turn < len(values):
            chosen[column] = values[turn]
    if "statecode" not in row:
        states = columns.STATES[table]
        chosen["statecode"], chosen["statuscode"] = states[index // 8 % len(states)] if index % 8 == 2 else states[0]
    return chosen
