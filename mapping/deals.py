"""Opportunities as deals, where ActiveCampaign's plan has deals but no custom objects (decision Q21): the pipeline, the
custom fields, and what a deal says.

Facts: developers.activecampaign.com, page create-a-deal-new: the value is a whole number of cents, of type int32 and
not negative, whatever the currency, which is an ISO code of three lower-case letters; page create-custom-deal-field-
meta; page create-a-custom-field-value of deals: numbers and dates as text, date-times in ISO form with an offset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Final

from mapping.objects import DELETED, STATUS, Attribute
from mapping.pairs import TEXT_CAP, Pair
from mapping.text import cut

SHOWN_AS: Final = "deals"
PIPELINE: Final = "Dynamics 365"
ID_LABEL: Final = "D365 Opportunity ID"
"""The field that carries the Dynamics id: after a lost answer it tells which deal was made."""
NO_STAGE: Final = "Without stage"
"""The stage of opportunities that have none; a deal can't be without."""
UNTITLED: Final = "D365 Opportunity"
MOST_CENTS: Final = 2**31 - 1
WON: Final = 1
LOST: Final = 2
ESTIMATED: Final = "estimated-revenue"
ACTUAL: Final = "actual-revenue"
TOPIC: Final = "topic"
"""The one field that has no custom field beside it: it is the title."""
CURRENCY: Final = "currency"
TEXTS: Final = frozenset({"text", "textarea", "hidden"})


@dataclass(frozen=True, slots=True)
class DealField:
    """One custom field. key: of the mapping, "" for the one with the Dynamics id; kind: ActiveCampaign's name of the
    type it is made with."""

    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Place:
    """Where deals go, as it was described last. pipeline: its id, 0 as long as there is none; owner: the user that new
    deals belong to; currency: of a deal that has none, ISO code; stages: ids by folded title; fields: id and type by
    folded label; withheld: why ActiveCampaign shows no deals at all, "" when it does; advice: what to do about it."""

    pipeline: int = 0
    owner: int = 0
    currency: str = ""
    stages: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    withheld: str = ""
    advice: str = ""


def chosen(settings: Mapping[str, Any]) -> bool:
    """Whether the configuration of opportunities wants them as deals."""
    return settings.get("shown_as") == SHOWN_AS


def wanted(attributes: Iterable[Attribute]) -> tuple[DealField, ...]:
    """The custom fields that deals should have, those of the administrator's own mappings included."""
    others = (DealField(one.id, f"D365 {one.label}", one.kind) for one in attributes if one.id != TOPIC)
    return (DealField("", ID_LABEL), *others)


def described(
    pipelines: Iterable[Mapping[str, Any]],
    stages: Iterable[Mapping[str, Any]],
    fields: Iterable[Mapping[str, Any]],
    owner: int,
) -> dict[str, Any]:
    """What is kept of the account, as JSON. Of several with one name the oldest counts. pipelines, stages, fields: as
    `clients.deals` gives them."""
    ours = [row for row in pipelines if folded(row.get("title")) == folded(PIPELINE)]
    oldest: Mapping[str, Any] = min(ours, key=lambda row: int(row["id"]), default={})
    return {
        "pipeline": oldest.get("id", 0),
        "owner": owner,
        "currency": str(oldest.get("currency") or ""),
        "stages": titles(stages),
        "fields": _oldest((folded(row.get("fieldLabel")), [int(row["id"]), row.get("fieldType")]) for row in fields),
    }


def titles(stages: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Ids of stages by folded title."""
    return _oldest((folded(row.get("title")), int(row["id"])) for row in stages)


def place_of(document: Mapping[str, Any] | None) -> Place | None:
    """The place behind what is kept, None where nobody has looked yet."""
    if document is None:
        return None
    fields = {label: (int(number), str(kind)) for label, (number, kind) in (document.get("fields") or {}).items()}
    return Place(**{**document, "fields": fields})


def lacking(place: Place, fields: Sequence[DealField]) -> tuple[DealField, ...]:
    """Fields that have to be made."""
    return tuple(one for one in fields if folded(one.label) not in place.fields)


def clashes(place: Place, fields: Sequence[DealField]) -> tuple[str, ...]:
    """What stands in the way, in plain words: a field of another type is never replaced, its values would be lost."""
    present = [(one, place.fields[folded(one.label)][1]) for one in fields if folded(one.label) in place.fields]
    return tuple(
        f"{one.label} is a field of deals of type {kind} and should be {one.kind}"
        for one, kind in present
        if kind != one.kind and not {kind, one.kind} <= TEXTS
    )


def custom_values(
    place: Place, fields: Sequence[DealField], record_id: str, wires: Iterable[Mapping[str, Any]], *, new: bool
) -> list[dict[str, Any]]:
    """The `fields` of a deal: all of them, so that what is empty is cleared; of a new one only those that are filled.

    wires: as `CompiledMapping.object_fields` gives them.
    """
    texts = {str(one["id"]): one["value"] for one in wires} | {"": record_id}
    written = [(place.fields[folded(one.label)][0], _text(texts.get(one.key), one.kind)) for one in fields]
    return [{"customFieldId": number, "fieldValue": text} for number, text in written if text or not new]


def read_back(
    place: Place, fields: Sequence[DealField], deal: Mapping[str, Any], words: Mapping[int, str]
) -> list[dict[str, Any]]:
    """What a deal says, as the fields of a record of the custom object.

    Amount, stage and status stand in a deal twice; where its own place says something else than the custom field, that
    counts as what it says. deal: with `values` by the id of their field; words: what the states are called.
    """
    numbers = {one.key: place.fields[folded(one.label)][0] for one in fields if folded(one.label) in place.fields}
    values = {key: deal["values"].get(number) for key, number in numbers.items() if key}
    values |= {TOPIC: deal.get("title"), **_own_currency(deal, values)}
    values |= _own_stage(place, deal, values) | _own_state(deal, values, words) | _own_amount(deal, values)
    return [{"id": key, "value": value} for key, value in values.items() if value not in (None, "")]


def _own_currency(deal: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    own, told = str(deal.get("currency") or "").upper(), values.get(CURRENCY)
    return {CURRENCY: own} if told and own != told else {}


def _own_stage(place: Place, deal: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    number = int(deal.get("stage") or 0)
    if place.stages.get(folded(values.get("stage") or NO_STAGE)) == number:
        return {}
    return {"stage": next((name for name, one in place.stages.items() if one == number), f"stage {number}")}


def _own_state(deal: Mapping[str, Any], values: Mapping[str, Any], words: Mapping[int, str]) -> dict[str, Any]:
    state = int(deal.get("status") or 0)
    fits = not words or values.get(STATUS) == DELETED or values.get(STATUS) == words.get(state)
    return {} if fits else {STATUS: words.get(state)}


def _own_amount(deal: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    won, own = str(deal.get("status")) == str(WON), int(deal.get("value") or 0)
    told = cents(values.get(ESTIMATED) or None, values.get(ACTUAL) or None, won=won)
    key = ACTUAL if won and values.get(ACTUAL) else ESTIMATED
    return {} if told == own else {key: str(Decimal(own).scaleb(-2))}


def title(topic: Any) -> str:
    """The title of a deal, which can't be empty."""
    text = cut(str(topic or ""), TEXT_CAP)
    return text if text.strip() else UNTITLED


def cents(estimated: Any, actual: Any, *, won: bool) -> int | None:
    """The value of a deal in hundredths, rounded half-even: of one that is won what it brought in, where that is known,
    else what was estimated. None for an amount that no deal can have."""
    amount = _number(actual if won and actual is not None else estimated)
    if not 0 <= amount <= MOST_CENTS:
        return None
    whole = int(amount.scaleb(2).quantize(Decimal(1), ROUND_HALF_EVEN))
    return whole if whole <= MOST_CENTS else None


def tells_state(pairs: Iterable[Pair]) -> bool:
    """Whether the status says by its number what is open, won or lost, as both services number it."""
    return any(pair.field.key == STATUS and pair.column.name == "statecode" for pair in pairs)


def told_deleted(wires: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Values of the fields with the status of an opportunity that is gone."""
    return [*(dict(one) for one in wires if one["id"] != STATUS), {"id": STATUS, "value": DELETED}]


def folded(name: Any) -> str:
    """A name as people take it for the same: without blanks around it, in any case."""
    return str(name or "").strip().casefold()


def _number(value: Any) -> Decimal:
    """An amount; what is none is worth nothing, and what is beyond all numbers is too much."""
    try:
        amount = Decimal(str(value)) if value is not None else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
    return Decimal(0) if amount.is_nan() else amount


def _oldest(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _text(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "number":
        return format(Decimal(repr(value) if isinstance(value, float) else str(value)), "f")
    return f"{value.removesuffix('Z')}+00:00" if kind == "datetime" and str(value).endswith("Z") else str(value)
