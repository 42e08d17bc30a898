"""What `ac365 check` says about marketing activities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from clients.activecampaign import FAR_FUTURE, ActiveCampaign
from clients.probe import Finding
from sync.errors import BadRecord, NotAvailable, SyncError
from sync.model import Lane

LIVE: Final = Lane.LIVE
HOOK_ADVICE: Final = (
    "Enter the address `activity` of `ac365 webhooks` in ActiveCampaign, Settings, Developer, Manage webhooks: whoever "
    "opened, clicked or replied is then read first. Without it activities are found by looking at everybody in turn."
)


def enabled(document: Mapping[str, Any]) -> bool:
    """Whether a document, perhaps one from before there were activities, switches them on."""
    return bool((document.get("activities") or {}).get("enabled"))


def findings(activecampaign: ActiveCampaign, path: str) -> Iterator[Finding]:
    """The feed in ActiveCampaign, and the webhook; the table in Dynamics is looked at with everything that ac365 has
    there. path: that of its address."""
    yield _feed(activecampaign)
    yield _webhook(activecampaign, path)


def _feed(activecampaign: ActiveCampaign) -> Finding:
    what = "activities: feed of ActiveCampaign"
    try:
        activecampaign.feed_page(datetime.fromisoformat(FAR_FUTURE), lane=LIVE)
    except NotAvailable as error:
        return Finding(what, False, error.message, error.advice)
    except BadRecord:
        told = "answers for one contact at a time only; contacts with news are read one by one, two calls each"
        return Finding(what, True, told, required=False)
    except SyncError as error:
        return Finding(what, False, error.message, error.advice)
    return Finding(what, True, "answers for the whole account")


def _webhook(activecampaign: ActiveCampaign, path: str) -> Finding:
    what = "activities: webhook"
    try:
        hooks = activecampaign.webhooks(lane=LIVE)
    except SyncError as error:
        return Finding(what, False, error.message, error.advice, required=False)
    mine = [hook for hook in hooks if str(hook.get("url") or "").endswith(path)]
    if not mine:
        return Finding(what, False, "ActiveCampaign has none that delivers to ac365", HOOK_ADVICE, required=False)
    events = sorted({str(event) for hook in mine for event in hook.get("events") or ()})
    return Finding(what, True, f"tells of {', '.join(events)}", required=False)
