"""What a delivery says. Only the contact's id counts; the contact itself is read from ActiveCampaign anew."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

KEY = "contact[id]"
TIME = "date_time"
MOST_FIELDS = 20_000
USABLE = re.compile(r"0*[1-9][0-9]{0,17}", re.ASCII)
"""A positive number that fits into a bigint of the database."""


def contact_id(body: bytes) -> int | None:
    """The id of the contact that a delivery is about, None when it names none that can be used.

    Deliveries are forms with keys as PHP spells them, `contact[id]=4711` (developers.activecampaign.com, page
    "Webhooks"); a JSON object `{"contact": {"id": 4711}}` is understood too. Whatever else is in it, in whichever
    encoding, is passed over. Of a key that is repeated the last counts, as PHP has it.
    """
    return _usable(_from_json(body) if body.lstrip()[:1] == b"{" else _from_form(body))


def said_at(body: bytes) -> datetime | None:
    """When what a delivery is about happened, as its form says in `date_time`; None without a time with an offset."""
    if body.lstrip()[:1] == b"{":
        return None
    try:
        moment = datetime.fromisoformat((_from_form(body, TIME) or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _usable(value: Any) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if USABLE.fullmatch(text) else None


def _from_form(body: bytes, wanted: str = KEY) -> str | None:
    # In Latin-1 every byte is a character, so no value of whatever encoding is an error.
    text = body.decode("latin-1")
    try:
        fields = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return next((value for key, value in reversed(fields) if key.strip() == wanted), None)


def _from_json(body: bytes) -> Any:
    try:
        contact = json.loads(body).get("contact")
    except (ValueError, RecursionError):
        return None
    return contact.get("id") if isinstance(contact, dict) else None
