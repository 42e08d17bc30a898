"""An authority on this machine without TLS: a simulator.

msal insists on https, so it is told the address of the public cloud, and what it sends there goes to this machine.
Source: repository AzureAD/microsoft-authentication-library-for-python, the parameter `http_client`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from requests import Response, Session

HOSTS = ("localhost", "127.0.0.1", "::1")


def is_loopback(url: str) -> bool:
    """Whether `url` is plain http within this machine, the only place where that is accepted."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in HOSTS


class Reply(NamedTuple):
    """What msal looks at in an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str]


class Redirected:
    """Sends what is meant for `public` to `target`; addresses in the answers come back the same way."""

    def __init__(self, public: str, target: str) -> None:
        self._public, self._target = public, target
        self._session = Session()

    def get(self, url: str, **options: Any) -> Reply:
        """As msal calls it."""
        return self._back(self._session.get(url.replace(self._public, self._target, 1), **options))

    def post(self, url: str, **options: Any) -> Reply:
        """As msal calls it."""
        return self._back(self._session.post(url.replace(self._public, self._target, 1), **options))

    def close(self) -> None:
        """Lets the connections go."""
        self._session.close()

    def _back(self, response: Response) -> Reply:
        return Reply(response.status_code, response.text.replace(self._target, self._public), response.headers)
