"""`ac365 takeover`: links to what another integration has brought to ActiveCampaign, with a report before any write."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.counting import counting
from cli.options import AsJson, ConnectionName, Entities
from cli.output import note, number, print_json, say, show, table
from cli.session import author, context_of, session
from engine import takeover as use_case
from engine.context import Context
from engine.takeover_report import Report, Tally
from sync.model import Entity

NEXT = (
    "The links are stored; nothing was written to either service. What differs has no agreed value yet, so the next "
    "sync writes it as the conflict policies say and keeps every case: see it first with `ac365 sync --dry-run`."
)
ONLY_LOOKED = "Nothing was stored and nothing was written. `ac365 takeover --apply` stores these links."


def takeover(
    entity: Entities = None,
    all_addresses: Annotated[
        bool, typer.Option("--all-addresses", help="Match contacts by address too that bear no tag of the integration.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Store the links. Still neither service is written to.")
    ] = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Take over what another integration has brought to ActiveCampaign: who stands for whom, before the first sync.

    Reads ActiveCampaign completely and looks for the record of every contact that bears the integration's tags, in any
    of their languages, and of every account. Reports who would be linked, what differs, and who would be left out;
    writes nothing. --apply stores the links, so that the first sync makes nobody twice and writes only what differs.
    It may be run again: what is linked stays as it is.
    """
    with session() as services:
        context = context_of(services, connection)
        note("Reading; neither side is written to ...")
        found = _run(context, entity or [], all_addresses, author() if apply else "")
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)


def _run(context: Context, entities: list[Entity], all_addresses: bool, store: str) -> Report:
    with counting() as progress:
        return use_case.run(context, entities, all_addresses=all_addresses, store=store, progress=progress)


def _print(found: Report) -> None:
    linked = "linked now" if found.applied else "would link"
    beside = ("several records", "shadowed", "other tags", "not linked")
    columns = ("records", "linked before", linked, "of these different", *beside)
    show(table("Take-over", columns, [_counts(tally) for tally in found.tallies.values()], numbers=7))
    say(
        f"ActiveCampaign has {found.contacts:,} contacts and {found.accounts:,} accounts; {found.strangers:,} contacts "
        "bear no tag of the integration, or nobody in Dynamics has their address. "
        "The next sync looks at their addresses again."
    )
    for tally in found.tallies.values():
        _print_tally(tally)
    say(NEXT if found.applied else ONLY_LOOKED)


def _counts(tally: Tally) -> tuple[str, ...]:
    told = (tally.known, tally.linked, tally.different, tally.several, tally.shadowed, tally.retagged)
    return tally.entity.plural, *(number(one) for one in told), number(tally.aside.total())


def _print_tally(tally: Tally) -> None:
    name = tally.entity.plural
    if tally.matched:
        say(f"{name} by what matched: {', '.join(f'{n:,} by {how}' for how, n in tally.matched.most_common())}.")
    fields = [(key, tally.policies.get(key, ""), f"{n:,}") for key, n in tally.fields.most_common()]
    if fields:
        show(table(f"What differs, {name}", ("field", "conflict", "count"), fields, numbers=1))
    sample = [(d.record_id, d.key, _told(d.dynamics), _told(d.activecampaign)) for d in tally.sample]
    if sample:
        columns = ("record", "field", "Dynamics", "ActiveCampaign")
        show(table(f"The first {len(sample)} differences, {name}", columns, sample, whole="record"))
    for side, count in tally.opted_out.most_common():
        only = "Dynamics" if side == "dynamics" else "ActiveCampaign"
        say(f"{count:,} {name} are opted out in {only} only; the next sync opts them out on the other side.")
    aside = [(why, f"{count:,}") for why, count in tally.aside.most_common()]
    if aside:
        show(table(f"Not linked, {name}", ("reason", "count"), aside, numbers=1))
        ids = [(f"ac:{number_}", why) for number_, why in tally.aside_sample]
        show(table(f"The first {len(ids)} of them", ("in ActiveCampaign", "reason"), ids))


def _told(value: object) -> str:
    return "(empty)" if value is None or value == "" else str(value)
