"""What pages and API both say of records: where to look, who may be named, what is remembered and what is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import abort

from console import desk
from engine import explain, failing, places, request, retries
from engine.explain import Explained, Explanation
from engine.overview import Overview, of_connection
from sync.model import Entity

NEVER: Final = "Neither Dynamics nor ActiveCampaign has ever said what they have, so nothing is known here."
NO_ENTITY: Final = "There is no such kind of record."


def entity_of(name: str) -> Entity:
    """The entity of a path. Answers 404 where there is none of this name."""
    if name not in list(Entity):
        abort(404, NO_ENTITY)
    return Entity(name)


def record(connection_id: int, entity: Entity, record_id: UUID, *, ask: bool) -> tuple[Explanation, str]:
    """What there is to say of a record, and why there is nothing. ask: both services are asked now."""
    context = desk.context(connection_id) if ask else desk.known_context(connection_id)
    if context is None:
        return Explanation([]), NEVER
    try:
        return explain.by_id(context, entity, str(record_id), ask=ask), ""
    except LookupError as error:
        return Explanation([]), _sentence(error)


def address(connection_id: int, said: str) -> tuple[Explanation, str]:
    """What both services and the store say of an address, and why there is nothing to say."""
    try:
        return explain.by_address(desk.context(connection_id), said.strip().lower()), ""
    except LookupError as error:
        return Explanation([]), _sentence(error)


def places_of(connection_id: int, one: Explained) -> dict[str, str]:
    """Where a person finds a record in each service; only where it is known to be."""
    row = desk.connection(connection_id)
    number = one.there.contact or one.there.id or (one.stored.link.ac_id if one.stored.link else None)
    gone = one.change is not None and one.change.deleted
    return {
        **({} if gone else {"Dynamics": places.in_dynamics(row["dynamics_url"], one.entity, one.record_id)}),
        **({"ActiveCampaign": _there(row, one, number)} if number else {}),
    }


def _there(row: dict[str, Any], one: Explained, number: int) -> str:
    return places.in_activecampaign(row["activecampaign_url"], one.entity, number)


def sync(connection_id: int, entity: Entity, record_id: UUID) -> int:
    """Reads one record anew on both sides, ahead of everything else; answers with the cycle. Raises request.Refused."""
    _, document = desk.document(connection_id)
    with desk.desk().transaction() as tx:
        cycle_id, wakes = request.one_record(tx, connection_id, document, entity, str(record_id), desk.author())
    desk.desk().send(wakes)
    return cycle_id


def retry(connection_id: int, entity: Entity, record_id: UUID) -> int:
    """Tries again what failed for a record; answers with how much that is."""
    desk.connection(connection_id)
    services = desk.desk().services
    with services.db.transaction() as tx:
        number = failing.retry_record(tx, connection_id, entity, str(record_id), desk.author())
    desk.desk().send(retries.wake_due(services.db, services.now()))
    return number


def sound(at: datetime | None) -> bool:
    """Whether a moment can be told in UTC and to PostgreSQL: the first and the last years can't in every zone."""
    return at is None or (at.tzinfo is not None and 1970 <= at.year <= 9000)


def _sentence(error: LookupError) -> str:
    told = str(error.args[0])
    return f"{told[:1].upper()}{told[1:]}."


def overview(connection_id: int) -> Overview:
    """Everything that the dashboard tells of a connection. Answers 404 where it was never configured."""
    row, services = desk.connection(connection_id), desk.desk().services
    _, _, budget = services.clients(row)
    try:
        context = desk.known_context(connection_id)
        return of_connection(services.db, row, budget, services.now(), context)
    except LookupError as error:
        abort(404, _sentence(error))
