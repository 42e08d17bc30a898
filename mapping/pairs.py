"""One column mapped to one field, and the form its values take on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mapping.columns import Column, ColumnType
from mapping.fields import MANY_OF, Field, FieldKind
from mapping.matrix import Verdict

TEXT_CAP = 255
TEXTAREA_CAP = 16_000
"""ActiveCampaign publishes no lengths; these are careful limits, counted in characters."""


class Shape(StrEnum):
    """The canonical form of a pair: the value as far as both sides can carry it.

    TICK is a yes/no shown as one option to tick: True or None. DAY is a date, INSTANT a date-time in UTC.
    """

    ADDRESS = "address"
    TEXT = "text"
    LINE = "line"
    NAME = "name"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"
    TICK = "tick"
    CHOICE = "choice"
    CHOICES = "choices"
    INSTANT = "instant"
    DAY = "day"


_SHAPES = {
    ColumnType.STRING: Shape.TEXT,
    ColumnType.MEMO: Shape.TEXT,
    ColumnType.UNIQUEIDENTIFIER: Shape.TEXT,
    ColumnType.INTEGER: Shape.WHOLE,
    ColumnType.BIGINT: Shape.WHOLE,
    ColumnType.DECIMAL: Shape.NUMBER,
    ColumnType.DOUBLE: Shape.NUMBER,
    ColumnType.MONEY: Shape.NUMBER,
    ColumnType.BOOLEAN: Shape.YES_NO,
    ColumnType.PICKLIST: Shape.CHOICE,
    ColumnType.STATE: Shape.CHOICE,
    ColumnType.STATUS: Shape.CHOICE,
    ColumnType.MULTI_PICKLIST: Shape.CHOICES,
    ColumnType.DATETIME: Shape.INSTANT,
    ColumnType.DATETIME_FLOATING: Shape.INSTANT,
    ColumnType.DATETIME_AS_DATE: Shape.DAY,
    ColumnType.DATE: Shape.DAY,
    ColumnType.LOOKUP: Shape.NAME,
    ColumnType.CUSTOMER: Shape.NAME,
    ColumnType.OWNER: Shape.NAME,
}

_NARROWED = {
    (ColumnType.STRING, FieldKind.EMAIL): Shape.ADDRESS,
    (ColumnType.MEMO, FieldKind.TEXT): Shape.LINE,
    (ColumnType.MEMO, FieldKind.HIDDEN): Shape.LINE,
    (ColumnType.MONEY, FieldKind.CURRENCY): Shape.MONEY,
    (ColumnType.PICKLIST, FieldKind.NUMBER): Shape.WHOLE,
    (ColumnType.DATETIME, FieldKind.DATE): Shape.DAY,
    (ColumnType.DATETIME_FLOATING, FieldKind.DATE): Shape.DAY,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A checked pair. direction: outbound, inbound or both, as far as the pair can carry it; conflict: who wins.

    on_empty, on_empty_inbound: what an empty value does in ActiveCampaign and in Dynamics, mirror or keep; options:
    option value to label, where it differs from the column's; unknown_option: skip, text or add; standard: from the
    ready-made list, not from the administrator's.
    """

    column: Column
    field: Field
    verdict: Verdict
    on_empty: str = "mirror"
    unknown_option: str = "skip"
    options: Mapping[int, str] | None = None
    standard: bool = False
    direction: str = "outbound"
    conflict: str = "dynamics_wins"
    on_empty_inbound: str = "keep"

    @property
    def shape(self) -> Shape:
        """The canonical form of this pair's values."""
        return shape_of(self.column, self.field)

    @property
    def digits(self) -> int | None:
        """Digits after the point that both sides keep of a number, None for any."""
        known = [one for one in (self.column.precision, self.field.scale) if one is not None]
        return min(known) if known else None

    @property
    def cap(self) -> int:
        """The most characters ActiveCampaign keeps, 0 where that does not apply."""
        if self.shape not in (Shape.TEXT, Shape.LINE, Shape.NAME):
            return 0
        return TEXTAREA_CAP if self.field.kind is FieldKind.TEXTAREA else TEXT_CAP


@dataclass(frozen=True, slots=True)
class Inactive:
    """A mapping that is written down but doesn't run, and why."""

    dynamics: str
    activecampaign: str
    reason: str


def shape_of(column: Column, field: Field) -> Shape:
    """The canonical form: the column's own, narrowed to what the field can show."""
    if column.type is ColumnType.BOOLEAN and field.kind in MANY_OF:
        return Shape.TICK
    return _NARROWED.get((column.type, field.kind), _SHAPES[column.type])
