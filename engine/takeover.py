"""Taking over an existing installation: links are made from tags, addresses, ids and names, and nothing else happens.

ActiveCampaign is read completely and Dynamics is asked, by the hundred, who stands for whom. Neither service is written
to. What both sides hold alike counts as agreed on; about what differs nothing is agreed, so the next sync treats it as
a conflict. Running it again links what is new, so an interrupted one is simply started again.

Memory: one id per account and the custom values of accounts, which can't be asked for by page; all else is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from clients.caller import PAGE
from engine import configure, takeover_accounts, takeover_people
from engine.context import Context
from engine.cycles import enabled
from engine.patience import patiently
from engine.request import Refused
from engine.takeover_report import Report, Tally
from store import audit, cycles, sweeps
from sync.model import PEOPLE, TWO_WAY, Entity, Lane

LANE: Final = Lane.SYNC
HOW: Final = "set entities.<name>.enabled to true and import it with `ac365 config import FILE`"
Progress = Callable[[str, int], None]


def chosen(context: Context, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The entities to take over, all that are switched on when none is named. Raises Refused."""
    on = enabled(dict(context.document))
    off = [entity for entity in entities if entity not in on]
    if off or not on:
        what = f"{', '.join(off)} is" if off else "nothing is"
        raise Refused(f"{what} switched {'off' if off else 'on'} in the configuration: {HOW}")
    return tuple(entity for entity in TWO_WAY if entity in (entities or on))


def run(
    context: Context,
    entities: Sequence[Entity],
    *,
    all_addresses: bool = False,
    store: str = "",
    progress: Progress = lambda _what, _number: None,
) -> Report:
    """Finds who stands for whom. store: who wants the links stored, "" for a report only.

    all_addresses: contacts without any tag of the integration are matched by address too. Raises Refused, SyncError.
    """
    wanted = chosen(context, entities)
    if store:
        _refuse_running(context)
        configure.bind(context.db, context.id, context.dynamics)
    context = replace(context, tags=patiently(lambda: context.activecampaign.tags(lane=LANE)))
    report = Report({entity: Tally(entity, _policies(context, entity)) for entity in wanted}, applied=bool(store))
    accounts: dict[int, str] = {}
    if Entity.ACCOUNT in wanted:
        accounts = takeover_accounts.run(context, report, bool(store), progress)
    if any(entity in PEOPLE for entity in wanted):
        belonging = context.rules[Entity.ACCOUNT].settings["enabled"]
        if belonging:
            _memberships(context, progress)
        takeover_people.run(context, report, all_addresses, bool(store), accounts if belonging else None, progress)
    if store:
        _note(context, store, report)
    return report


def _policies(context: Context, entity: Entity) -> dict[str, str]:
    rules = context.rules[entity]
    return {pair.field.key: _policy(context, entity, pair.field.key) for pair in rules.mapping.pairs}


def _policy(context: Context, entity: Entity, key: str) -> str:
    terms = context.rules[entity].terms
    if not terms.comes_in(key):
        return "dynamics_wins"
    return terms.policies.get(key, terms.policy) if terms.goes_out(key) else "activecampaign_wins"


def _refuse_running(context: Context) -> None:
    with context.db.transaction() as tx:
        running = [row["id"] for row in cycles.unfinished(tx) if row["connection_id"] == context.id]
    if running:
        raise Refused(f"cycle {running[0]} is not through; take over once it is, see `ac365 cycles`")


def _memberships(context: Context, progress: Progress) -> None:
    """Who belongs where: kept beside what sweeps keep, since there is no way to ask for it by contact."""
    begun, offset = context.now(), 0
    while True:
        found = patiently(partial(context.activecampaign.associations_page, offset, lane=LANE))
        with context.db.transaction() as tx:
            sweeps.put_memberships(tx, context.id, {one.contact_id: one.account_id for one in found})
        offset += len(found)
        progress("ActiveCampaign associations", offset)
        if len(found) < PAGE:
            break
    with context.db.transaction() as tx:
        sweeps.end_memberships(tx, context.id, begun)


def _note(context: Context, author: str, report: Report) -> None:
    told = {entity.value: tally.linked for entity, tally in report.tallies.items()}
    with context.db.transaction() as tx:
        audit.write(tx, context.id, author, "take over", context.name, after={"linked": told})
