"""Single records of Dataverse: by id, and people by address.

Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/query/filter-rows (the function In; text compares
without case; `%`, `_` and `[…]` may act as wildcards; an apostrophe is doubled).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clients.dynamics_pages import Row, newest, page_from, prefer
from clients.dynamics_reader import Reader
from clients.tables import FACTS
from sync.errors import Missing
from sync.model import Entity, Lane

IDS_PER_REQUEST = 100
ADDRESS = "emailaddress1"
# What a list in double quotes can't carry safely. Wildcards have no meaning in a list.
AWKWARD = re.compile(r"[\"'\\\[\]\x00-\x1f]")
WILDCARD = re.compile(r"[%_\[]")


class Records(Reader):
    """Reads of records that are known by something."""

    def row(
        self, entity_set: str, record_id: str, select: Sequence[str], *, annotations: bool = False, lane: Lane
    ) -> Row | None:
        """One record, None when it does not exist."""
        wanted = prefer(select, page_size=None, track=False, annotations=annotations)
        try:
            data: Row = self.json(f"{entity_set}({record_id})", {"$select": ",".join(select)}, prefer=wanted, lane=lane)
        except Missing:
            return None
        return data

    def rows_by_id(
        self,
        entity_set: str,
        key: str,
        select: Sequence[str],
        ids: Sequence[str],
        *,
        annotations: bool = False,
        lane: Lane,
    ) -> list[Row]:
        """The records with these ids, in any order; those that are gone are left out. 100 ids per request."""
        rows: list[Row] = []
        for some in portions(ids, IDS_PER_REQUEST):
            rows += self._matching(entity_set, key, select, one_of(key, some), annotations, lane)
        return newest(rows, key)

    def people_at(
        self,
        entity: Entity,
        addresses: Sequence[str],
        select: Sequence[str],
        *,
        annotations: bool = False,
        lane: Lane,
    ) -> list[Row]:
        """The contacts or leads whose `emailaddress1` is one of these, trimmed and without case, in any order.

        `emailaddress1` is selected in any case. 100 addresses per request; whoever a wildcard let through is dropped.
        """
        facts = FACTS[entity]
        columns = list(dict.fromkeys((*select, ADDRESS)))
        wanted = sorted({folded(address) for address in addresses} - {""})
        rows: list[Row] = []
        for some in portions(wanted, IDS_PER_REQUEST):
            rows += self._matching(facts.entity_set, facts.key, columns, at_one_of(some), annotations, lane)
        return newest((row for row in rows if folded(row[ADDRESS] or "") in wanted), facts.key)

    def rows_where(
        self, entity_set: str, key: str, select: Sequence[str], where: str, *, annotations: bool = False, lane: Lane
    ) -> list[Row]:
        """The records that match the $filter `where`, in any order."""
        return newest(self._matching(entity_set, key, select, where, annotations, lane), key)

    def _matching(
        self, entity_set: str, key: str, select: Sequence[str], where: str, annotations: bool, lane: Lane
    ) -> Iterator[Row]:
        wanted = prefer(select, page_size=None, track=False, annotations=annotations)
        data = self.json(entity_set, {"$select": ",".join(select), "$filter": where}, prefer=wanted, lane=lane)
        link: str | None = None
        while True:
            page = page_from(data, key=key, asked=link)
            yield from page.rows
            link = page.next_link
            if not link:
                return
            data = self.json(link, prefer=wanted, lane=lane)


def folded(address: str) -> str:
    """The form in which addresses are compared: trimmed, in lower case."""
    return address.strip().lower()


def at_one_of(addresses: Sequence[str]) -> str:
    """The $filter for these addresses; the answer may hold others as well."""
    plain = [address for address in addresses if not AWKWARD.search(address)]
    others = [form for address in addresses if AWKWARD.search(address) for form in _forms(address)]
    listed = [one_of(ADDRESS, plain)] if plain else []
    return " or ".join([*listed, *(f"{ADDRESS} eq '{form}'" for form in others)])


def _forms(address: str) -> dict[str, None]:
    """As it is and with its wildcards escaped: whether `eq` heeds them is not documented, and either way one fits."""
    doubled = address.replace("'", "''")
    return dict.fromkeys((doubled, WILDCARD.sub(r"[\g<0>]", doubled)))


def one_of(column: str, values: Sequence[str]) -> str:
    """The $filter for rows whose column is one of these."""
    listed = ",".join(f'"{value}"' for value in values)
    return f"Microsoft.Dynamics.CRM.In(PropertyName='{column}',PropertyValues=[{listed}])"


def portions(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """`items` in pieces of at most `size`."""
    for first in range(0, len(items), size):
        yield items[first : first + size]
