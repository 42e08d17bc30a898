"""The custom object that shows Dynamics' opportunities in ActiveCampaign: its definition, and how one that is there
becomes it without losing a record.

Facts: developers.activecampaign.com, pages create-a-schema and update-a-schema; help.activecampaign.com, article
5195780267292 (the triggers "created" and "updated" bear the singular label). The fields are decision Q12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

SLUG: Final = "d365-opportunity"
LABELS: Final = {"singular": "D365 Opportunity", "plural": "D365 Opportunities"}
DESCRIPTION: Final = "Opportunities of Dynamics 365. ac365 writes them; what is changed here is overwritten."
CONTACT: Final = "primary-contact"
"""The relationship to the one contact whose automations a record starts."""
_DOOMED: Final = "marked_for_deletion"
_RELATIONSHIP: Final = {
    "id": CONTACT,
    "labels": {"singular": "Primary Contact", "plural": "Primary Contacts"},
    "description": "The contact of the opportunity",
    "namespace": "contacts",
    "hasMany": False,
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One field of the object. id: never changes, automations hold on to it; kind: ActiveCampaign's name of the type;
    scale: digits after the point of a number."""

    id: str
    label: str
    kind: str = "text"
    scale: int | None = None


# Text is what every condition and message can use; how amounts with a currency are kept isn't documented, and a value
# of a dropdown that is not among its options would block the record.
STANDARD: Final = (
    Attribute("topic", "Topic"),
    Attribute("estimated-revenue", "Estimated Revenue", "number", 2),
    Attribute("estimated-close-date", "Estimated Close Date", "date"),
    Attribute("actual-revenue", "Actual Revenue", "number", 2),
    Attribute("actual-close-date", "Actual Close Date", "date"),
    Attribute("stage", "Stage"),
    Attribute("status", "Status"),
    Attribute("currency", "Currency"),
    Attribute("probability", "Probability", "number", 0),
    Attribute("owner", "Owner"),
    Attribute("dynamics-link", "Link to Dynamics"),
    Attribute("created-on", "Created On", "datetime"),
    Attribute("modified-on", "Modified On", "datetime"),
)


@dataclass(frozen=True, slots=True)
class Evolution:
    """What a schema lacks. create: there is none yet; add: fields; relate: the relationship with contacts is missing;
    relabel: how it is labelled now, "" when that is right; clashes: what stands in the way, in plain words."""

    create: bool = False
    add: tuple[Attribute, ...] = ()
    relate: bool = False
    relabel: str = ""
    clashes: tuple[str, ...] = field(default=())

    @property
    def nothing(self) -> bool:
        """Whether the schema is as it should be."""
        return self == Evolution()


def evolution(schema: Mapping[str, Any] | None, wanted: Sequence[Attribute] = STANDARD) -> Evolution:
    """What has to be done to a schema, fields marked for deletion included, so that it has what is wanted.

    Fields of others stay. A field is never replaced: its records would lose their values.
    """
    if schema is None:
        return Evolution(create=True, add=tuple(wanted), relate=True)
    # Of two with one id the living one counts, so it comes last.
    fields = sorted(schema.get("fields") or (), key=lambda one: one.get("status") != _DOOMED)
    present = {_folded(one["id"]): one for one in fields}
    labels = {str(one["labels"]["singular"]).lower(): one for one in present.values()}
    lacking = tuple(one for one in wanted if _folded(one.id) not in present)
    singular = str(schema["labels"]["singular"])
    return Evolution(
        add=lacking,
        relate=CONTACT not in {one["id"] for one in schema.get("relationships") or ()},
        relabel="" if singular == LABELS["singular"] else singular,
        clashes=(
            *(_unfit(one, present[_folded(one.id)]) for one in wanted if _clashes(one, present)),
            *(_namesake(one, labels[one.label.lower()]["id"]) for one in lacking if one.label.lower() in labels),
            *(_demanding(one) for one in present.values() if _required(one)),
        ),
    )


def definition(schema: Mapping[str, Any] | None, wanted: Evolution) -> dict[str, Any]:
    """The whole definition to send: what is there, with what is lacking added. No field is ever required, because one
    empty value in Dynamics would block its record."""
    kept = schema or {"slug": SLUG, "description": DESCRIPTION}
    relations = [*(kept.get("relationships") or ()), *([_RELATIONSHIP] if wanted.relate else [])]
    living = [one for one in kept.get("fields") or () if one.get("status") != _DOOMED]
    return {
        "slug": kept["slug"],
        "labels": dict(LABELS),
        "description": kept.get("description") or DESCRIPTION,
        "fields": [*living, *(_field(one) for one in wanted.add)],
        "relationships": relations,
    }


def chosen(schemas: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The schema of opportunities among all of an account, known by its slug; None without one."""
    return next((one for one in schemas if one.get("slug") == SLUG), None)


def _field(one: Attribute) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": one.id,
        "labels": {"singular": one.label, "plural": one.label},
        "type": one.kind,
        "required": False,
    }
    return described if one.scale is None else {**described, "scale": one.scale}


def _clashes(one: Attribute, present: Mapping[str, Mapping[str, Any]]) -> bool:
    there = present.get(_folded(one.id))
    return there is not None and (there["type"] != one.kind or there.get("status") == _DOOMED)


def _required(there: Mapping[str, Any]) -> bool:
    # The flag has one name in what is created and another one in what is updated.
    return there.get("status") != _DOOMED and bool(there.get("required") or there.get("isRequired"))


def _unfit(one: Attribute, there: Mapping[str, Any]) -> str:
    if there.get("status") == _DOOMED:
        return f"{one.label} ({one.id}) was deleted in ActiveCampaign and its id can't be used again yet"
    return f"{one.label} ({one.id}) is a field of type {there['type']} and should be {one.kind}"


def _demanding(there: Mapping[str, Any]) -> str:
    return f"{there['labels']['singular']} ({there['id']}) is required, so a record that lacks it would be refused"


def _namesake(one: Attribute, other: str) -> str:
    return f"the label {one.label} belongs to the field {other} already"


def _folded(name: str) -> str:
    """ActiveCampaign takes `-` and `_` in ids for the same."""
    return name.replace("_", "-").lower()
