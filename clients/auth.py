"""How a call proves who it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Auth(Protocol):
    """headers: the credentials of one call; renew: forget a refused token, False when there is no other to try."""

    def headers(self) -> Mapping[str, str]:
        """Sent with one call and never kept."""

    def renew(self) -> bool:
        """Whether the call is worth repeating once."""


class TokenSource(Protocol):
    """Where bearer tokens come from."""

    def token(self) -> str:
        """A valid access token."""

    def forget(self) -> None:
        """The token was refused; get a fresh one next time."""


class ApiKey:
    """ActiveCampaign's key, sent as `Api-Token`. Source: developers.activecampaign.com, page authentication."""

    def __init__(self, key: str) -> None:
        self._key = key

    def headers(self) -> Mapping[str, str]:
        return {"Api-Token": self._key}

    def renew(self) -> bool:
        return False


class Bearer:
    """A token of Microsoft Entra ID."""

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._tokens.token()}"}

    def renew(self) -> bool:
        self._tokens.forget()
        return True
