"""/users, /settings/account, /forms."""

from __future__ import annotations

from flask import g

from simulators.activecampaign.core.answers import forbidden
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.routes.api import V3, Api, here, paged

api = Api("users", __name__, url_prefix=V3)


def _shown(user: Row) -> Row:
    return {"username": user["username"], "firstName": user["firstName"], "lastName": user["lastName"],
            "email": user["email"], "phone": "", "signature": None, "lang": "english",
            "localZoneid": "America/New_York", "mfaEnabled": "0", "roles": [], "links": {},
            "id": str(user["id"])}  # fmt: skip


@api.get("/users/me")
def whoami() -> Row:
    """The user of the key. `localZoneid` is the zone of the user interface, not that of any date."""
    return {"user": _shown(g.user)}


@api.get("/users")
def list_users() -> Row:
    """Who could own a record."""
    return paged("users", list(here().users), _shown)


@api.get("/settings/account")
def account_settings() -> Row:
    """For administrators. The exact JSON is not published beyond the two counts."""
    if not g.user["admin"]:
        raise forbidden("You do not have permission to view account settings.")
    return {"account": {"subscriber_limit": "1000000", "subscriber_total": str(len(here().contacts))}}


@api.get("/forms")
def list_forms() -> Row:
    """There are none here."""
    return paged("forms", [])
