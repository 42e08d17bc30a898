"""`ac365 config`: the configuration as YAML that can live in git, and the global switch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import changes
from cli.errors import CannotRun
from cli.options import AsJson, ConnectionName, Yes
from cli.output import note, on_terminal, print_json, say
from cli.session import author, chosen, session
from config import yaml
from config.diff import diff as differences
from config.faults import ConfigFaults
from engine import configure, metadata, validate
from sync.model import Lane
from worker.services import Services, now

app = typer.Typer(no_args_is_help=True, help="The configuration: what syncs, how fields map, how often.")
Source = Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file; - reads standard input.")]


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; default: print it.")] = None,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Write the configuration as commented YAML, ready to edit and to keep in git."""
    with session() as services, services.db.transaction() as tx:
        version, document = configure.current(tx, chosen(services, connection)["id"])
    if as_json:
        print_json({"version": version, "document": document})
    elif file is None:
        typer.echo(yaml.dump(document), nl=False)
    else:
        file.write_text(yaml.dump(document), encoding="utf-8")
        note(f"Wrote version {version} to {file}.")


@app.command("import")
def import_(file: Source, connection: ConnectionName = "", yes: Yes = False, as_json: AsJson = False) -> None:
    """Check a configuration against both services, show what it changes, and make it the current one.

    Every fault is named at once with its line, and nothing is saved while there is one. An entity that it switches on
    does not start by itself: its first sync starts with `ac365 sync`.
    """
    with session() as services:
        row = chosen(services, connection)
        document = _checked(services, row, file)
        with services.db.transaction() as tx:
            version, present = configure.current(tx, row["id"])
        found = differences(present, document)
        if not as_json:
            changes.show(found)
        if found and not yes and on_terminal() and not typer.confirm("Make this the current configuration?"):
            raise CannotRun("nothing was changed")
        if found:
            with services.db.transaction() as tx:
                version = configure.replace(tx, row["id"], version, document, author(), now())
    if as_json:
        print_json({"version": version, "changes": changes.as_rows(found), "enabled": changes.enabled(found)})
    else:
        say(f"Version {version} is the current configuration." if found else "It is what is configured already.")
        changes.advise(found, document)


@app.command()
def check(file: Source, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Check a configuration file against both services without saving it; exit status 1 when there are faults."""
    with session() as services:
        _checked(services, chosen(services, connection), file)
    if as_json:
        print_json({"ok": True})
    else:
        say(f"{file} can be imported.")


@app.command()
def diff(file: Source, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Show what importing a file would change; only its form is checked."""
    with session() as services, services.db.transaction() as tx:
        _, present = configure.current(tx, chosen(services, connection)["id"])
    found = differences(present, _valid(_read(file), None))
    if as_json:
        print_json({"changes": changes.as_rows(found)})
    else:
        changes.show(found)


@app.command()
def enable(connection: ConnectionName = "") -> None:
    """Turn the global switch on: entities that had their first sync are synced at the configured frequency."""
    _switch(connection, on=True)


@app.command()
def disable(connection: ConnectionName = "") -> None:
    """Turn the global switch off: nothing starts by itself any more. What is under way comes to its end."""
    _switch(connection, on=False)


def _switch(connection: str, *, on: bool) -> None:
    word = "on" if on else "off"
    with session() as services:
        row = chosen(services, connection)
        if on:
            with services.db.transaction() as tx:
                _, document = configure.current(tx, row["id"])
            _refuse(validate.against(_described(services, row))(document))
        with services.db.transaction() as tx:
            changed = configure.switch(tx, row["id"], on, author(), now())
    say(f"The global switch is {word} now." if changed else f"The global switch was {word} already.")


def _checked(services: Services, row: dict[str, Any], file: Path) -> dict[str, Any]:
    """The document of a file, valid in shape and meaning."""
    text = _read(file)
    return _valid(text, validate.against(_described(services, row)))


def _described(services: Services, row: dict[str, Any]) -> dict[str, Any]:
    """What both services are like today: old descriptions are read anew first."""
    dynamics, activecampaign, _ = services.clients(row)
    if metadata.stale(services.db, row["id"], now()):
        note("Reading the columns and fields of both services ...")
        metadata.refresh(services.db, row["id"], dynamics, activecampaign, Lane.LIVE)
    return metadata.load(services.db, row["id"])


def _valid(text: str, check: validate.Check | None) -> dict[str, Any]:
    try:
        return yaml.validate(text, check=check)
    except ConfigFaults as error:
        _refuse(error.faults)
        raise


def _refuse(faults: list[Any]) -> None:
    """Prints every fault with its line and ends the command."""
    for fault in faults:
        where = f"line {fault.line}: " if fault.line else ""
        note(f"{where}{fault.path}: {fault.message}" if fault.path else f"{where}{fault.message}")
    if faults:
        count = f"{len(faults)} fault" + ("s" if len(faults) > 1 else "")
        raise CannotRun(f"nothing was saved: {count} in the configuration", "Correct it and try again.")


def _read(file: Path) -> str:
    try:
        return typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(
            f"can't read {file}: {error}", "Name a YAML file, as `ac365 config export` writes it."
        ) from error
