"""Where a person finds a record in the two services' own pages."""

from __future__ import annotations

import re
from typing import Final

from sync.model import Entity

API_HOST: Final = re.compile(r"^https://([a-z0-9-]+)\.api-[a-z]+\d*\.com$")


def in_dynamics(url: str, entity: Entity, record_id: str) -> str:
    """The form of a record.

    Source: learn.microsoft.com, page power-apps/developer/model-driven-apps/open-forms-views-dialogs-reports-url.
    """
    return f"{url.rstrip('/')}/main.aspx?etn={entity}&pagetype=entityrecord&id={record_id}"


def in_activecampaign(url: str, entity: Entity, ac_id: int) -> str:
    """The page of a contact or an account. An opportunity's is that of its contact.

    The API answers at `<account>.api-us1.com`, people work at `<account>.activehosted.com`. Source:
    developers.activecampaign.com, page url; help.activecampaign.com, article on finding the account's URL.
    """
    found = API_HOST.match(url.rstrip("/"))
    home = f"https://{found[1]}.activehosted.com" if found else url.rstrip("/")
    return f"{home}/app/{'accounts' if entity is Entity.ACCOUNT else 'contacts'}/{ac_id}"
