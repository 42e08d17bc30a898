"""A row of ActiveCampaign as a Counterpart: mapped values, tags, list states; and a Counterpart as the outbox keeps
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from engine.context import Context
from sync import tags
from sync.consent import SUBSCRIBED, UNCONFIRMED
from sync.model import PEOPLE, Canonical, Counterpart, Entity, Link

NAMES: Final = tuple(one.name for one in fields(Counterpart))
ACCOUNT: Final = "$account"
"""Key of a row for the id of the account that the contact belongs to, 0 for none; absent where nobody looked."""
CREATE: Final = "$create"
"""Key of a row for what somebody asks to create in Dynamics."""
READ_AT: Final = "$read_at"
"""Key of a row for the time its reading began, UTC ISO."""


def person(context: Context, entity: Entity, row: Mapping[str, Any], accounts: Mapping[int, str]) -> Counterpart:
    """A contact in the terms of this entity's mapping. accounts: Dynamics ids by ActiveCampaign's ids of accounts.

    A value that can't be carried is left out and named in `warnings`.
    """
    mapping = context.rules[entity].mapping
    read = mapping.theirs(row, row["field_values"])
    dated = {pair.field.key: row["field_dates"].get(pair.field.id) for pair in mapping.pairs if pair.field.id}
    states = {number: state[0] for number, state in row["list_states"].items()}
    managed = context.consent.lists
    counting = [state for number, state in row["list_states"].items() if managed is None or number in managed]
    # A sign-up that waits for its confirmation counts where there is no subscription.
    by_state = {one: [state[1] or "" for state in counting if state[0] == one] for one in (SUBSCRIBED, UNCONFIRMED)}
    since = by_state[SUBSCRIBED] or by_state[UNCONFIRMED]
    return Counterpart(
        entity,
        int(row["id"]),
        address=address_of(row),
        changed_at=row.get("udate") or "",
        values=read.values,
        times={key: at for key, at in dated.items() if at},
        tags=borne(context, row),
        states=states,
        bounced=str(row.get("bounced_hard") or "0") not in ("0", ""),
        subscribed_at=max(since, default=""),
        account_id=accounts.get(row[ACCOUNT] or 0, "") if ACCOUNT in row else None,
        warnings=tuple(read.warnings),
        read_at=row.get(READ_AT) or "",
    )


def company(context: Context, row: Mapping[str, Any]) -> Counterpart:
    """An account. Its values are compared whenever it is looked at."""
    read = context.rules[Entity.ACCOUNT].mapping.theirs(row, row["field_values"])
    changed_at = row.get("updated") or ""
    return Counterpart(
        Entity.ACCOUNT,
        int(row["id"]),
        changed_at=changed_at,
        values=read.values,
        warnings=tuple(read.warnings),
        read_at=row.get(READ_AT) or "",
    )


def address_of(row: Mapping[str, Any]) -> str | None:
    """The match key of a contact: trimmed and lower-case, None where it has no address."""
    return str(row.get("email") or "").strip().lower() or None


def borne(context: Context, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The integration's tags on a contact, by their English names."""
    found = (tags.TRANSLATED.get(name, name) for name, number in context.tags.items() if number in row["tag_ids"])
    return tuple(sorted({name for name in found if name in tags.ALL}))


def is_gone(row: Mapping[str, Any]) -> bool:
    """Whether a row stands for a contact that was deleted or made anonymous."""
    return any(str(row.get(name) or "0") not in ("0", "") for name in ("deleted", "anonymized"))


def aligned(context: Context, there: Counterpart, reference: Mapping[str, Canonical]) -> Counterpart:
    """The same with the spelling of `reference` wherever that means the same."""
    return replace(there, values=context.rules[there.entity].mapping.aligned(there.values, reference))


def owed(there: Counterpart, link: Link) -> Counterpart:
    """The same with the tags that are owed to it: it was linked because both are the same person, and they follow with
    the next outbound write. Tags that somebody took off are owed to nobody."""
    add, _ = tags.due(link.entity, link.tagged, link.origin)
    return replace(there, tags=(*there.tags, *add))


def kept(there: Counterpart) -> dict[str, Any]:
    """A Counterpart as JSON, for the outbox."""
    return {name: getattr(there, name) for name in NAMES}


def revive(document: dict[str, Any]) -> Counterpart:
    """A Counterpart as the outbox keeps it."""
    told = {key: tuple(document[key]) for key in ("tags", "warnings")}
    states = {int(key): value for key, value in document["states"].items()}
    return Counterpart(**{**document, **told, "states": states, "entity": Entity(document["entity"])})


def kind_of(entity: Entity) -> str:
    """How links and questions name what it is in ActiveCampaign."""
    return "person" if entity in PEOPLE else "account"
