"""What a sync would do, shown: counts with reasons, samples with their fields, conflicts with who would win."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.output import note, number, print_json, say, show, table
from engine import preview, sizes
from engine.context import Context
from engine.preview_report import Preview
from engine.request import Plan
from sync.model import CycleKind, Direction, Entity, Outcome

WOULD = {
    Outcome.CREATED: "would create",
    Outcome.UPDATED: "would update",
    Outcome.UNCHANGED: "unchanged",
    Outcome.SKIPPED: "would skip",
    Outcome.WAITING: "would wait",
    Outcome.FAILED: "would fail",
}
ALWAYS = tuple(outcome for outcome in WOULD if outcome is not Outcome.WAITING)
"""Columns of the counts; few kinds of records ever wait, and the table is wide."""
SERVICES = {Direction.INBOUND: "Dynamics", Direction.OUTBOUND: "ActiveCampaign"}


def run(context: Context, planned: Plan, *, as_json: bool) -> None:
    """Takes every decision of the planned sync and prints what came of it."""
    if planned.kind is CycleKind.BASELINE:
        found: list[Preview] = []
    else:
        note("Reading; nothing is written ...")
        found = preview.preview(context, planned)
    if as_json:
        print_json({"dry_run": True, "entities": [one.as_json() for one in found]})
    elif not found:
        say("Nothing would be written: --from-now only remembers where to begin.")
    else:
        _print(found)


def _print(found: Sequence[Preview]) -> None:
    shown = [outcome for outcome in WOULD if outcome in ALWAYS or any(one.count(outcome) for one in found)]
    columns = ("records", "to", "read", "", "would link", *(WOULD[outcome] for outcome in shown))
    rows = [_counts(one, shown) for one in found]
    show(table("Dry run: nothing was written", columns, rows, numbers=2 + len(shown)))
    reasons = [
        (one.entity.plural, SERVICES[one.direction], outcome, why, f"{count:,}")
        for one in found
        for (outcome, why), count in one.reasons.most_common()
    ]
    if reasons:
        show(table("Reasons", ("records", "to", "outcome", "reason", "count"), reasons, numbers=1))
    for one in found:
        _print_sample(one)
        _print_waiting(one)
        _print_conflicts(one)
        if one.opt_outs:
            say(f"{one.opt_outs:,} {one.entity.plural} would be opted out in {SERVICES[one.direction]}.")
        if one.stopped:
            say(f"No {one.entity} would travel. {one.stopped}")
        if one.question:
            say(f"The sync would stop and ask first: {one.question}.")


def _counts(one: Preview, shown: Sequence[Outcome]) -> tuple[str, ...]:
    since = f"changes since {one.since:%Y-%m-%d %H:%M}" if one.since else "all"
    numbers = (one.linked, *(one.count(outcome) for outcome in shown))
    return one.entity.plural, SERVICES[one.direction], since, number(one.read), *(number(n) for n in numbers)


def _print_sample(one: Preview) -> None:
    if not one.sample:
        return
    rows = [(sample.record_id, sample.outcome, _fields(sample.values)) for sample in one.sample.values()]
    title = f"The first {len(rows)} {one.entity.plural} that would be written to {SERVICES[one.direction]}"
    show(table(title, ("record", "outcome", "fields"), rows, whole="record"))


def _print_waiting(one: Preview) -> None:
    if one.waiting:
        title = f"The first {len(one.waiting)} {one.entity.plural} that would wait"
        show(table(title, ("record", "reason"), one.waiting.items(), whole="record"))


def _fields(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {'(cleared)' if value is None else value}" for key, value in values.items())


def _print_conflicts(one: Preview) -> None:
    if not one.clashes:
        return
    rows = [(key, who, f"{count:,}") for (key, who), count in one.clashes.most_common()]
    show(table(f"Conflicts of {one.entity.plural}", ("field", "who wins", "count"), rows, numbers=1))
    told = [(clash.record_id, *_values(clash.as_json())) for clash in one.clash_sample]
    columns = ("record", "field", "last agreed", "Dynamics", "ActiveCampaign", "who wins")
    show(table(f"The first {len(told)} of them", columns, told, whole="record"))


def _values(told: Mapping[str, Any]) -> list[str]:
    names = ("field", "agreed", "dynamics", "activecampaign", "winner")
    return ["(empty)" if told[name] is None else str(told[name]) for name in names]


def print_sizes(context: Context, entities: Sequence[Entity]) -> None:
    """How much a first sync would bring, before the question whether to start."""
    found = sizes.sizes(context, entities)
    rows = [(s.entity.plural, _count(s.records, s.exact), _count(s.in_scope, s.exact)) for s in found]
    show(table("First sync", ("records", "in Dynamics", "active and in scope"), rows, numbers=2))
    _print_there(sizes.there(context, entities))
    for size in found:
        if size.stopped:
            say(f"No {size.entity} would travel. {size.stopped}")
    if question := sizes.question(context, found):
        say(f"This sync will stop and ask first: {question}.")
    minutes = sizes.seconds(found, context.document["limits"]) / 60
    say(f"At ActiveCampaign's limits this takes about {max(1, round(minutes))} min or more.")


def _print_there(found: sizes.There) -> None:
    parts = [
        f"{count:,} {what}"
        for count, what in ((found.contacts, "contacts"), (found.accounts, "accounts"))
        if count is not None
    ]
    if parts:
        say(f"ActiveCampaign has {' and '.join(parts)}, which are read too: what they hold may be written to Dynamics.")
    if found.unlinked:
        say(
            f"{found.unlinked:,} of its accounts are not linked yet. Those without a counterpart would be created in "
            "Dynamics; with `create: never` under `account` none are."
        )


def _count(count: int, exact: bool) -> str:
    return f"{count:,}" if exact else f"at least {count:,}"
