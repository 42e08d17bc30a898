"""Flower, read only: its pages for whoever may see them elsewhere.

Facts: repository mher/flower 2.x: `--url_prefix` puts all of it under a path, basic authentication guards it, what acts
on workers and tasks is POST, and the table of tasks takes its search as a query, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from requests import Session
from requests.exceptions import RequestException

from sync.errors import Unavailable

PREFIX: Final = "/flower"
TIMEOUT_S: Final = 10
AWAY: Final = "Flower does not answer"
ADVICE: Final = "It runs with `ac365 up` and in the compose file; AC365_FLOWER_URL says where it is."


class Page(NamedTuple):
    """What Flower answers."""

    status: int
    kind: str
    body: bytes


class Flower:
    """Flower at `url`, which is run with the prefix. auth: `name:password`, "" for none."""

    def __init__(self, url: str, auth: str) -> None:
        self._root = f"{url.rstrip('/')}{PREFIX}"
        name, colon, password = auth.partition(":")
        self._auth = (name, password) if colon else None

    def read(self, path: str, query: Sequence[tuple[str, str]]) -> Page:
        """One page, table or file. Nothing is changed by it. Raises Unavailable."""
        try:
            with Session() as session:
                # The environment's proxies lead outside, and Flower is inside.
                session.trust_env = False
                answer = session.get(
                    f"{self._root}/{path}",
                    params=list(query),
                    auth=self._auth,
                    timeout=TIMEOUT_S,
                    allow_redirects=False,
                )
        except RequestException as error:
            raise Unavailable(f"{AWAY} ({type(error).__name__})", code="flower.away", advice=ADVICE) from None
        return Page(answer.status_code, answer.headers.get("Content-Type", "text/plain"), answer.content)
