"""Paging cookies: what a next link carries, sealed so that only the link as it was given works."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import quote, unquote

from simulators.dynamics.errors import ApiError

STATE = re.compile(r'state="([\w=-]*)" seal="(\w+)"')


def bake(page: int, state: dict[str, Any], binding: str, tracking: bool) -> str:
    """The text of $skiptoken for the page after number `page`, bound to the query it belongs to."""
    packed = base64.urlsafe_b64encode(json.dumps([page, state]).encode()).decode()
    inner = f'<cookie page="{page}"><state state="{packed}" seal="{_seal(packed, binding)}" /></cookie>'
    return (
        f'<cookie pagenumber="{page + 1}" pagingcookie="{quote(quote(inner, safe=""), safe="")}" '
        f'istracking="{tracking}" />'
    )


def taste(token: str, binding: str) -> tuple[int, dict[str, Any]]:
    """The page number that was served last and the state. Raises ApiError (400) for a token of another query."""
    found = STATE.search(unquote(unquote(token)))
    if not found or found[2] != _seal(found[1], binding):
        raise ApiError(400, "0x80060888", "The $skiptoken of the request does not belong to this query.")
    page, state = json.loads(base64.urlsafe_b64decode(found[1]))
    return page, state


def _seal(packed: str, binding: str) -> str:
    return hashlib.sha256(f"{packed}|{binding}".encode()).hexdigest()[:16]


def link(address: str, raw_query: str, token: str) -> str:
    """The next link: the query as it was sent, with the cookie for its last option."""
    kept = without_token(raw_query)
    return f"{address}?{kept}{'&' if kept else ''}$skiptoken={quote(token, safe='')}"


def without_token(raw_query: str) -> str:
    """A raw query without its paging cookie."""
    return "&".join(
        part for part in raw_query.split("&") if part and not part.startswith(("$skiptoken", "%24skiptoken"))
    )
