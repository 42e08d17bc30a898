"""Which Dynamics column may travel into which ActiveCampaign field, and what happens to the value on the way.

Marks: `=` lossless both ways, `<` both ways with the stated rule, `>` to ActiveCampaign only. A pair that isn't listed
isn't offered. Facts: the vendor's field-mapping sheet for Dynamics 365 (help.activecampaign.com, article
4407713300892), widened by pairs that both APIs can carry.
"""

from __future__ import annotations

from dataclasses import dataclass

from mapping.columns import Column, ColumnType
from mapping.fields import Field, FieldKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a pair may be mapped, in which directions, and the rule in one sentence."""

    allowed: bool
    lossless: bool
    outbound: bool
    inbound: bool
    rule: str


_GROUPS = {
    FieldKind.HIDDEN: FieldKind.TEXT,
    FieldKind.RADIO: FieldKind.DROPDOWN,
    FieldKind.LISTBOX: FieldKind.CHECKBOX,
    FieldKind.MULTISELECT: FieldKind.CHECKBOX,
}

_C, _F = ColumnType, FieldKind
_NUMBER_TEXT = ("<", "A number as text; on the way back text that is no number is skipped.")
_LABEL = (">", "The label of the chosen option.")
_NAME = (">", "The name of the record it points to.")
_ROUNDED = ("<", "Rounded half-even to the digits of the column.")
_WHOLE = ("=", "A whole number.")
_STANDARD_TEXT = ("=", "Text; ActiveCampaign keeps 255 characters.")
_FLOATING = ("<", "The time as it is shown, without a zone, written as UTC.")

_RULES: dict[ColumnType, dict[FieldKind, tuple[str, str]]] = {
    _C.STRING: {
        _F.TEXT: _STANDARD_TEXT,
        _F.EMAIL: ("=", "An e-mail address, its spelling kept."),
        _F.PHONE: _STANDARD_TEXT,
        _F.URL: _STANDARD_TEXT,
        _F.TEXTAREA: ("<", "Text; new lines do not fit back into a one-line column."),
        _F.RATING: _NUMBER_TEXT,
    },
    _C.MEMO: {
        _F.TEXT: (">", "The first line, cut at 255 characters."),
        _F.TEXTAREA: ("=", "Text; ActiveCampaign keeps 16,000 characters."),
    },
    _C.INTEGER: {_F.TEXT: _NUMBER_TEXT, _F.RATING: _NUMBER_TEXT, _F.NUMBER: _WHOLE},
    _C.BIGINT: {_F.TEXT: (">", "A number as text."), _F.NUMBER: (">", "A whole number.")},
    _C.DECIMAL: {_F.TEXT: _NUMBER_TEXT, _F.NUMBER: _ROUNDED},
    _C.DOUBLE: {_F.TEXT: _NUMBER_TEXT, _F.NUMBER: _ROUNDED},
    _C.MONEY: {
        _F.TEXT: _NUMBER_TEXT,
        _F.NUMBER: ("<", "The amount without its currency."),
        _F.CURRENCY: ("=", "The amount in cents with the record's currency."),
    },
    _C.BOOLEAN: {
        _F.TEXT: ("<", "The words true and false, or the two words of the mapping."),
        _F.DROPDOWN: ("<", "The two labels of the column, or the two words of the mapping."),
        _F.CHECKBOX: ("<", "Yes ticks the option, no and empty untick it."),
        _F.NUMBER: ("<", "1 for yes, 0 for no."),
    },
    _C.PICKLIST: {
        _F.TEXT: _LABEL,
        _F.DROPDOWN: ("=", "Option by option, matched by label or by the mapping's list."),
        _F.CHECKBOX: ("<", "Exactly one option; on the way back several are skipped."),
        _F.NUMBER: (">", "The number of the chosen option."),
    },
    _C.MULTI_PICKLIST: {
        _F.TEXT: (">", "The labels, separated by semicolons."),
        _F.TEXTAREA: (">", "The labels, separated by semicolons."),
        _F.CHECKBOX: ("=", "Option by option, matched by label or by the mapping's list."),
    },
    _C.STATE: {_F.TEXT: _LABEL, _F.DROPDOWN: _LABEL},
    _C.STATUS: {_F.TEXT: _LABEL, _F.DROPDOWN: _LABEL},
    _C.DATETIME: {
        _F.TEXT: (">", "Date and time in UTC, in ISO form."),
        _F.DATE: ("<", "The date in the configured zone; back it becomes midnight there."),
        _F.DATETIME: ("=", "The same instant."),
    },
    _C.DATETIME_AS_DATE: {
        _F.TEXT: (">", "The date in the configured zone."),
        _F.DATE: ("<", "The date in the configured zone; back it becomes midnight there."),
    },
    _C.DATE: {
        _F.TEXT: (">", "The date in ISO form."),
        _F.DATE: ("=", "The same date, no zone involved."),
        _F.DATETIME: ("<", "Midnight in the configured zone."),
    },
    _C.DATETIME_FLOATING: {
        _F.TEXT: (">", "Date and time in ISO form."),
        _F.DATE: ("<", "The date as it is shown; back it becomes midnight."),
        _F.DATETIME: _FLOATING,
    },
    _C.LOOKUP: {_F.TEXT: _NAME},
    _C.CUSTOMER: {_F.TEXT: _NAME},
    _C.OWNER: {_F.TEXT: _NAME},
    _C.UNIQUEIDENTIFIER: {_F.TEXT: (">", "The id.")},
}


def compatible(column: Column, field: Field) -> Verdict:
    """Whether this column may be mapped to this field. Calculated and read-only columns travel outbound only."""
    if field.kind is FieldKind.RELATION:
        return _relation(column, field)
    if field.target not in ("contact", "account", "opportunity") or field.kind is FieldKind.DEAL:
        return _refused(f"{field.label} is a field of deals, and those can't be mapped.")
    if field.kind is FieldKind.UNKNOWN:
        return _refused(f"{field.label} has a type that ac365 does not know, so nothing is mapped to it.")
    mark, rule = _RULES[column.type].get(_GROUPS.get(field.kind, field.kind), ("", ""))
    if not mark:
        return _refused(f"{_words(column.type)} column does not fit into {_words(field.kind)} field.")
    writable = column.updatable and not column.calculated
    return Verdict(True, mark == "=", column.readable, mark != ">" and writable, rule)


def _relation(column: Column, field: Field) -> Verdict:
    if column.type in (ColumnType.LOOKUP, ColumnType.CUSTOMER) and field.key in (column.targets or (field.key,)):
        writable = column.updatable and not column.calculated
        return Verdict(True, True, True, writable, "The person belongs to the same account on both sides.")
    return _refused(f"{field.label} is a relation; only a lookup of an account leads there.")


def _refused(rule: str) -> Verdict:
    return Verdict(False, False, False, False, rule)


def _words(kind: str) -> str:
    article = "An" if kind[0] in "aeiou" else "A"
    words = kind.replace("_", " ")
    return f"{article} {words}" if isinstance(kind, ColumnType) else f"{article.lower()} {words}"
