"""Values of contact custom fields: what is accepted, how it is kept, what an empty one does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulators.activecampaign.core.answers import invalid
from simulators.activecampaign.core.dates import iso, parse
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World

OPTION_TYPES = ("dropdown", "radio", "checkbox", "listbox")
MULTIPLE_TYPES = ("checkbox", "listbox")


def checked(world: World, given: Any) -> list[tuple[int, str]]:
    """Field ids and texts of `fieldValues`. An unknown id or a perstag is dropped in silence, as the service does."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise invalid("The fieldValues must be an array.", "field_invalid", "fieldValues")
    pairs = [_pair(world, item) for item in given if isinstance(item, dict)]
    return [pair for pair in pairs if pair is not None]


def _pair(world: World, item: dict[str, Any]) -> tuple[int, str] | None:
    field, value = world.fields.get(item.get("field")), item.get("value")
    if field is None or (value is None and not world.switches["null_clears"]):
        return None
    text = "" if value is None else value
    if not isinstance(text, str):
        raise invalid("The field value must be a string.", "field_invalid", "fieldValues")
    if text == "" and not world.switches["empty_value_clears"]:
        return None
    check_options(world, field, text)
    return int(field["id"]), text


def check_options(world: World, field: Row, text: str) -> None:
    """422 for an option that the field does not have, where the account is that strict (S33)."""
    if world.switches["unknown_option"] == "stored" or field["type"] not in OPTION_TYPES:
        return
    known = {option["value"] for option in world.field_options if option["field"] == field["id"]}
    if not set(split(text) if field["type"] in MULTIPLE_TYPES else [text]) <= known | {""}:
        raise invalid("The value you selected is not a valid choice.", "field_invalid", "fieldValues")


def split(text: str) -> list[str]:
    """`||Gold||Silver||` as its parts."""
    return [part for part in text.split("||") if part]


def write(world: World, contact: Contact, pairs: Iterable[tuple[int, str]], now: int) -> list[int]:
    """Writes texts by field id, and answers with the fields written. An empty text leaves no new row behind."""
    written = []
    for field, text in pairs:
        known = contact.values.get(field)
        if known is None and text == "":
            continue
        number, born = (known[0], known[2]) if known else (world.contacts.value_ids.new(contact.id), now)
        contact.values[field] = (number, _kept(world, field, text), born, now)
        written.append(field)
    return written


def _kept(world: World, field: int, text: str) -> str:
    if world.fields.rows[field]["type"] != "datetime" or world.switches["datetime_read_back"] == "verbatim":
        return text
    moment = parse(text, world.switches["server_zone"])
    return text if moment is None else iso(int(moment), world.switches["server_zone"])


def of_id(world: World, number: object) -> tuple[Contact, int] | None:
    """The contact and the field id of a value row."""
    owner = world.contacts.rows.get(world.contacts.value_ids.of(as_id(number)))
    if owner is None:
        return None
    return next(((owner, field) for field, value in owner.values.items() if value[0] == as_id(number)), None)


def remove(world: World, contact: Contact, field: int) -> None:
    """Deletes a value's row."""
    world.contacts.value_ids.forget(contact.values.pop(field)[0])
