"""One contact of ActiveCampaign with what hangs on it, as the service sends it and as it is filed.

Source: developers.activecampaign.com, pages list-all-contacts and update-list-status-for-contact; that every custom
value has a date of its own is seen in recordings of live answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clients.scalars import as_int, as_text, as_utc

Row = dict[str, Any]

RELATED = ("fieldValues", "contactTags", "contactLists")
PLAIN = ("id", "email", "firstName", "lastName", "phone", "deleted", "anonymized", "bounced_hard")


def joined(contacts: Iterable[Row], related: Mapping[str, Iterable[Row]]) -> list[Row]:
    """Each contact as it came, with four keys more; `related` holds rows by the names in RELATED.

    field_values: `{field id: text}`; field_dates: `{field id: UTC}`, when each value was set; tag_ids: list of int;
    list_states: `{list id: (status, UTC or None)}`, the status being 1 subscribed, 2 unsubscribed, 3 unconfirmed.
    """
    rows = {as_int(row.get("id")): _bare(row) for row in contacts}
    for name in RELATED:
        for one in related[name]:
            owner = rows.get(as_int(one.get("contact")))
            if owner is not None:
                ADD[name](owner, one)
    return list(rows.values())


def trimmed(row: Row) -> Row:
    """What is worth keeping of a row, fit for JSON: keys are strings, `udate` is UTC text. `whole` undoes it."""
    return {
        **{key: row.get(key) for key in PLAIN},
        "udate": as_utc(row.get("udate")),
        "field_values": {str(key): value for key, value in row["field_values"].items()},
        "field_dates": {str(key): moment for key, moment in row["field_dates"].items()},
        "tag_ids": list(row["tag_ids"]),
        "list_states": {str(key): list(state) for key, state in row["list_states"].items()},
    }


def whole(kept: Row) -> Row:
    """The row that `trimmed` made `kept` of, with the ids of fields and lists as int."""
    return {
        **kept,
        "field_values": {int(key): value for key, value in kept["field_values"].items()},
        "field_dates": {int(key): moment for key, moment in kept["field_dates"].items()},
        "list_states": {int(key): (state[0], state[1]) for key, state in kept["list_states"].items()},
    }


def state_of(row: Row) -> tuple[int, str | None]:
    """A contact's status on a list, and since when: the later of its two dates, as either may be left behind."""
    moments = [moment for name in ("udate", "sdate") if (moment := as_utc(row.get(name)))]
    return as_int(row.get("status")), max(moments, default=None)


def _bare(row: Row) -> Row:
    return {**row, "field_values": {}, "field_dates": {}, "tag_ids": [], "list_states": {}}


def _add_value(owner: Row, row: Row) -> None:
    field = as_int(row.get("field"))
    owner["field_values"][field] = as_text(row.get("value"))
    moment = as_utc(row.get("udate")) or as_utc(row.get("cdate"))
    if moment:
        owner["field_dates"][field] = moment


def _add_tag(owner: Row, row: Row) -> None:
    owner["tag_ids"].append(as_int(row.get("tag")))


def _add_list(owner: Row, row: Row) -> None:
    owner["list_states"][as_int(row.get("list"))] = state_of(row)


ADD = {"fieldValues": _add_value, "contactTags": _add_tag, "contactLists": _add_list}
