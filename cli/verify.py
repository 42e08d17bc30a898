"""`ac365 verify`: the proof that both sides agree, and the repair of what doesn't."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.counting import counting
from cli.errors import DONE, SOME_FAILED
from cli.options import AsJson, ConnectionName
from cli.output import number, print_json, say, show, table
from cli.session import context_of, send, session
from engine import verify as use_case
from engine.context import Context
from engine.verify_report import DYNAMICS, Difference, Report
from engine.verify_sums import Sum
from sync.model import Entity

LISTED = 50


def verify(
    connection: ConnectionName = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Queue what differs without a reason, to be read and delivered again.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin again, instead of going on where an interrupted comparison stopped.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare both sides completely: every record in scope in Dynamics with what ActiveCampaign holds, and back.

    Both are read through their APIs; what ac365 remembers only explains what differs. Compared are mapped fields, each
    in the directions it travels, tags, accounts and opt-outs; requests to create a record, and accounts, are looked for
    in Dynamics. Of opportunities, the contact is compared too, and revenue is summed up on both sides by stage and
    currency. An interrupted comparison goes on where it stopped, within an hour.

    With --repair what is wrong is queued, and what is explained is left alone. Nothing is written by the command
    itself: the next cycle does it, and `ac365 verify` afterwards proves it. A field that was changed on the side that
    only receives it gets the value of the other side. Whose contact is gone from ActiveCampaign is treated as
    `on_removed` says, unless it was never seen there: then it is made again.

    Exit status 0 when everything agrees or has its reason, else 3.
    """
    with session() as services:
        found = compare(context_of(services, connection), anew=anew, repair=repair)
        send(services, found.wakes)
    if as_json:
        print_json(found.as_json())
    else:
        print_report(found)
    raise typer.Exit(DONE if found.agrees else SOME_FAILED)


def compare(context: Context, *, anew: bool = False, repair: bool = False) -> Report:
    """The comparison, with what is being read shown on a terminal."""
    with counting() as progress:
        return use_case.compare(context, progress=progress, anew=anew, repair=repair)


def print_report(found: Report) -> None:
    """The table that reconciles both sides, then every difference."""
    columns = ("in_dynamics", "in_scope", "equal", "different", "missing", "absent", "explained")
    rows = [
        (
            _several(tally.entity),
            *(number(getattr(tally, name)) for name in columns),
            ", ".join(f"{count:,} {reason}" for reason, count in tally.not_expected.most_common()),
        )
        for tally in found.tallies
    ]
    made = table(
        "Dynamics 365 and ActiveCampaign",
        (
            "records",
            "in Dynamics",
            "in scope",
            "equal",
            "different",
            "missing",
            "missing in Dynamics",
            "of these explained",
            "not expected",
        ),
        rows,
    )
    for column in made.columns[1:8]:
        column.justify = "right"
    show(made)
    records = f", {found.records:,} records of opportunities" if found.records else ""
    strays = f"; {found.strays:,} contacts were pushed once and are not in scope (any more)" if found.strays else ""
    there = f"{found.contacts:,} contacts, {found.accounts:,} accounts from Dynamics{records}"
    say(f"In ActiveCampaign: {there}{strays}.")
    print_sums(found)
    for note in found.notes:
        say(note)
    _print_differences(found)
    if found.waiting:
        say(f"{found.waiting:,} changes are on their way; compare again when they have arrived.")
    say(_verdict(found))
    if found.queued is not None:
        say(_queued(found))


def print_sums(found: Report) -> None:
    """What opportunities are worth on both sides, nothing when there are none."""
    if found.sums:
        columns = ("stage", "currency", "in", "opportunities", "estimated revenue", "actual revenue", "agrees")
        made = table("Opportunities by stage", columns, [_sum(one) for one in found.sums])
        for column in made.columns[3:6]:
            column.justify = "right"
        show(made)


def _sum(one: Sum) -> tuple[str, ...]:
    sides = (one.dynamics, one.activecampaign)
    return (
        one.stage or "(none)",
        one.currency or "(none)",
        "Dynamics 365\nActiveCampaign",
        "\n".join(f"{side.number:,}" for side in sides),
        "\n".join(f"{side.estimated:,.2f}" for side in sides),
        "\n".join(f"{side.actual:,.2f}" for side in sides),
        "yes" if one.agrees else "NO",
    )


def _several(entity: Entity) -> str:
    return "opportunities" if entity is Entity.OPPORTUNITY else f"{entity}s"


def _print_differences(found: Report) -> None:
    rows = [(_name(one), _what(one), one.told) for one in found.differences[:LISTED]]
    if rows:
        show(table("Differences", ("record", "fields", "explanation"), rows, whole="record"))
    total = sum(tally.different + tally.missing + tally.absent for tally in found.tallies)
    if total > LISTED:
        say(f"... and {total - LISTED:,} more; --json lists them, up to 1,000 of each kind of record.")


def _name(one: Difference) -> str:
    there = f"(ActiveCampaign {one.ac_record or one.ac_id})"
    if one.record_id:
        # Several records may bear the id of one opportunity.
        return f"{one.entity} {one.record_id} {there if one.ac_record and one.missing_in else ''}".rstrip()
    return f"{one.entity} {there}"


def _what(one: Difference) -> str:
    if one.missing:
        return "(missing in Dynamics)" if one.missing_in == DYNAMICS else "(missing)"
    return ", ".join(one.fields)


def _verdict(found: Report) -> str:
    if not found.agrees:
        count = sum(tally.unexplained for tally in found.tallies)
        return f"Both sides do NOT agree: {count:,} records differ without an explanation."
    if any(tally.explained for tally in found.tallies):
        return "Both sides agree, but for what is explained above."
    return "Both sides agree."


def _queued(found: Report) -> str:
    queued = found.queued or {}
    if not queued.get("records"):
        return "Nothing had to be queued."
    return (
        f"Queued {queued['records']:,} records: {queued['dynamics']:,} to be read again in Dynamics, "
        f"{queued['activecampaign']:,} to be looked at again in ActiveCampaign. "
        "When they are through (`ac365 status`), `ac365 verify` proves it."
    )
