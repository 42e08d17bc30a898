"""The custom object that shows Dynamics' opportunities in ActiveCampaign: its definition, and how one that is there
becomes it without losing a record.

Facts: developers.activecampaign.com, pages create-a-schema and update-a-schema; help.activecampaign.com, article
5195780267292 (the triggers "created" and "updated" bear the singular label). The fields are decision Q12.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mapping.columns import Column, ColumnType
from mapping.fields import Field, FieldKind

SLUG: Final = "d365-opportunity"
LABELS: Final = {"singular": "D365 Opportunity", "plural": "D365 Opportunities"}
DESCRIPTION: Final = "Opportunities of Dynamics 365. ac365 writes them; what is changed here is overwritten."
CONTACT: Final = "primary-contact"
"""The relationship to the one contact whose automations a record starts."""
STATUS: Final = "status"
DELETED: Final = "Deleted"
"""What the status of a record says once its opportunity is gone; the other words are those of Dynamics."""
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
    scale: digits after the point of a number; own: a mapping of the administrator's names it, so that one which is
    there may be of any type that fits."""

    id: str
    label: str
    kind: str = "text"
    scale: int | None = None
    own: bool = False


# Text is what every condition and message can use; how amounts with a currency are kept isn't documented, and a value
# of a dropdown that is not among its options would block the record.
STANDARD: Final = (
    Attribute("topic", "Topic"),
    Attribute("estimated-revenue", "Estimated Revenue", "number", 2),
    Attribute("estimated-close-date", "Estimated Close Date", "date"),
    Attribute("actual-revenue", "Actual Revenue", "number", 2),
    Attribute("actual-close-date", "Actual Close Date", "date"),
    Attribute("stage", "Stage"),
    Attribute(STATUS, "Status"),
    Attribute("currency", "Currency"),
    Attribute("probability", "Probability", "number", 0),
    Attribute("owner", "Owner"),
    Attribute("dynamics-link", "Link to Dynamics"),
    Attribute("created-on", "Created On", "datetime"),
    Attribute("modified-on", "Modified On", "datetime"),
)


_KINDS: Final = {
    ColumnType.MEMO: "textarea",
    **dict.fromkeys((ColumnType.INTEGER, ColumnType.BIGINT, ColumnType.DECIMAL, ColumnType.DOUBLE), "number"),
    ColumnType.MONEY: "number",
    **dict.fromkeys((ColumnType.DATE, ColumnType.DATETIME_AS_DATE), "date"),
    **dict.fromkeys((ColumnType.DATETIME, ColumnType.DATETIME_FLOATING), "datetime"),
}
_FIELDS: Final = {
    "text": FieldKind.TEXT,
    "textarea": FieldKind.TEXTAREA,
    "date": FieldKind.DATE,
    "datetime": FieldKind.DATETIME,
    "number": FieldKind.NUMBER,
    "decimal": FieldKind.NUMBER,
    "dropdown": FieldKind.DROPDOWN,
}
CENTS: Final = 2


def attributes(settings: Mapping[str, Any], columns: Mapping[str, Column]) -> tuple[Attribute, ...]:
    """The fields that the object should have: the standard ones, then those that the administrator's mappings name.

    A label that another field bears already gets the field's id added: labels are unique, whatever their case.
    """
    wanted = {_folded(one.id): one for one in STANDARD}
    labels = {one.label.lower() for one in STANDARD}
    for entry in settings.get("fields") or ():
        key, column = entry["activecampaign"], columns.get(entry["dynamics"])
        if column is None or _folded(key) in wanted:
            continue
        own = _made_for(key, column, labels)
        wanted[_folded(key)] = own
        labels.add(own.label.lower())
    return tuple(wanted.values())


def _made_for(key: str, column: Column, taken: Container[str]) -> Attribute:
    kind = _KINDS.get(column.type, "text")
    scale = CENTS if column.type is ColumnType.MONEY else column.precision or 0
    label = f"{column.label} ({key})" if column.label.lower() in taken else column.label
    return Attribute(key, label, kind, scale if kind == "number" else None, own=True)


def fields_of(schema: Mapping[str, Any] | None) -> dict[str, Field]:
    """The fields of a schema by their ids; those marked for deletion are gone. Without a schema, those that one would
    come with: opportunities are read alike whatever they are shown as."""
    if schema is None:
        return planned(STANDARD)
    living = [one for one in schema.get("fields") or () if one.get("status") != _DOOMED]
    return {one["id"]: _as_field(one) for one in living}


def planned(wanted: Iterable[Attribute]) -> dict[str, Field]:
    """The same of attributes that may still have to be made."""
    return {one["id"]: _as_field(one) for one in map(_field, wanted)}


def _as_field(one: Mapping[str, Any]) -> Field:
    kind = _FIELDS.get(one["type"], FieldKind.UNKNOWN)
    options = tuple(str(option["value"]) for option in one.get("options") or ())
    label = str(one["labels"]["singular"])
    return Field(one["id"], label, kind, None, options, target="opportunity", scale=one.get("scale"))


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
    if there is None:
        return False
    unfit = there["id"] != one.id or (there["type"] != one.kind and not one.own)
    return there.get("status") == _DOOMED or unfit


def _required(there: Mapping[str, Any]) -> bool:
    # The flag has one name in what is created and another one in what is updated.
    return there.get("status") != _DOOMED and bool(there.get("required") or there.get("isRequired"))


def _unfit(one: Attribute, there: Mapping[str, Any]) -> str:
    if there["id"] != one.id:
        return f"{one.label} ({one.id}) can't be made beside {there['id']}: ActiveCampaign takes - and _ for the same"
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
