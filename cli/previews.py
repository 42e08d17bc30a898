"""What a sync would do, shown: counts with reasons, and a sample with its fields."""

from __future__ import annotations

from collections.abc import Sequence

from cli.output import note, number, print_json, say, show, table
from engine import preview
from engine.context import Context
from engine.preview import Preview
from engine.request import Plan
from engine.sizes import sizes as count
from sync.model import CycleKind, Entity, Outcome

BULK_A_MINUTE = 25_000
ACCOUNTS_A_SECOND = 5
SHOWN = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.SKIPPED)


def run(context: Context, planned: Plan, *, as_json: bool) -> None:
    """Takes every decision of the planned sync and prints what came of it."""
    if planned.kind is CycleKind.BASELINE:
        found: list[Preview] = []
    else:
        note("Reading; nothing is written ...")
        found = preview.preview(context, planned.entities, all_of=planned.reads_all)
    if as_json:
        print_json({"dry_run": True, "entities": [one.as_json() for one in found]})
    elif not found:
        say("Nothing would be written: --from-now only remembers where to begin.")
    else:
        _print(found)


def _print(found: Sequence[Preview]) -> None:
    rows = [(f"{one.entity}s", _since(one), number(one.read), *(number(one.count(o)) for o in SHOWN)) for one in found]
    columns = ("records", "read", "", "would create", "would update", "unchanged", "would skip")
    show(table("Dry run: nothing was written", columns, rows, numbers=5))
    reasons = [
        (f"{one.entity}s", outcome, why, f"{count:,}")
        for one in found
        for (outcome, why), count in one.reasons.most_common()
    ]
    if reasons:
        show(table("Reasons", ("records", "outcome", "reason", "count"), reasons, numbers=1))
    for one in found:
        _print_sample(one)


def _since(one: Preview) -> str:
    return f"changes since {one.since:%Y-%m-%d %H:%M}" if one.since else "all"


def _print_sample(one: Preview) -> None:
    if not one.sample:
        return
    rows = [
        (
            sample.record_id,
            sample.outcome,
            ", ".join(f"{k}: {'(cleared)' if v is None else v}" for k, v in sample.values.items()),
        )
        for sample in one.sample.values()
    ]
    show(
        table(
            f"The first {len(rows)} {one.entity}s that would be written",
            ("record", "outcome", "fields"),
            rows,
            whole="record",
        )
    )


def print_sizes(context: Context, entities: Sequence[Entity]) -> None:
    """How much a first sync would bring, before the question whether to start."""
    sizes = count(context, entities)
    rows = [(f"{s.entity}s", _count(s.records, s.exact), _count(s.in_scope, s.exact)) for s in sizes]
    show(table("First sync", ("records", "in Dynamics", "active and in scope"), rows, numbers=2))
    people = sum(size.in_scope for size in sizes if size.entity is not Entity.ACCOUNT)
    accounts = sum(size.in_scope for size in sizes if size.entity is Entity.ACCOUNT)
    minutes = people / BULK_A_MINUTE + accounts / ACCOUNTS_A_SECOND / 60
    say(f"At ActiveCampaign's limits this takes about {max(1, round(minutes))} min or more.")


def _count(count: int, exact: bool) -> str:
    return f"{count:,}" if exact else f"at least {count:,}"
