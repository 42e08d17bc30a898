"""`ac365 conflicts`: fields that both sides changed, who won, and what a person has to decide."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.errors import CannotRun
from cli.groups import ListFirst
from cli.options import AsJson, ConnectionName, Yes
from cli.output import on_terminal, print_json, say, show, table, when
from cli.session import author, chosen, send, session
from engine import choices
from engine.choices import State, Winner
from worker.services import now

app = typer.Typer(cls=ListFirst, help="Fields that both sides changed: who won, and what waits for your decision.")

Number = Annotated[int, typer.Argument(metavar="ID", help="A number from the list.")]
HIDDEN = ("connection_id",)
SIDES = {"dynamics": "Dynamics", "activecampaign": "ActiveCampaign", "": ""}
LONGEST = 40
UNDECIDED = "nobody yet"


@app.command("list")
def list_(
    state: Annotated[State | None, typer.Option(metavar="STATE", help="Only open, decided or resolved.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """List conflicts, the newest first, those that wait for you on top.

    open: a person has to decide, the field waits on both sides meanwhile; decided: by the policy of the field;
    resolved: by a person, or because both sides hold the same again.
    """
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            found = choices.listed(tx, row["id"], state, limit)
    if as_json:
        print_json([_public(one) for one in found])
    elif not found:
        say("There are no conflicts." if state is None else f"There are no {state} conflicts.")
    else:
        _print(found)


def _print(found: list[dict[str, Any]]) -> None:
    columns = ("no.", "state", "record", "field", "agreed", "Dynamics", "ActiveCampaign", "won", "when")
    show(table("", columns, [tuple(escape(str(cell)) for cell in _row(one)) for one in found], whole="record"))
    if any(one["state"] == State.OPEN for one in found):
        say("Decide with `ac365 conflicts choose NO dynamics` or `activecampaign`; --all-alike for the whole field.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    record = f"{one['entity']} {one['record_id']}"
    values = (_short(one[name]) for name in ("agreed", "ours", "theirs"))
    return one["id"], one["state"], record, one["key"], *values, SIDES[one["winner"]], when(one["at"], now())


@app.command("show")
def show_(conflict: Number, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Show everything about one conflict: the three values, the policy, who won, and when."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            found = choices.one(tx, row["id"], conflict)
    if as_json:
        print_json(_public(found))
        return
    say(f"Conflict {found['id']}, {found['state']}: {found['key']} of {found['entity']} {found['record_id']}")
    facts = [(name, escape(str(value))) for name, value in _facts(found).items() if value != ""]
    show(table("", ("", ""), facts))
    if found["state"] == State.OPEN:
        say(f"Decide with `ac365 conflicts choose {found['id']} dynamics` or `activecampaign`.")


def _facts(found: dict[str, Any]) -> dict[str, Any]:
    moment = now()
    by = f" by {found['decided_by']}" if found["decided_by"] else ""
    return {
        "last agreed": _shown(found["agreed"]),
        "Dynamics": _shown(found["ours"]),
        "ActiveCampaign": _shown(found["theirs"]),
        "policy": found["policy"],
        "winner": SIDES[found["winner"]] or (UNDECIDED if found["state"] == State.OPEN else "nobody was needed"),
        "happened": when(found["at"], moment),
        "decided": f"{when(found['decided_at'], moment)}{by}" if found["decided_at"] else "",
        "ActiveCampaign's id": found["ac_id"] or "",
        "cycle": found["cycle_id"] or "",
    }


@app.command()
def choose(
    conflict: Number,
    winner: Annotated[
        Winner, typer.Argument(metavar="WINNER", help="dynamics or activecampaign: whose value is kept.")
    ],
    all_alike: Annotated[
        bool, typer.Option("--all-alike", help="All open conflicts of the same entity and field, too.")
    ] = False,
    yes: Yes = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Decide an open conflict: the other side gets the winner's value.

    The winner's record is read anew at once and travels like any change: what it holds by then is what counts.
    """
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            found = choices.open_one(tx, row["id"], conflict)
            ids = choices.alike(tx, row["id"], conflict) if all_alike else [conflict]
        if all_alike and not (yes or as_json):
            _confirm(found, len(ids), winner)
        with services.db.transaction() as tx:
            ended, wakes = choices.choose(tx, row["id"], ids, winner, author())
        send(services, wakes)
    if as_json:
        print_json({"winner": winner, "resolved": ended})
    else:
        say(f"{SIDES[winner]} wins {_counted(len(ended))}; the other side is written next (`ac365 cycles`).")


def _confirm(found: dict[str, Any], number: int, winner: Winner) -> None:
    say(f"{_counted(number)} of {found['entity']} {found['key']}: {SIDES[winner]} is to win.")
    if on_terminal() and not typer.confirm("Decide all of them like this?"):
        raise CannotRun("nothing was decided")


def _counted(number: int) -> str:
    return f"{number:,} open conflict{'' if number == 1 else 's'}"


def _shown(value: Any) -> str:
    if value is None or value in ("", []):
        return "(empty)"
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _short(value: Any) -> str:
    text = _shown(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in HIDDEN}
