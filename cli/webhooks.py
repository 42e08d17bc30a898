"""`ac365 webhooks`: the addresses that ActiveCampaign delivers to, and the process that listens there."""

from __future__ import annotations

import subprocess
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from cli import up
from cli.errors import COULD_NOT_RUN, CannotRun
from cli.groups import ListFirst
from cli.options import AsJson, ConnectionName, Yes
from cli.output import note, on_terminal, print_json, say
from cli.session import author, chosen, session
from engine.asked import Purpose
from engine.hook_paths import Signer
from store import audit, connections
from worker import embedded
from worker.services import Services

EVENTS = ("open", "click", "forward", "share", "reply", "bounce", "subscribe", "unsubscribe")
"""What an account webhook for activities is to listen to; `sent` names no contact."""

app = typer.Typer(cls=ListFirst, help="Addresses for ActiveCampaign's webhooks, and the process that listens there.")

MEANING = {
    Purpose.CREATE_LEAD: "creates a lead in Dynamics for the contact, unless there is one already",
    Purpose.CREATE_CONTACT: "creates a contact in Dynamics for it, unless there is one already",
    Purpose.REQUESTS: "for Dynamics: has what people ask for on leads and contacts looked at without a wait",
    Purpose.CHANGED: "has the contact looked at now instead of at the next scheduled cycle",
    Purpose.ACTIVITY: "says that the contact received or did something; events to tick: " + ", ".join(EVENTS),
}
NO_BASE = "Set AC365_PUBLIC_URL to the https address under which ActiveCampaign reaches this; here are the paths alone."
BAD_BASE = "ActiveCampaign delivers to https on port 443 only; AC365_PUBLIC_URL says something else."


@app.command("list")
def list_(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """List the addresses of a connection. Each is a secret: who knows it can ask in ActiveCampaign's name."""
    with session() as services:
        _print(services, chosen(services, connection), as_json)


@app.command()
def renew(connection: ConnectionName = "", yes: Yes = False, as_json: AsJson = False) -> None:
    """Make all addresses of a connection anew. The old ones stop working at once, wherever they are entered."""
    with session() as services:
        row = chosen(services, connection)
        if not (yes or as_json) and on_terminal() and not typer.confirm("Make the addresses in use worthless?"):
            raise CannotRun("nothing was changed")
        with services.db.transaction() as tx:
            generation = connections.renew_webhooks(tx, row["id"])
            audit.write(tx, row["id"], author(), "renew webhooks", f"generation {generation}")
        _print(services, {**row, "webhook_generation": generation}, as_json)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Instead of AC365_WEBHOOKS_PORT.")] = None,
) -> None:
    """Listen for webhooks until Ctrl-C. `ac365 up` and the compose file do so by themselves."""
    up.heed_signals()
    with session() as services:
        wanted = port or services.settings.webhooks_port
        up.require_free(wanted, "AC365_WEBHOOKS_PORT")
        environment = embedded.environment(services.settings) | {"AC365_WEBHOOKS_PORT": str(wanted)}
        # In a session of its own Ctrl-C reaches it once, through us.
        process = subprocess.Popen(up.RECEIVER, env=environment, start_new_session=True)
        say(f"Listening for webhooks on {services.settings.webhooks_host}:{wanted}. Ctrl-C stops it.")
        if _ended(process):
            raise typer.Exit(COULD_NOT_RUN)


def _ended(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        return process.wait()


def _print(services: Services, connection: dict[str, Any], as_json: bool) -> None:
    base = services.settings.public_url
    paths = Signer(services.settings.secret_keys).paths(connection)
    if as_json:
        rows = [{"purpose": p, "path": path, "address": f"{base}{path}" if base else None} for p, path in paths.items()]
        print_json(rows)
    for purpose, path in () if as_json else paths.items():
        say(f"{purpose}: {MEANING[purpose]}")
        say(f"    {base}{path}")
    if not base:
        note(NO_BASE)
    elif not _reachable(base):
        note(BAD_BASE)


def _reachable(base: str) -> bool:
    try:
        parts = urlsplit(base)
        return parts.scheme == "https" and parts.port in (None, 443)
    except ValueError:
        return False
