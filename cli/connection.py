"""`ac365 connection`: which Dynamics 365 syncs with which ActiveCampaign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.check import line
from cli.errors import COULD_NOT_RUN, CannotRun
from cli.options import AsJson, ConnectionName
from cli.output import on_terminal, print_json, say, show, table
from cli.session import chosen, session
from engine import configure, connecting
from engine.findings import as_row, good
from store import connections
from worker.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Which Dynamics 365 syncs with which ActiveCampaign.")

OPTIONS = {
    "dynamics_url": "--dynamics-url",
    "dynamics_tenant_id": "--tenant-id",
    "dynamics_client_id": "--client-id",
    "dynamics_authority": "--authority",
    "activecampaign_url": "--activecampaign-url",
    "dynamics_client_secret": "--client-secret-file or DYNAMICS_CLIENT_SECRET",
    "dynamics_client_certificate": "DYNAMICS_CLIENT_CERTIFICATE",
    "activecampaign_api_key": "--api-key-file or ACTIVECAMPAIGN_API_KEY",
    "activecampaign_event_account": "--event-account",
    "activecampaign_event_key": "--event-key-file or ACTIVECAMPAIGN_EVENT_KEY",
}


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the connections; credentials are never shown."""
    with session() as services, services.db.transaction() as tx:
        rows = connections.listed(tx)
    public = ("name", "dynamics_url", "activecampaign_url", "organization_id")
    found = [{key: str(row[key] or "") for key in public} for row in rows]
    if as_json:
        print_json(found)
    else:
        show(table("", ("name", "Dynamics", "ActiveCampaign", "organisation"), [tuple(one.values()) for one in found]))


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A name of your choice.")],
    dynamics_url: Annotated[str, typer.Option(help="Such as https://contoso.crm4.dynamics.com")] = "",
    tenant_id: Annotated[str, typer.Option(help="The directory (tenant) id of the app registration.")] = "",
    client_id: Annotated[str, typer.Option(help="Its application (client) id.")] = "",
    authority: Annotated[str, typer.Option(help="Only for national clouds.")] = "",
    activecampaign_url: Annotated[str, typer.Option(help="From Settings, Developer in ActiveCampaign.")] = "",
    client_secret_file: Annotated[Path | None, typer.Option(help="A file that holds the client secret.")] = None,
    api_key_file: Annotated[Path | None, typer.Option(help="A file that holds the ActiveCampaign key.")] = None,
    event_account: Annotated[str, typer.Option(help="The account id of event tracking, for events only.")] = "",
    event_key_file: Annotated[Path | None, typer.Option(help="A file that holds the key of event tracking.")] = None,
) -> None:
    """Add a connection, or change the one of this name.

    Secrets are never arguments, where others could see them: they come from a file, from the environment
    (DYNAMICS_CLIENT_SECRET, ACTIVECAMPAIGN_API_KEY, ACTIVECAMPAIGN_EVENT_KEY), or are asked for on the terminal. What
    is left out comes from the environment too.
    """
    given = {
        "dynamics_url": dynamics_url.rstrip("/"),
        "dynamics_tenant_id": tenant_id,
        "dynamics_client_id": client_id,
        "dynamics_authority": authority.rstrip("/"),
        "activecampaign_url": activecampaign_url.rstrip("/"),
        "dynamics_client_secret": _from_file(client_secret_file),
        "activecampaign_api_key": _from_file(api_key_file),
        "activecampaign_event_account": event_account,
        "activecampaign_event_key": _from_file(event_key_file),
    }
    with session() as services:
        wanted = _completed(given, services.settings)
        configure.complete(wanted, OPTIONS)
        with services.db.transaction() as tx:
            configure.save(tx, services.vault, name, wanted)
    say(f"Connection {name} is saved; everything in it is switched off.")
    say(f"Next: `ac365 connection test --connection {name}`, then `ac365 config export --connection {name}`.")


def _completed(given: dict[str, str], settings: Settings) -> dict[str, str]:
    """What was given, else what the environment says, else, for secrets, what a person types unseen."""
    names = (*configure.PLAIN, *configure.SECRET)
    wanted = {name: given.get(name) or str(getattr(settings, name)) for name in names}
    if on_terminal():
        if not (wanted["dynamics_client_secret"] or wanted["dynamics_client_certificate"]):
            wanted["dynamics_client_secret"] = typer.prompt("Client secret of the app registration", hide_input=True)
        if not wanted["activecampaign_api_key"]:
            wanted["activecampaign_api_key"] = typer.prompt("ActiveCampaign API key", hide_input=True)
    return wanted


def _from_file(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8").strip() if path else ""
    except OSError as error:
        raise CannotRun(f"can't read {path}: {error.strerror}", "Name a file that this user can read.") from error


@app.command("test")
def try_out(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Test the sign-in, the permissions and the features of both services."""
    with session() as services:
        row = chosen(services, connection)
        found = connecting.try_out(services, row)
    if as_json:
        print_json({"ok": good(found), "findings": [as_row(one) for one in found]})
    for one in () if as_json else found:
        say(line(one))
    if not good(found):
        raise typer.Exit(COULD_NOT_RUN)
