"""`ac365 requests`: what people asked for on leads and contacts in Dynamics, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.options import AsJson, ConnectionName
from cli.output import print_json, say, show, table, when
from cli.session import chosen, session
from store import listening
from store import requests as stored
from worker.services import now

TOLD = ("id", "request_id", "target", "name", "entity", "record_id", "requester", "behalf", "who", "asked_at", "state",
        "answer", "settled_at", "answered_at", "error", "origin")  # fmt: skip


def requests(
    number: Annotated[int, typer.Argument(metavar="[N]", min=1, max=10_000, help="So many, the newest first.")] = 20,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """List what people asked for on leads and contacts in Dynamics: who, what, where it stands, and why."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            found = stored.listed(tx, number, row["id"])
            ear = listening.get(tx, row["id"])
    if as_json:
        print_json({"listening": _ear(ear), "requests": [{name: one[name] for name in TOLD} for one in found]})
        return
    say(_heard(ear, now()))
    if found:
        show(table("", ("asked", "by", "for", "what", "state", "why"), [_line(one, now()) for one in found]))


def _ear(ear: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: ear[name] for name in ("heard_at", "tracked", "failures", "error")} if ear else None


def _heard(ear: dict[str, Any] | None, moment: datetime) -> str:
    if ear is None:
        return "Nobody listens: the panel is switched off (panel.enabled)."
    if ear["error"]:
        return f"Dynamics can't be heard: {ear['error']}"
    how = "" if ear["tracked"] else ", without change tracking"
    return f"Heard {when(ear['heard_at'], moment)}{how}."


def _line(row: dict[str, Any], moment: datetime) -> tuple[str, ...]:
    state = row["state"] if row["answered_at"] else f"{row['state']}, not answered"
    why = row["answer"] or row["error"] or ""
    whom = f"{row['entity'] or '?'} {row['record_id'] or ''}".strip()
    return when(row["asked_at"], moment), row["who"], whom, row["name"] or row["target"], state, why
