"""`ac365 activities`: how marketing activities stand, and a second try for what Dynamics refused."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import typer

from cli.groups import ListFirst
from cli.options import AsJson, ConnectionName
from cli.output import duration, number, print_json, say, show, table, when
from cli.session import author, chosen, session
from engine import configure
from engine.activities import status as use_case
from engine.activities.status import COLUMNS, WAYS, LineStatus, Status
from store import activities, activity_lines, audit
from worker.services import now

app = typer.Typer(cls=ListFirst, help="Marketing activities from ActiveCampaign in Dynamics: how they stand.")
TITLES = ("found in a day", "written", "on their way", "not linked", "refused", "skipped", "left out")


@app.command("list")
def list_(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Show when activities were last read and written, how many of each kind there are, and what it costs.

    found in a day: filed within the last 24 hours; the other columns count all that are kept. not linked: their contact
    has no lead or contact in Dynamics yet. skipped: their record is not in Dynamics any more. left out: a kind that the
    configuration leaves out. news: contacts that something is known of and that were not read yet.
    """
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            _, document = configure.current(tx, row["id"])
            found = use_case.of_connection(tx, row["id"], document, now())
    if as_json:
        print_json(asdict(found))
    else:
        _print(found, now())


@app.command()
def retry(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Try to write again what Dynamics refused, after its reason was mended."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            count = activities.retry(tx, row["id"])
            activity_lines.hurry(tx, row["id"], activity_lines.WRITE, now())
            audit.write(tx, row["id"], author(), "retry activities", str(count))
    if as_json:
        print_json({"retrying": count})
    else:
        say(f"{count:,} will be written again within a minute.")


def _print(found: Status, moment: datetime) -> None:
    if not found.enabled:
        say("Marketing activities are off; switch on `activities.enabled` in the configuration.")
    for name, line in (("Reading", found.reading), ("Writing", found.writing)):
        say(f"{name}: {_line(line, moment)}")
    say(f"Read from: {WAYS[found.way]}")
    if found.last:
        say(_last(found.last, moment))
    say(f"ActiveCampaign calls today: {found.calls_today:,}")
    if found.turn_s is not None:
        say(f"All {found.linked:,} linked contacts were last looked at within {duration(found.turn_s)}")
    if found.news:
        age = f", the oldest since {when(found.oldest_news, moment)}" if found.oldest_news else ""
        say(f"Contacts with news that were not read yet: {found.news:,}{age}")
    rows = [(kind, *(number(counts[name]) for name in COLUMNS)) for kind, counts in found.kinds.items()]
    show(table("", ("kind", *TITLES), rows, numbers=len(TITLES)))
    for reason in found.reasons:
        say(f"{reason['count']:,} {reason['state']}: {reason['reason']}")
    if found.total("refused"):
        say("Once the reason is mended: `ac365 activities retry`.")


def _line(line: LineStatus, moment: datetime) -> str:
    if not line.begun:
        return "not begun yet"
    planned = "next within a minute" if line.due_at and line.due_at <= moment else f"next {when(line.due_at, moment)}"
    told = f"last at work {when(line.moved_at, moment)}, {planned}"
    return f"{told}; stopped by {line.error['message']}. {line.error['advice']}" if line.error else told


def _last(last: dict[str, Any], moment: datetime) -> str:
    ended = when(datetime.fromisoformat(last["ended"]), moment)
    odd = f"; {last['unusable']:,} rows told of nothing" if last["unusable"] else ""
    return (
        f"Last reading {ended}: {last['rows']:,} rows, {last['found']:,} new events, {last['looked']:,} contacts "
        f"looked at, {last['read']:,} read one by one, {last['calls']:,} calls{odd}"
    )
