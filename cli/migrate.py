"""`ac365 migrate`: brings the database to the schema of this version."""

from __future__ import annotations

from cli.options import AsJson
from cli.output import print_json, say
from cli.session import resolved, session
from engine import configure
from store import migrate as migrations


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the schema of this version.

    Run it once after every installation and upgrade, before workers start. Running it again does nothing but take over
    changed settings of the first connection. A database that a newer ac365 has migrated is left alone.
    """
    applied = migrations.migrate(resolved().database_url)
    with session(prepare=False) as services:
        # In containers this runs at every start, so a changed secret reaches the workers here.
        configure.ensure_connection(services)
    if as_json:
        print_json({"applied": applied})
    else:
        say(f"Applied {', '.join(applied)}." if applied else "The database is up to date.")
