"""One pair with its three functions: read the column, write the field, read the field."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from marshmallow import fields

from mapping.converters import Currencies, field_for
from mapping.decode import decoder, empty
from mapping.encode import encoder
from mapping.labels import Labels, labels_of
from mapping.pairs import Pair, Shape
from mapping.text import clean, cut

Convert = Callable[[Any, str | None, Mapping[str, Any] | None], Any]


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries the values of one pair. schema_field: the marshmallow field that reads the Dynamics column."""

    pair: Pair
    labels: Labels
    schema_field: fields.Field[Any]
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    shape: Shape
    cap: int

    def wire(self, value: Any) -> Any:
        """The wire form, "" for None; None when this value can't be written (any more)."""
        if value is None:
            return ""
        try:
            return self.encode(value)
        except (KeyError, ValueError, ArithmeticError, TypeError):
            return None

    def theirs(self, wire: Any) -> Any:
        """The canonical form of what ActiveCampaign holds; a text that the pair can't carry stays as it is."""
        if empty(wire):
            return None
        try:
            value = self.decode(wire)
        except (ValueError, ArithmeticError):
            return wire
        return cut(value, self.cap) if self.cap and isinstance(value, str) else value

    def same(self, ours: Any, theirs: Any) -> bool:
        """Whether two canonical values mean the same: HTML escapes undone, options by label, addresses in any case."""
        if ours == theirs:
            return True
        if ours is None or theirs is None:
            return False
        if self.shape is Shape.ADDRESS:
            return str(ours).casefold() == str(theirs).casefold()
        if self.shape is Shape.MONEY:
            return _same_money(str(ours), str(theirs))
        if isinstance(ours, str):
            return isinstance(theirs, str) and clean(html.unescape(theirs)) == ours
        written = self.wire(ours)
        return written is not None and written == self.wire(theirs)


def carrier_of(pair: Pair, zone: tzinfo, currencies: Currencies) -> Carrier:
    """Builds the functions of a pair once, so that a record costs a few calls."""
    labels = labels_of(pair)
    read = field_for(pair, labels, zone, currencies)
    write, back = encoder(pair, labels, zone), decoder(pair, labels, zone)
    return Carrier(pair, labels, read, write, back, pair.shape, pair.cap)


def _same_money(ours: str, theirs: str) -> bool:
    """Amounts are the same when their numbers are, and their currencies as far as both are known."""
    (amount, _, code), (other_amount, _, other_code) = ours.partition(" "), theirs.partition(" ")
    return amount == other_amount and (code == other_code or not code or not other_code)
