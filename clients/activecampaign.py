"""The client of ActiveCampaign's API v3: all groups of calls in one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from clients.accounts import Accounts
from clients.caller import ME
from clients.contacts import Contacts
from clients.custom_objects import CustomObjects
from clients.deals import Deals
from clients.feed import Feed
from clients.fields import Fields
from clients.imports import Imports
from clients.marketing import Marketing
from clients.scalars import row_of, rows_of
from clients.tags import Tags
from sync.errors import Missing, NotAvailable
from sync.model import Lane

FAR_FUTURE = datetime(2099, 1, 1, tzinfo=UTC).isoformat()
FAR_ID = 2_000_000_000


class ActiveCampaign(Contacts, Tags, Fields, Accounts, Imports, CustomObjects, Deals, Marketing, Feed):
    """One account. Every method takes the lane whose share of the request budget it uses."""

    def me(self, *, lane: Lane = Lane.SYNC) -> dict[str, Any]:
        """The user whose key is used. Raises BadCredentials."""
        return row_of(self.get(ME, lane=lane), "user")

    def canary(self, *, lane: Lane = Lane.SYNC) -> bool:
        """Whether the filters that reading relies on are heeded: each asks for what nobody can have.

        A filter that the service ignores answers with all contacts, as if all had changed.
        """
        wishes: tuple[tuple[str, object], ...] = (("filters[updated_after]", FAR_FUTURE), ("id_greater", FAR_ID))
        return not any(
            rows_of(self.get("contacts", {key: value, "limit": 1}, lane=lane), "contacts") for key, value in wishes
        )

    def available(self, path: str, *, lane: Lane = Lane.SYNC) -> bool:
        """Whether the list `path` is served to this key. Raises when that can't be told."""
        try:
            self.get(path, {"limit": 1}, lane=lane)
        except (NotAvailable, Missing):
            return False
        return True
