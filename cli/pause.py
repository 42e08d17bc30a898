"""`ac365 pause` and `ac365 resume`: hold a part of the sync back, and let it go on."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import AsJson, ConnectionName, EntityName
from cli.output import print_json, say
from cli.session import author, chosen, session
from store import pauses
from sync.model import Direction, Entity

Way = Annotated[
    Direction | None, typer.Option("--direction", help="Only outbound (to ActiveCampaign) or inbound; default both.")
]


def pause(
    entity: EntityName = None,
    direction: Way = None,
    reason: Annotated[str, typer.Option(help="Why; shown in the status.")] = "",
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Pause the sync, all of it or a part. Nothing is lost: changes made meanwhile travel after `ac365 resume`."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            changed = pauses.pause(tx, row["id"], entity, direction, author(), reason)
    _tell("paused", changed, entity, direction, as_json)


def resume(
    entity: EntityName = None, direction: Way = None, connection: ConnectionName = "", as_json: AsJson = False
) -> None:
    """End a pause; name the same part as when it was paused, or nothing to end every pause."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            scopes = [(entity, direction)] if entity or direction else _all(pauses.active(tx, row["id"]))
            ended = [scope for scope in scopes if pauses.resume(tx, row["id"], *scope, author())]
    _tell("resumed", bool(ended), entity, direction, as_json)


def _all(rows: list[dict[str, object]]) -> list[tuple[Entity | None, Direction | None]]:
    return [
        (
            Entity(str(row["entity"])) if row["entity"] else None,
            Direction(str(row["direction"])) if row["direction"] else None,
        )
        for row in rows
    ]


def _tell(word: str, changed: bool, entity: Entity | None, direction: Direction | None, as_json: bool) -> None:
    scope = " ".join(part for part in (f"{entity.plural}" if entity else "", direction or "") if part) or "everything"
    if as_json:
        print_json({"scope": scope, word: changed})
    else:
        say(f"{scope}: {word}." if changed else f"{scope}: nothing to change, it is so already.")
