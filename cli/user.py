"""`ac365 user`: who may use the console."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.errors import CannotRun
from cli.groups import ListFirst
from cli.options import AsJson, Yes
from cli.output import note, on_terminal, print_json, say, show, table, when
from cli.session import author, session
from engine import users as use_case
from store import users
from store.db import Tx
from worker.services import now

app = typer.Typer(cls=ListFirst, help="Who may use the console.")
Login = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]
PUBLIC = ("login", "name", "role", "directory_id", "active", "created_at", "signed_in_at", "locked_until")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List who may sign in."""
    with session() as services, services.db.transaction() as tx:
        rows = users.listed(tx)
    if as_json:
        print_json([{name: row[name] for name in PUBLIC} for row in rows])
    elif not rows:
        say("Nobody yet; `ac365 user add NAME` adds an administrator.")
    else:
        columns = ("name", "", "role", "signs in with", "last")
        show(table("", columns, [_row(row) for row in rows]))


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    how = "password" if row["has_password"] else "Entra ID"
    last = when(row["signed_in_at"], now())
    return row["login"], row["name"], row["role"] or "as in Dynamics", how if row["active"] else "switched off", last


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="What to call this person.")] = "",
    role: Annotated[str, typer.Option("--role", help="administrator or user.")] = "administrator",
) -> None:
    """Add somebody who signs in with a password, which is asked for, or read from standard input."""
    if role not in use_case.ROLES:
        raise typer.BadParameter(f"say {' or '.join(use_case.ROLES)}.", param_hint="--role")
    password = _password()
    with session() as services, services.db.transaction() as tx:
        try:
            use_case.add(tx, login.strip(), name, role, password, author())
        except ValueError as error:
            raise CannotRun(str(error)) from error
    note(f"{login.strip().lower()} may sign in now.")


@app.command()
def password(login: Login) -> None:
    """Give somebody a new password, which also ends a lock."""
    typed = _password()
    with session() as services, services.db.transaction() as tx:
        try:
            use_case.set_password(tx, _id(tx, login), typed, author())
        except ValueError as error:
            raise CannotRun(str(error)) from error
    note("The password was changed.")


@app.command()
def unlock(login: Login) -> None:
    """Let somebody try again at once whose name is locked after failed sign-ins."""
    with session() as services, services.db.transaction() as tx:
        ended = use_case.unlock(tx, _id(tx, login), author())
    note(f"{login} may try again." if ended else f"{login} is not locked.")


@app.command()
def remove(login: Login, yes: Yes = False) -> None:
    """Remove somebody; whoever is signed in by this name is signed out."""
    if not yes and on_terminal() and not typer.confirm(f"Remove {login}?"):
        raise CannotRun("nothing was changed")
    with session() as services, services.db.transaction() as tx:
        try:
            use_case.remove(tx, _id(tx, login), author())
        except ValueError as error:
            raise CannotRun(str(error)) from error
    note(f"{login} can't sign in any more.")


@app.command()
def code() -> None:
    """Print the code that the console asks the first administrator for."""
    with session() as services:
        say(use_case.code(services.settings.secret_keys))


def _id(tx: Tx, login: str) -> int:
    found = users.by_login(tx, login.strip())
    if found is None:
        raise CannotRun(f"there is no user named {login!r}", "`ac365 user list` names all of them.")
    return int(found["id"])


def _password() -> str:
    if on_terminal():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return typer.get_text_stream("stdin").readline().rstrip("\n")
