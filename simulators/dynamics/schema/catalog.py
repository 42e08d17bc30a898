"""The words of the schema: columns, keys, relationships, tables, and the catalog that finds them by name."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

SPACE = uuid.UUID("6f3d6c38-7c8a-4b7e-9a54-2f0f1f4b8a11")
LOOKUPS = frozenset({"Lookup", "Customer", "Owner"})
CHOICES = frozenset({"Picklist", "State", "Status"})
NUMBERS = frozenset({"Decimal", "Double", "Money"})
UNREADABLE = frozenset({"Virtual", "EntityName", "ManagedProperty", "CalendarRules", "PartyList"})


@lru_cache(maxsize=10_000)
def stable_id(*names: str) -> str:
    """An id that stays the same from run to run, for definitions and seeded rows."""
    return str(uuid.uuid5(SPACE, "/".join(names)))


@dataclass
class Option:
    """One choice. `state` is the state code that a status reason belongs to."""

    value: int
    label: str
    state: int | None = None
    name: str | None = None
    default_status: int | None = None


@dataclass(eq=False)
class Column:
    """One column. `kind` is the AttributeType, except MultiSelectPicklist, which the service calls Virtual.

    `navs` gives, for lookups, the navigation property per target table. `attribute_of` marks shadow columns that exist
    in the metadata only.
    """

    name: str
    kind: str
    schema: str
    label: str
    required: str = "None"
    length: int | None = None
    low: float | None = None
    high: float | None = None
    precision: int | None = None
    format: str | None = None
    behavior: str | None = None
    options: list[Option] = field(default_factory=list)
    option_set: str | None = None
    yes: str = "Yes"
    no: str = "No"
    default: Any = None
    targets: tuple[str, ...] = ()
    navs: dict[str, str] = field(default_factory=dict)
    create: bool = True
    update: bool = True
    read: bool = True
    custom: bool = False
    secured: bool = False
    logical: bool = False
    attribute_of: str | None = None
    source_type: int | None = None
    computed: bool = False
    description: str = ""

    def __eq__(self, other: object) -> bool:
        # Environments compare all of their columns when they begin anew, and tuples of thirty fields take long to make.
        return isinstance(other, Column) and vars(self) == vars(other)

    @property
    def lookup(self) -> bool:
        return self.kind in LOOKUPS

    @property
    def wire(self) -> str:
        """The name in JSON."""
        return f"_{self.name}_value" if self.lookup else self.name

    @property
    def stored(self) -> bool:
        return self.attribute_of is None and self.kind not in UNREADABLE

    @property
    def visible(self) -> bool:
        """Whether a read shows it."""
        return self.stored and self.read

    @property
    def typed(self) -> bool:
        """Whether the table that a lookup points at is kept beside the id."""
        return self.lookup and len(self.targets) > 1


@dataclass
class Key:
    """An alternate key. `ready_at` is the moment, in seconds, when its index is built."""

    schema: str
    columns: tuple[str, ...]
    ready_at: float = 0.0
    status: str = "Pending"
    label: str = ""

    @property
    def name(self) -> str:
        return self.schema.lower()


@dataclass
class Association:
    """A many-to-many relationship between two tables; `first` and `second` are logical names."""

    name: str
    first: str
    second: str
    intersect: str
    custom: bool = False


@dataclass
class Table:
    """One table with its columns by logical name."""

    logical: str
    schema: str
    set: str
    otc: int
    key: str
    name: str
    labels: tuple[str, str]
    columns: dict[str, Column] = field(default_factory=dict)
    ownership: str = "UserOwned"
    change_tracking: bool = True
    bulk: bool = True
    optimistic: bool = True
    activity: str | None = None
    has_activities: bool = False
    has_notes: bool = True
    custom: bool = False
    key_addressable: bool = True
    read_only_states: tuple[int, ...] = ()
    indexes: tuple[str, ...] = ()
    collections: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._wired: dict[str, Column] = {}

    @property
    def id(self) -> str:
        return stable_id("table", self.logical)

    @property
    def privilege_name(self) -> str:
        """The end of its privileges' names. Activities share those of the activity pointer."""
        return "Activity" if self.activity else self.schema

    def wired(self, name: str) -> Column | None:
        """The stored column of this name in JSON."""
        wired = self._wired
        if not wired:
            wired = self._wired = {column.wire: column for column in self.columns.values() if column.stored}
        return wired.get(name)

    def visible(self) -> list[Column]:
        return [column for column in self.columns.values() if column.visible]

    def add(self, columns: Iterable[Column]) -> None:
        """Puts columns in. Readers in other threads keep the dictionary they have."""
        self.columns = {**self.columns, **{column.name: column for column in columns}}
        self._wired = {}

    def remove(self, name: str) -> None:
        """Takes a column out, with its shadows."""
        self.columns = {n: c for n, c in self.columns.items() if name not in (c.name, c.attribute_of)}
        self._wired = {}


@dataclass
class Link:
    """A one-to-many relationship as seen from one of its sides."""

    schema: str
    table: Table
    column: Column
    target: Table
    nav: str
    collection: str


class Catalog:
    """All tables and the relationships between them. `version` is the service's globalmetadataversion."""

    def __init__(self, tables: Iterable[Table], associations: Iterable[Association] = ()) -> None:
        self.tables: dict[str, Table] = {}
        self.sets: dict[str, Table] = {}
        self.associations = {association.name: association for association in associations}
        self.relationship_names: dict[tuple[str, str, str], str] = {}
        self.version = 1_000_000
        for table in tables:
            self.add(table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalog) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> Catalog:
        """Another one that says the same and shares nothing."""
        made: Catalog = pickle.loads(pickle.dumps(self))  # noqa: S301  What was written a moment ago.
        return made

    def add(self, table: Table) -> None:
        self.tables = {**self.tables, table.logical: table}
        self.sets = {**self.sets, table.set: table}

    def remove(self, table: Table) -> None:
        self.tables = {name: other for name, other in self.tables.items() if other is not table}
        self.sets = {name: other for name, other in self.sets.items() if other is not table}

    def links_from(self, table: Table) -> dict[str, Link]:
        """Single-valued navigation properties of a table, by name."""
        links: dict[str, Link] = {}
        for column in table.columns.values():
            for target in column.targets:
                if target in self.tables:
                    link = self._link(table, column, self.tables[target])
                    links.setdefault(link.nav, link)
        return links

    def links_to(self, table: Table) -> dict[str, Link]:
        """Collection-valued navigation properties of a table, by name."""
        found = (
            self._link(other, column, table)
            for other in self.tables.values()
            for column in other.columns.values()
            if table.logical in column.targets
        )
        return {link.collection: link for link in found}

    def _link(self, table: Table, column: Column, target: Table) -> Link:
        collection = table.collections.get(column.name, {}).get(target.logical)
        named = self.relationship_names.get((table.logical, column.name, target.logical))
        made = f"{table.logical}_{column.name}_{target.logical}"
        schema = named or collection or made
        return Link(schema, table, column, target, column.navs[target.logical], collection or named or made)

    def associations_of(self, table: Table) -> dict[str, Association]:
        return {n: a for n, a in self.associations.items() if table.logical in (a.first, a.second)}
