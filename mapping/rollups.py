"""The contact fields that sum up somebody's opportunities where ActiveCampaign has no custom objects (decision Q21).

Facts: developers.activecampaign.com, page create-a-contact-custom-field: contacts have no field type for amounts, so
numbers travel as text. A field's type never changes, and its title is unique.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mapping.fields import Field, FieldKind

SHOWN_AS: Final = "contact_fields"
OPEN_COUNT: Final = "D365_OPEN_OPPORTUNITIES"
OPEN_REVENUE: Final = "D365_OPEN_REVENUE"
WON_REVENUE: Final = "D365_WON_REVENUE"
LAST_STAGE: Final = "D365_LAST_STAGE"
LAST_TOPIC: Final = "D365_LAST_OPPORTUNITY"
LAST_STATUS: Final = "D365_LAST_STATUS"
NEXT_CLOSE: Final = "D365_NEXT_CLOSE_DATE"


@dataclass(frozen=True, slots=True)
class ContactField:
    """One field. tag: its personalisation tag; kind: ActiveCampaign's name of the type it is made with; fits: types
    that do as well, where somebody made it before."""

    tag: str
    title: str
    kind: str = "text"
    fits: frozenset[FieldKind] = frozenset({FieldKind.TEXT, FieldKind.TEXTAREA, FieldKind.HIDDEN})


FIELDS: Final = (
    ContactField(OPEN_COUNT, "D365 Open Opportunities"),
    ContactField(OPEN_REVENUE, "D365 Open Revenue"),
    ContactField(WON_REVENUE, "D365 Won Revenue"),
    ContactField(LAST_STAGE, "D365 Last Stage"),
    ContactField(LAST_TOPIC, "D365 Last Opportunity"),
    ContactField(LAST_STATUS, "D365 Last Status"),
    ContactField(NEXT_CLOSE, "D365 Next Close Date", "date", frozenset({FieldKind.DATE})),
)


def chosen(settings: Mapping[str, Any]) -> bool:
    """Whether the configuration of opportunities wants them in these fields, and not as records."""
    return settings.get("shown_as") == SHOWN_AS


def known(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Those that an account has among its contact fields, by the tag they should have; one may be known by its title.

    A field of another type is left out, see `clashes`.
    """
    return {one.tag: found for one in FIELDS if (found := _present(one, fields)) and found.kind in one.fits}


def lacking(fields: Mapping[str, Field]) -> tuple[ContactField, ...]:
    """Those that have to be made."""
    return tuple(one for one in FIELDS if _present(one, fields) is None)


def clashes(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """What stands in the way, in plain words: a field of another type is never replaced, its values would be lost."""
    present = [(one, _present(one, fields)) for one in FIELDS]
    return tuple(
        f"{one.title} is a field of type {found.kind} and should be {one.kind}"
        for one, found in present
        if found and found.kind not in one.fits
    )


def body(fields: Mapping[str, Field], values: Mapping[str, str]) -> dict[str, Any]:
    """The `contact` of an update. fields: as `known` gives them; values: by tag, "" clears."""
    written = [{"field": str(fields[tag].id), "value": value} for tag, value in values.items() if tag in fields]
    return {"fieldValues": written}


def _present(one: ContactField, fields: Mapping[str, Field]) -> Field | None:
    """By its tag before its title: people rename fields."""
    by_title = (field for field in fields.values() if field.id and field.label.strip().lower() == one.title.lower())
    return fields.get(one.tag) or next(by_title, None)
