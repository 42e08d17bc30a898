"""`ac365 failures`: what could not be delivered, why, and what to do about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.errors import CannotRun
from cli.groups import ListFirst
from cli.options import AsJson, ConnectionName, EntityName, Yes
from cli.output import note, on_terminal, print_json, say, show, table, when
from cli.session import author, chosen, send, session
from engine import failing, retries
from engine.failing import Filter
from sync.model import Direction, Entity
from worker.services import now

app = typer.Typer(cls=ListFirst, help="Records that could not be delivered: look, correct, retry.")

Klass = Annotated[
    str | None, typer.Option("--class", metavar="CLASS", help="Only this class, such as bad_record or stop.")
]
Text = Annotated[str | None, typer.Option("--text", help="Only those with this text in message, code or id.")]
Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Numbers from the list.")]
Everything = Annotated[bool, typer.Option("--all", help="All of them, when no filter and no number is given.")]
Way = Annotated[
    Direction | None, typer.Option("--direction", metavar="NAME", help="Only outbound (to ActiveCampaign) or inbound.")
]
FACTS = (
    *("direction", "class", "code", "stage", "ac_id", "cycle_id"),
    *("correlation_id", "code_version", "request", "answer"),
)
HIDDEN = ("connection_id", "subject", "state")


@app.command("list")
def list_(
    entity: EntityName = None,
    direction: Way = None,
    klass: Klass = None,
    text: Text = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """List what is on the failure list: first by kind in plain words, then record by record."""
    with session() as services:
        wanted = Filter(chosen(services, connection)["id"], entity, klass, text, direction=direction)
        with services.db.transaction() as tx:
            rows = failing.listed(tx, wanted, limit)
            groups = failing.grouped(tx, wanted)
    if as_json:
        print_json({"groups": [_public(row) for row in groups], "failures": [_public(row) for row in rows]})
    elif not rows:
        say("Nothing is on the failure list.")
    else:
        _print(rows, groups)


def _print(rows: list[dict[str, Any]], groups: list[dict[str, Any]]) -> None:
    for group in groups:
        say(f"{group['count']:,} x {group['entity']} {group['direction']}: {group['message']}")
        say(f"    {failing.advice(group)}")
    moment = now()
    columns = ("no.", "record", "direction", "class", "tried", "last", "next", "message")
    listed = [
        (
            row["id"],
            failing.named(row),
            row["direction"],
            row["class"],
            row["attempts"],
            when(row["last_at"], moment),
            failing.next_attempt(row, moment),
            row["message"],
        )
        for row in rows
    ]
    show(table("", columns, listed, whole="record"))
    say("Retry with `ac365 failures retry NO` or `--all`; `ac365 failures show NO` tells everything about one.")


@app.command("show")
def show_(
    failure: Annotated[int, typer.Argument(metavar="ID")], connection: ConnectionName = "", as_json: AsJson = False
) -> None:
    """Show everything that is known about one failure."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            found = failing.one(tx, row["id"], failure)
    if as_json:
        print_json(_public(found, state=True))
        return
    say(f"{failing.named(found)}: {found['message']}")
    say(failing.advice(found))
    show(table("", ("", ""), [(name, value) for name, value in _facts(found).items() if value not in (None, "", {})]))


def _facts(found: dict[str, Any]) -> dict[str, Any]:
    moment = now()
    attempts = f"{found['attempts']}, first {when(found['first_at'], moment)}, last {when(found['last_at'], moment)}"
    return {
        "next attempt": failing.next_attempt(found, moment),
        "attempts": attempts,
        **{name: found[name] for name in FACTS},
    }


@app.command()
def retry(
    ids: Ids = None,
    entity: EntityName = None,
    direction: Way = None,
    klass: Klass = None,
    text: Text = None,
    everything: Everything = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Try failed records again, now.

    Each is read anew where its change came from and mapped with today's configuration: what was corrected counts, and
    no old data is sent. What fails again comes back to the list.
    """
    with session() as services:
        wanted = _wanted(chosen(services, connection)["id"], ids, entity, direction, klass, text, everything)
        with services.db.transaction() as tx:
            number = failing.retry(tx, wanted, author())
        send(services, retries.wake_due(services.db, now()))
    if as_json:
        print_json({"retrying": number})
    else:
        say(f"{number:,} will be read anew and tried again; see `ac365 failures` in a moment.")


@app.command()
def discard(
    ids: Ids = None,
    entity: EntityName = None,
    direction: Way = None,
    klass: Klass = None,
    text: Text = None,
    everything: Everything = False,
    yes: Yes = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Take failures off the list without another attempt.

    The records stay as they are on both sides. A later change of such a record travels as usual.
    """
    with session() as services:
        wanted = _wanted(chosen(services, connection)["id"], ids, entity, direction, klass, text, everything)
        if not (yes or as_json) and on_terminal() and not typer.confirm("Take them off the list?"):
            raise CannotRun("nothing was changed")
        with services.db.transaction() as tx:
            number = failing.discard(tx, wanted, author())
    if as_json:
        print_json({"discarded": number})
    else:
        say(f"{number:,} taken off the list.")


def _wanted(
    connection_id: int,
    ids: list[int] | None,
    entity: Entity | None,
    direction: Direction | None,
    klass: str | None,
    text: str | None,
    all_: bool,
) -> Filter:
    wanted = Filter(connection_id, entity, klass, text, tuple(ids or ()), direction)
    if wanted.open_to_all and not all_:
        raise typer.BadParameter("say which: numbers, --entity, --direction, --class, --text, or --all.")
    if ids and all_:
        note("Only the numbers that were given are meant; --all is ignored.")
    return wanted


def _public(row: dict[str, Any], *, state: bool = False) -> dict[str, Any]:
    hidden = HIDDEN[:2] if state else HIDDEN
    return {name: value for name, value in row.items() if name not in hidden}
