"""Who the generated people are, and at which address: computed from a number, so nobody needs to be remembered."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from simulators.data import ids, words

BROKEN = (
    "no-at-sign.example",
    "two@@signs.example",
    "blank inside@mail.example",
    "@nobody.example",
    "nobody@",
    "comma,comma@mail.example",
    "dots..dots@mail.example",
    "Ada <ada@mail.example>",
    "one@mail.example; two@mail.example",
)
"""What people type into a field for an address that the service does not check."""

LONGEST = 100
"""Characters that emailaddress1 takes."""


class Person(NamedTuple):
    """One generated person with the address that is his or hers alone."""

    id: str
    first: str
    last: str
    address: str


def slug(name: str) -> str:
    """The name in the letters that a mail server takes everywhere; `person` where none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum()) or "person"


_FIRST = [(name, slug(name)) for name in words.FIRST]
_LAST = [(name, slug(name)) for name in words.LAST]


def person(seed: int, table: str, index: int) -> Person:
    """Person `index` of `table` (contact or lead)."""
    source = ids.digest(seed, table, index)
    first, first_slug = _FIRST[source[16] % len(_FIRST)]
    last, last_slug = _LAST[source[17] % len(_LAST)]
    domain = words.DOMAINS[source[18] % len(words.DOMAINS)]
    return Person(ids.guid(source), first, last, f"{first_slug}.{last_slug}.{table[0]}{index}@{domain}")


def contact_address(seed: int, index: int, own: str) -> str | None:
    """The address on the record of contact `index`: mostly `own`, else one of the ways in which real ones are messy."""
    if index % 20 == 7:
        shared = person(seed, "contact", index - 1).address
        return shared.upper() if index % 40 == 27 else shared
    if index % 25 == 4:
        return None
    return _spoilt(index, own)


def lead_address(seed: int, index: int, own: str, contacts: int) -> str | None:
    """The address on the record of lead `index`. One lead in ten is at the address of a contact, see `partner`."""
    other = partner(index, contacts)
    if other is not None:
        return person(seed, "contact", other).address
    return None if index % 15 == 4 else _spoilt(index, own)


def partner(index: int, contacts: int) -> int | None:
    """The number of the contact who is the same person as lead `index`, or None."""
    return index * 7 % contacts if contacts and index % 10 == 3 else None


def _spoilt(index: int, own: str) -> str:
    local, domain = own.split("@")
    if index % 200 == 13:
        return BROKEN[index // 200 % len(BROKEN)]
    if index % 500 == 17:
        return f"{local.ljust(LONGEST - len(domain) - 1, 'x')}@{domain}"
    if index % 30 == 9:
        return f"{local}+news@{domain}"
    if index % 40 == 11:
        return f"{local.title()}@{domain.title()}"
    return f" {own} " if index % 60 == 8 else own
