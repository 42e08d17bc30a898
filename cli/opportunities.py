"""`ac365 opportunities`: those that are picked by hand, and those that wait for a contact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.errors import CannotRun
from cli.options import AsJson, ConnectionName
from cli.output import print_json, say, show, table, when
from cli.session import author, chosen, send, session
from engine import configure
from engine.opportunities import picking
from engine.opportunities.picking import Picking
from engine.wake import Wake
from store import opportunities
from worker.services import now

app = typer.Typer(
    no_args_is_help=True, help="Opportunities that are picked by hand, and those that wait for a contact."
)
FIRST = 100
STDIN = "-"
UNREAD = "was not read yet"
TRAVELS = (
    "They are read anew now and travel to ActiveCampaign once a contact of theirs is there; see "
    "`ac365 opportunities picked` in a moment."
)
STAYS = "Their records stay in ActiveCampaign as they are, and are not updated any more."
ADVICE = "Each goes by itself once its contact does; `ac365 explain contact ID` tells why one does not."

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Ids of opportunities in Dynamics; - reads them from standard input."),
]
Source = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="A file with one id per line; - reads standard input.")
]
Command = Callable[..., tuple[Picking, list[Wake]]]


@app.command()
def pick(ids: Ids = None, file: Source = None, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Pick opportunities by hand: those are the ones that travel where their scope is `manual`.

    Up to a hundred are read at once, ahead of everything else. Where the configuration says otherwise the picks are
    kept and count for nothing, and the command says why.
    """
    found = _carry_out(picking.pick, ids, file, connection)
    if as_json:
        print_json(_as_json("picked", "were_picked", found))
        return
    say(f"{_counted(len(found.changed))} picked{_same(found.same, 'picked already')}.")
    _print_effect(found, TRAVELS if found.changed or found.same else "")


@app.command()
def unpick(ids: Ids = None, file: Source = None, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Take picks back. What is in ActiveCampaign stays there as it is, and is not updated any more."""
    found = _carry_out(picking.unpick, ids, file, connection)
    if as_json:
        print_json(_as_json("unpicked", "were_not_picked", found))
        return
    say(f"{_counted(len(found.changed))} no longer picked{_same(found.same, 'not picked')}.")
    _print_effect(found, STAYS if found.changed else "")


def _carry_out(command: Command, ids: list[str] | None, file: Path | None, connection: str) -> Picking:
    wanted = _named(ids or [], file)
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            _, document = configure.current(tx, row["id"])
            found, wakes = command(tx, row["id"], document, wanted, author())
        send(services, wakes)
    return found


def _named(ids: list[str], file: Path | None) -> tuple[str, ...]:
    sources = [*(Path(one) for one in ids if one == STDIN), *([file] if file else [])]
    words = [*(one for one in ids if one != STDIN), *(line for source in sources for line in _lines(source))]
    try:
        found = picking.as_ids(words)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if not found:
        raise typer.BadParameter("name opportunities by their ids in Dynamics, or a --file with them.")
    return found


def _lines(source: Path) -> Iterable[str]:
    try:
        text = typer.get_text_stream("stdin").read() if str(source) == STDIN else source.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"can't read {source}: {error}", "Name a text file with one id per line.") from error
    # Some editors put a mark of the encoding in front.
    return text.removeprefix("\ufeff").splitlines()


def _as_json(done: str, same: str, found: Picking) -> dict[str, Any]:
    counts = {done: len(found.changed), same: found.same}
    return {**counts, "effective": not found.idle, "why_not": found.idle, "ahead": list(found.ahead)}


def _print_effect(found: Picking, effect: str) -> None:
    if found.idle:
        say(f"This has no effect now: {found.idle}.")
        return
    for line in (effect, *found.ahead):
        if line:
            say(line)


def _counted(number: int) -> str:
    return f"{number:,} {'opportunity is' if number == 1 else 'opportunities are'}"


def _same(number: int, how: str) -> str:
    return f"; {number:,} {'was' if number == 1 else 'were'} {how}" if number else ""


@app.command()
def picked(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """List the opportunities that are picked by hand, the newest pick first, and where each stands."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            _, document = configure.current(tx, row["id"])
            rows = opportunities.picks(tx, row["id"])
    why = picking.idle(document)
    if as_json:
        print_json({"effective": not why, "why_not": why, "picked": [_pick(one) for one in rows]})
        return
    if why:
        say(f"Picks have no effect now: {why}.")
    if not rows:
        say("No opportunity is picked by hand.")
        return
    moment = now()
    listed = [(one["id"], one["state"] or UNREAD, one["reason"] or "", when(one["picked_at"], moment), one["author"])
              for one in map(_pick, rows)]  # fmt: skip
    show(table("", ("opportunity", "state", "reason", "picked", "by"), listed, whole="opportunity"))


def _pick(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["opportunity_id"], **{name: row[name] for name in ("state", "reason", "author", "picked_at")}}


@app.command()
def waiting(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """List the opportunities that wait: how many for which reason, and of the first 100 for whom."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            groups = opportunities.waiting_for(tx, row["id"])
            rows = opportunities.waiting(tx, row["id"], FIRST)
    count = sum(group["count"] for group in groups)
    if as_json:
        listed = [{"id": one["record_id"], "contact": one["awaits"], "reason": one["reason"]} for one in rows]
        print_json({"count": count, "reasons": groups, "opportunities": listed})
    elif not rows:
        say("No opportunity waits.")
    else:
        _print_waiting(count, groups, rows)


def _print_waiting(count: int, groups: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    for group in groups:
        say(f"{group['count']:,} x {group['reason']}")
    listed = [(one["record_id"], one["awaits"] or "", one["reason"]) for one in rows]
    title = f"The first {len(rows)} of {count:,}" if count > len(rows) else ""
    show(table(title, ("opportunity", "contact", "reason"), listed, whole="opportunity"))
    say(ADVICE)
