"""Registered steps: which writes they listen to, and where they post.

Rules: Microsoft Learn, "Register a WebHook" and the table reference of sdkmessageprocessingstep. The key of a webhook
travels as `code` in the query.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from simulators.dynamics.store.storage import Session

REGISTRATION = frozenset({"sdkmessageprocessingstep", "serviceendpoint"})
# Contract 8 is a webhook, its authentication 4 a key in the query; mode 1 is asynchronous, stage 40 after the write.
STEPS = """
SELECT s.name, m.name, coalesce(f.primaryobjecttypecode, ''), coalesce(s.filteringattributes, ''), e.url,
       CASE e.authtype WHEN 4 THEN e.authvalue END, s.asyncautodelete
FROM sdkmessageprocessingstep s
JOIN sdkmessage m ON m.sdkmessageid = s.sdkmessageid
JOIN serviceendpoint e ON e.serviceendpointid = s.eventhandler AND e.contract = 8
LEFT JOIN sdkmessagefilter f ON f.sdkmessagefilterid = s.sdkmessagefilterid
WHERE s.statecode = 0 AND s.mode = 1 AND s.stage = 40
"""


@dataclass(frozen=True)
class Step:
    """A registered step. table: "" for all; columns: the filter of updates, empty for any."""

    name: str
    message: str
    table: str
    columns: frozenset[str]
    url: str
    code: str | None
    forgets: bool

    def hears(self, message: str, table: str, columns: Collection[str]) -> bool:
        """Whether a write of these columns is one that the step listens to."""
        if self.message != message or self.table not in ("", table):
            return False
        return message != "Update" or not self.columns or bool(self.columns & set(columns))

    def address(self) -> str:
        """Where to post, with the key."""
        if self.code is None:
            return self.url
        joint = "&" if "?" in self.url else "?"
        return f"{self.url}{joint}{urllib.parse.urlencode({'code': self.code})}"


def registered(session: Session) -> list[Step]:
    """The steps in force that post to webhooks."""
    return [_step(row) for row in session.rows(STEPS)]


def _step(row: tuple[Any, ...]) -> Step:
    name, message, table, columns, url, code, forgets = row
    listened = frozenset(part.strip().lower() for part in columns.split(",") if part.strip())
    return Step(name or "", message, table, listened, url, code, bool(forgets))
