"""What ac365 has of its own in Dynamics: installed by whom, and looked at from outside."""

from __future__ import annotations

import json
from typing import Any

from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from config import document as documents
from engine import configure
from simulators.dynamics.state import CLIENT_ID, SECRET

ROWS = {
    "form": "SELECT formid, formxml FROM systemform ORDER BY 1",
    "draft": 'SELECT * FROM "~drafts" ORDER BY 1, 2',
    "grant": 'SELECT * FROM "~grants" ORDER BY 1, 2',
    "privilege": "SELECT name FROM privilege ORDER BY 1",
    "role": "SELECT roleid, name FROM role ORDER BY 1",
    "resource": "SELECT webresourceid, content FROM webresource ORDER BY 1",
    "publisher": "SELECT uniquename FROM publisher ORDER BY 1",
    "solution": "SELECT uniquename FROM solution ORDER BY 1",
    "component": "SELECT componenttype, objectid FROM solutioncomponent ORDER BY 1, 2",
    "endpoint": "SELECT name, url FROM serviceendpoint ORDER BY 1",
    "step": "SELECT name FROM sdkmessageprocessingstep ORDER BY 1",
}


def ac365(*words: str) -> Any:
    """`ac365 provision dynamics`, as a person runs it."""
    return run("provision", "dynamics", *words)


def run(*words: str) -> Any:
    """Any command, as a person runs it."""
    ran = CliRunner().invoke(app, list(words))
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran


def answer(*words: str) -> Any:
    """The same for scripts."""
    return json.loads(ac365(*words, "--json").stdout)


def become(story: Story, *roles: str) -> None:
    """The application user has these roles and no other."""
    story.crm.add_application(CLIENT_ID, SECRET, "ac365", list(roles))


def installed(story: Story) -> None:
    """By an application user that is System Administrator for as long as that takes, and then what it was."""
    become(story, "System Administrator")
    assert ac365("--apply").exit_code == 0
    become(story, "Integration")


def environment(story: Story) -> dict[str, Any]:
    """All that an installation may change."""
    with story.crm.storage.read() as session:
        found: dict[str, Any] = {what: session.rows(sql) for what, sql in ROWS.items()}
    tables = story.crm.catalog.tables
    return found | {"tables": {name: sorted(table.columns) for name, table in tables.items()}}


def switch_on(story: Story, **sections: dict[str, Any]) -> None:
    """Changes the sections of the configuration that are about marketing in Dynamics."""
    with story.transaction() as tx:
        version, current = configure.current(tx, story.pump.connection_id)
        wanted = documents.load({**current, **{name: {**current[name], **said} for name, said in sections.items()}})
        configure.replace(tx, story.pump.connection_id, version, wanted, "test", story.pump.services.now())
