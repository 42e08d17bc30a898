"""Which columns of a table have to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapping import derived
from mapping.columns import Column, ColumnType
from mapping.pairs import Pair
from mapping.standard import PRIMARY_KEYS

_ALWAYS = ("statecode", "statuscode", "modifiedon", "modifiedby", "donotemail", "donotbulkemail", "merged", "masterid")
_OWN = {
    "account": (),
    "contact": ("emailaddress1", "parentcustomerid", "originatingleadid"),
    "lead": ("emailaddress1", "parentaccountid"),
    "opportunity": ("parentcontactid", "customerid", "parentaccountid", *derived.SOURCES),
}


def selected(
    entity: str, columns: Mapping[str, Column], pairs: Iterable[Pair], extra: Iterable[str] = ()
) -> tuple[str, ...]:
    """$select names: the key, what the sync always looks at, what is mapped, then the extra ones; each once.

    Columns that the table does not have are left out, except extra ones that aren't known by their logical name.
    """
    mapped = [pair.column for pair in pairs if pair.column.name not in derived.COLUMNS]
    always = [columns[name] for name in (*_OWN[entity], *_ALWAYS) if name in columns]
    money = any(column.type is ColumnType.MONEY for column in mapped)
    currency = [columns[name] for name in ("transactioncurrencyid",) if money and name in columns]
    keys = [column.row_key for column in (*always, *mapped, *currency)]
    further = [columns[name].row_key if name in columns else name for name in extra]
    return tuple(dict.fromkeys((PRIMARY_KEYS[entity], *keys, *further)))
