"""The currency of a Dynamics row while amounts are written to it: a row has one for all of its amounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mapping.converters import Currencies
from mapping.encode import currency_of
from mapping.fields import Field

KEY: Final = "_transactioncurrencyid_value"
BIND: Final = "transactioncurrencyid@odata.bind"
_UNKNOWN: Final = "?"


class RowCurrency:
    """What one row's amounts are in. row: as it was read, None for a new one; bind: what goes into the body.

    currencies: ISO code by id, None when they are not known; bindable: whether the table has a currency column.
    """

    def __init__(self, row: Mapping[str, Any] | None, currencies: Currencies, *, bindable: bool) -> None:
        self.bind: dict[str, str] = {}
        self._ids = {code.upper(): key for key, code in (currencies or {}).items()} if bindable else {}
        self._known = currencies
        self._id: str | None = row.get(KEY, _UNKNOWN) if row is not None else None

    def refusal(self, amount: str, field: Field) -> str:
        """Why this amount can't be written to the row, "" when it can; the row's first amount brings the currency."""
        code = currency_of(amount)
        if self._id is None:
            return self._first(code or field.currency)
        present = self._code(field)
        if code and present in ("", _UNKNOWN):
            return "is in a currency, and that of the record is not known"
        return "is in another currency than the record" if code and code != present else ""

    def _first(self, code: str) -> str:
        if code and code not in self._ids:
            return "is in a currency that Dynamics does not have"
        if code:
            self._id = self._ids[code]
            self.bind = {BIND: f"/transactioncurrencies({self._id})"}
        return ""

    def _code(self, field: Field) -> str:
        if self._known is None and self._id != _UNKNOWN:
            return field.currency
        return str((self._known or {}).get(str(self._id), _UNKNOWN)).upper()
