"""Why a mail came back, out of a row of ActiveCampaign's bounce logs.

Its codes are numbers of a table that is not published, and `error` is empty where it was seen; `source` is the mail
that came back (developers.activecampaign.com, page retrieve-contact-bounce-logs), a report by RFC 3464 with a status of
RFC 3463: 5 for good, 4 for now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from mapping.activities import HARD, SOFT, moment_of

NEAR_S: Final = 60.0
"""The feed and the log note a bounce at times of their own."""
STATUS: Final = re.compile(r"^Status:\s*([245])\.\d{1,3}\.\d{1,3}", re.IGNORECASE | re.MULTILINE)
DIAGNOSTIC: Final = re.compile(r"^Diagnostic-Code:\s*(?:[\w-]+\s*;)?\s*(.+)$", re.IGNORECASE | re.MULTILINE)
CODE: Final = re.compile(r"^([45])\.\d{1,3}\.\d{1,3}$")
TYPES: Final = {"5": HARD, "4": SOFT}


def reason_of(row: Mapping[str, Any], otherwise: str = "") -> str:
    """`Hard bounce: 550 5.1.1 User unknown`, or as much of it as the row says. otherwise: what is known without it."""
    source = str(row.get("source") or "")
    status = STATUS.search(source) or CODE.match(str(row.get("code") or ""))
    kind = TYPES.get(status[1], otherwise) if status else otherwise
    diagnostic = DIAGNOSTIC.search(source)
    why = str(row.get("error") or "").strip() or (diagnostic[1].strip() if diagnostic else "")
    return ": ".join(part for part in (kind or ("Bounce" if why else ""), why) if part)


def nearest(ac_id: int, at: datetime, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row that speaks of this contact's bounce at this time, None where there is none."""
    mine = [(abs((moment - at).total_seconds()), row) for row in rows if (moment := _moment(row, ac_id)) is not None]
    close = [pair for pair in mine if pair[0] <= NEAR_S]
    return min(close, key=lambda pair: pair[0])[1] if close else None


def _moment(row: Mapping[str, Any], ac_id: int) -> datetime | None:
    if str(row.get("contact") or row.get("subscriberid") or "") != str(ac_id):
        return None
    moment = moment_of(row.get("tstamp"))
    return datetime.fromisoformat(moment) if moment else None
