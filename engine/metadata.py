"""The cached description of both sides: columns of Dynamics, fields, lists and tags of ActiveCampaign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from clients.activecampaign import ActiveCampaign
from clients.dynamics import Dynamics
from engine import configured
from mapping import deals, objects
from store import snapshots
from store.db import Database
from sync.errors import Missing, MissingPermission, NotAvailable
from sync.model import ORDER, TWO_WAY, Entity, Lane

FRESH_FOR = timedelta(minutes=15)
CURRENCIES = "dynamics:currencies"
TAGS = "activecampaign:tags"
LISTS = "activecampaign:lists"
USER = "dynamics:user"
"""The application user that ac365 signs in as: what it changed last, nobody else did."""
ACTIVECAMPAIGN = ("fields", "account_fields", "lists", "tags", "opportunity_object")
OBJECT = "activecampaign:opportunity_object"
DEALS = "activecampaign:deals"
"""Only where opportunities are deals: nobody else is asked about them."""
AUTOMATIONS = "activecampaign:automations"
"""Likewise, only where salespeople may ask for them."""
NO_DEALS = "this ActiveCampaign plan has no deals"
WITHOUT = (
    "Set entities.opportunity.shown_as to contact_fields to show opportunities on their contacts, or extend the plan."
)
NOTHING: dict[str, Any] = {"definition": {"Attributes": []}, "details": {}}
"""The description of a table that isn't there, or may not be read."""


def refresh(db: Database, connection_id: int, dynamics: Dynamics, activecampaign: ActiveCampaign, lane: Lane) -> None:
    """Reads the descriptions of both sides and keeps them. Both are read before anything is replaced."""
    documents: dict[str, Any] = {known(entity): told for entity, told in dynamics.describe(*TWO_WAY, lane=lane).items()}
    documents[known(Entity.OPPORTUNITY)] = _offered(lambda: _opportunities(dynamics, lane), NOTHING)
    documents[USER] = dynamics.own_user_id(lane=lane)
    documents[CURRENCIES] = _offered(lambda: dynamics.currencies(lane=lane), {})
    documents["activecampaign:fields"] = activecampaign.fields(lane=lane)
    documents["activecampaign:account_fields"] = _offered(lambda: activecampaign.account_fields(lane=lane), [])
    documents["activecampaign:lists"] = _offered(lambda: activecampaign.lists(lane=lane), [])
    documents["activecampaign:tags"] = activecampaign.tags(lane=lane)
    documents[OBJECT] = _offered(lambda: objects.chosen(activecampaign.schemas(lane=lane)), None)
    current = _current(db, connection_id)
    as_deals = deals.chosen(current.get("entities", {}).get(Entity.OPPORTUNITY) or {})
    documents[DEALS] = deal_places(activecampaign, lane) if as_deals else None
    asked = current.get("panel", {}).get("enabled")
    documents[AUTOMATIONS] = _offered(lambda: _automations(activecampaign, lane), None) if asked else None
    with db.transaction() as tx:
        for key, document in documents.items():
            snapshots.put(tx, connection_id, key, document)


def deal_places(activecampaign: ActiveCampaign, lane: Lane) -> dict[str, Any]:
    """Where opportunities may go as deals, or why ActiveCampaign shows no deals; see `mapping.deals.Place`."""
    try:
        pipelines, fields = activecampaign.pipelines(lane=lane), activecampaign.deal_fields(lane=lane)
        owner = int(activecampaign.me(lane=lane)["id"])
        found = deals.described(pipelines, (), fields, owner)
        number = found["pipeline"]
        return {**found, "stages": deals.titles(activecampaign.stages(number, lane=lane)) if number else {}}
    except NotAvailable:
        return {"withheld": NO_DEALS, "advice": WITHOUT}
    except MissingPermission as error:
        return {"withheld": f"deals can't be read: {error.message}", "advice": error.advice}


def _current(db: Database, connection_id: int) -> dict[str, Any]:
    """The configuration, empty where there is none yet."""
    with db.transaction() as tx:
        current = configured.current(tx, connection_id)
    return current[1] if current else {}


def _automations(activecampaign: ActiveCampaign, lane: Lane) -> list[dict[str, Any]]:
    return [{"id": one.id, "name": one.name} for one in activecampaign.automations(lane=lane)]


def _opportunities(dynamics: Dynamics, lane: Lane) -> dict[str, Any]:
    """The table of opportunities comes with the Sales app: an environment may be without it."""
    return dynamics.describe(Entity.OPPORTUNITY, lane=lane)[Entity.OPPORTUNITY]


def _offered(ask: Callable[[], Any], otherwise: Any) -> Any:
    """What a plan or a role may withhold: then nothing is known of it, and only what needs it stops."""
    try:
        return ask()
    except (Missing, NotAvailable, MissingPermission):
        return otherwise


def stale(db: Database, connection_id: int, now: datetime, fresh_for: timedelta = FRESH_FOR) -> bool:
    """Whether the cached description is missing or older than this, a quarter of an hour unless told."""
    with db.transaction() as tx:
        taken = snapshots.taken(tx, connection_id)
    return any(key not in taken or now - taken[key] > fresh_for for key in keys())


def load(db: Database, connection_id: int) -> dict[str, Any]:
    """The cached documents by key; raises LookupError when both sides were never described."""
    return undated(dated(db, connection_id, {}))


Known = dict[str, tuple[Any, datetime]]
"""Documents by key, each with the moment it was taken."""


def dated(db: Database, connection_id: int, before: Known) -> Known:
    """The cached documents as `load` gives them. What was not taken anew since an earlier answer, `before`, is not
    read again."""
    with db.transaction() as tx:
        taken = snapshots.taken(tx, connection_id)
        fresh = {key for key in watched() if key in before and before[key][1] == taken.get(key)}
        read = {key: snapshots.get(tx, connection_id, key) for key in watched() if key not in fresh}
    missing = [key for key in keys() if key not in fresh and read[key] is None]
    if missing:
        raise LookupError(f"not described yet: {', '.join(missing)}; run `ac365 check`")
    return {key: before[key] for key in fresh} | {key: entry for key, entry in read.items() if entry}


def undated(known: Known) -> dict[str, Any]:
    """The documents alone, by key; None for one that not every connection has."""
    return {DEALS: None, AUTOMATIONS: None} | {key: document for key, (document, _) in known.items()}


def keys() -> list[str]:
    """The keys of all documents without which nothing can be said."""
    tables = [known(entity) for entity in ORDER]
    return [CURRENCIES, USER, *tables, *(f"activecampaign:{name}" for name in ACTIVECAMPAIGN)]


def watched() -> list[str]:
    """The keys of everything that a context is built from."""
    return [*keys(), DEALS, AUTOMATIONS]


def missing(db: Database, connection_id: int) -> bool:
    """Whether a side was never described."""
    with db.transaction() as tx:
        return not set(keys()) <= set(snapshots.taken(tx, connection_id))


def known(entity: Entity) -> str:
    """The key of one table's description."""
    return f"dynamics:{entity}"
