"""Which canonical field class reads the column of a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from typing import Any

from marshmallow import fields

from mapping import canonical
from mapping.columns import ColumnType
from mapping.labels import Labels
from mapping.pairs import Pair, Shape

Currencies = Mapping[str, str] | None

_PLAIN: dict[Shape, Callable[[], fields.Field[Any]]] = {
    Shape.ADDRESS: canonical.Address,
    Shape.TEXT: canonical.Text,
    Shape.LINE: canonical.Line,
    Shape.NAME: canonical.Name,
    Shape.WHOLE: canonical.Whole,
    Shape.INSTANT: canonical.Instant,
}
_LABELLED: dict[Shape, Callable[[Labels], fields.Field[Any]]] = {
    Shape.YES_NO: canonical.YesNo,
    Shape.TICK: canonical.Tick,
    Shape.CHOICE: canonical.Choice,
    Shape.CHOICES: canonical.Choices,
}


def field_for(pair: Pair, labels: Labels, zone: tzinfo, currencies: Currencies) -> fields.Field[Any]:
    """The marshmallow field that turns the column's JSON into the pair's canonical form."""
    shape = pair.shape
    if shape in _PLAIN:
        return _PLAIN[shape]()
    if shape in _LABELLED:
        return _LABELLED[shape](labels)
    if shape is Shape.NUMBER:
        return canonical.Number(pair.digits)
    if shape is Shape.MONEY:
        return canonical.Money(currencies, pair.field.currency)
    return _day(pair, zone)


def _day(pair: Pair, zone: tzinfo) -> fields.Field[Any]:
    if pair.column.type is ColumnType.DATE:
        return canonical.Day()
    # A floating date-time is written as if it were UTC, so its date is the one it has there.
    return canonical.DayOf(UTC if pair.column.type is ColumnType.DATETIME_FLOATING else zone)
