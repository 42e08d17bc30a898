"""How the options of a column are written in ActiveCampaign, and read back (decision Q9)."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mapping.columns import Column, ColumnType
from mapping.fields import MANY_OF, ONE_OF, Field, FieldKind
from mapping.pairs import Pair

_TWO_WORDS = (("Yes", "No"), ("true", "false"), ("1", "0"))


@dataclass(frozen=True, slots=True)
class Labels:
    """written: option value to the text to write, in option order; missing: labels that ActiveCampaign lacks."""

    written: Mapping[int, str] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def read(self, text: str) -> int:
        """The option behind a text: exact first, then whatever the case, then with HTML escapes undone.

        Raises ValueError where no option is written like that. Of several the first in option order is taken.
        """
        for candidate in (text, html.unescape(text)):
            found = _first(self.written, candidate)
            if found is not None:
                return found
        raise ValueError("is none of the options")


def labels_of(pair: Pair) -> Labels:
    """Matches the pair's labels with the field's options; what can't be written is in `problems` with the reason."""
    wanted = _wanted(pair)
    written: dict[int, str] = {}
    problems: dict[int, str] = {}
    missing: list[str] = []
    for value, label in wanted.items():
        spelled = _spelled(label, pair)
        if spelled:
            written[value] = spelled
        elif label and not _unusable(label, pair.field):
            missing.append(label)
        if not spelled:
            problems[value] = _problem(value, label, pair.field)
    return Labels(written, problems, tuple(dict.fromkeys(missing)))


def _wanted(pair: Pair) -> dict[int, str]:
    base = _yes_no(pair) if pair.column.type is ColumnType.BOOLEAN else _column_labels(pair.column)
    return {**base, **{int(value): label for value, label in (pair.options or {}).items()}}


def _column_labels(column: Column) -> dict[int, str]:
    return {option.value: option.label for option in column.options}


def _yes_no(pair: Pair) -> dict[int, str]:
    """The two words of a boolean. A tick box needs one only: its single option, or the one that says yes."""
    own, options = _column_labels(pair.column), pair.field.options
    if pair.field.kind is FieldKind.NUMBER:
        return {1: "1", 0: "0"}
    if pair.field.kind in MANY_OF:
        return {1: options[0] if len(options) == 1 else _one_of(options, (own.get(1, ""), "true", "yes", "1"))}
    if pair.field.kind not in ONE_OF:
        return {1: "true", 0: "false"}
    for yes, no in ((own.get(1, ""), own.get(0, "")), *_TWO_WORDS):
        if _match(yes, options) and _match(no, options):
            return {1: yes, 0: no}
    return {1: own.get(1, "Yes"), 0: own.get(0, "No")}


def _one_of(options: Iterable[str], words: Iterable[str]) -> str:
    known = tuple(options)
    return next((match for word in words if (match := _match(word, known))), "true")


def _spelled(label: str, pair: Pair) -> str:
    """The label as ActiveCampaign spells it, or "" where it can't be written there."""
    if not label or _unusable(label, pair.field):
        return ""
    if pair.field.kind not in ONE_OF | MANY_OF:
        return label
    return _match(label, pair.field.options) or (label if pair.unknown_option == "text" else "")


def _unusable(label: str, target: Field) -> bool:
    # Contacts keep several values in one string, parted by double bars, so a label must not hold them.
    return target.target == "contact" and target.kind in MANY_OF and "||" in label


def _problem(value: int, label: str, target: Field) -> str:
    if not label:
        return f"option {value} has no label in Dynamics"
    if _unusable(label, target):
        return f"the label of option {value} contains double bars, which ActiveCampaign uses to part options"
    return f"ActiveCampaign has no option {label!r}"


def _match(label: str, options: Iterable[str]) -> str:
    known = tuple(options)
    if label in known:
        return label
    folded = label.casefold()
    return next((option for option in known if option.casefold() == folded), "")


def _first(written: Mapping[int, str], text: str) -> int | None:
    exact = next((value for value, label in written.items() if label == text), None)
    if exact is not None:
        return exact
    folded = text.strip().casefold()
    return next((value for value, label in written.items() if label.strip().casefold() == folded), None)
