"""Which values of a cycle are put back: those that both sides still hold as the cycle wrote them, and no others.

there        agreed on      then
before       any            nothing: it is so already
after        after          put back
else         any            left alone: somebody changed it since
any          else           left alone: something newer travelled since
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sync import merge
from sync.model import Canonical, Entity

ALREADY: Final = "is so already"
CHANGED: Final = "changed since"
UNMAPPED: Final = "no longer mapped"
UNREADABLE: Final = "can't be read now"
IDENTITY: Final = "says who it is, and is never put back"
FIXED: Final[Mapping[Entity, frozenset[str]]] = {
    Entity.ACCOUNT: frozenset({"name"}),
    Entity.CONTACT: frozenset({merge.EMAIL}),
    Entity.LEAD: frozenset({merge.EMAIL}),
}
"""By these records and contacts are matched: to put them back could hand one person's values to another."""

Values: TypeAlias = Mapping[str, Canonical]
Same: TypeAlias = Callable[[str, Canonical, Canonical], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """put_back: values to write, None clears; left: why the other fields stay as they are."""

    put_back: Values = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def judge(
    before: Values,
    after: Values,
    agreed: Values,
    there: Values,
    *,
    mapped: Collection[str],
    fixed: Collection[str] = (),
    same: Same = merge.same,
) -> Verdict:
    """Decides about one record, field by field of `before`. Pure: the same arguments always get the same answer.

    before, after: what a cycle found and what it wrote on one side; agreed: what both sides last agreed on; there: what
    the written side holds at this moment, a missing key means not known; mapped: the fields that still travel; fixed:
    those that are never put back; same: whether two values of a field mean the same.
    """

    def why_not(key: str) -> str:
        if key in fixed:
            return IDENTITY
        if key not in mapped:
            return UNMAPPED
        if key not in there:
            return UNREADABLE
        if same(key, before[key], there[key]):
            return ALREADY
        untouched = same(key, after.get(key), agreed.get(key)) and same(key, after.get(key), there[key])
        return "" if untouched else CHANGED

    left = {key: why for key in before if (why := why_not(key))}
    return Verdict({key: value for key, value in before.items() if key not in left}, left)


def all_left(before: Values, reason: str) -> Verdict:
    """Nothing of a record is put back, for one reason."""
    return Verdict(left=dict.fromkeys(before, reason))
