"""`ac365 check`: what is wrong, line by line, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from cli.errors import COULD_NOT_RUN, CannotRun
from cli.options import AsJson, ConnectionName
from cli.output import print_json, say
from cli.session import chosen, session
from clients.probe import Finding
from engine import check as use_case
from engine import configure
from engine.alerts import ways
from engine.findings import as_row, good
from worker.services import Services


def check(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Check everything: servers, both connections, permissions, limits, and the mappings against live metadata.

    One line each: `ok`, `note` for what is good to know, or `WRONG` with what to do. Exit status 1 when anything is
    wrong.
    """
    found: list[Finding] = []
    with session() as services:
        for one in _findings(services, connection):
            found.append(one)
            if not as_json:
                say(line(one))
    if as_json:
        print_json({"ok": good(found), "findings": [as_row(one) for one in found]})
    if not good(found):
        raise typer.Exit(COULD_NOT_RUN)


def _findings(services: Services, name: str) -> Iterator[Finding]:
    yield Finding("settings", True, "can be read")
    yield from use_case.servers(services)
    yield from ways.findings(services.settings.alerts)
    try:
        row = chosen(services, name)
    except CannotRun as error:
        yield Finding("connection", False, error.message, error.advice)
        return
    with services.db.transaction() as tx:
        version, document = configure.current(tx, row["id"])
    yield from use_case.connection(services, row, document, version)


def line(one: Finding) -> str:
    """A finding as one line."""
    mark = "ok   " if one.ok else "WRONG" if one.required else "note "
    advice = f" {one.advice}" if one.advice and not one.ok else ""
    message = one.message if one.message.endswith((".", "!", "?")) or not advice else f"{one.message}."
    return f"{mark} {one.what}: {message}{advice}"
