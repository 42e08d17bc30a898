"""`ac365 explain`: why this record is or is not where it should be."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from cli import explanations
from cli.options import AsJson, ConnectionName
from cli.output import print_json
from cli.session import context_of, session
from engine import explain as use_case
from engine import explain_json
from engine.record_key import parsed
from sync.model import Entity

What = Annotated[
    list[str],
    typer.Argument(
        metavar="[ENTITY] ID|EMAIL",
        help="account, contact, lead or opportunity, then the record's Dynamics id or a person's address.",
        show_default=False,
    ),
]


def explain(what: What, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Explain one record: why it is or is not in ActiveCampaign as it is in Dynamics.

    Both services are asked now and compared with what ac365 remembers: whether it is in scope and by which rule, what
    it is linked to, every mapped field on both sides and what a sync would do with it, what is on its way, what
    failed, and the last outcomes. By an address, every record of it is told of, first the one that speaks for it. Of an
    opportunity, which contacts may stand for it, and to whom it belongs or for whom it waits.
    Nothing is written. The values are shown because you ask for them; they go to no log.
    """
    entity, key = _parsed(what)
    with session() as services:
        context = context_of(services, connection)
        if isinstance(key, UUID):
            found = use_case.by_id(context, entity, str(key))
        else:
            found = use_case.by_address(context, key)
    if as_json:
        print_json(explain_json.document(found))
    else:
        explanations.show_all(found)


def _parsed(what: list[str]) -> tuple[Entity | None, UUID | str]:
    *entities, key = what
    if len(entities) > 1 or (entities and entities[0] not in list(Entity)):
        raise typer.BadParameter("say account, contact, lead or opportunity, then an id or an e-mail address.")
    entity = Entity(entities[0]) if entities else None
    try:
        return entity, parsed(entity, key)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None
