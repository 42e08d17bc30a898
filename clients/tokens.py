"""Signs in to Microsoft Entra ID as an application. What is known of it stands in clients/registration.py."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import Any

from clients.guard import NONE, Private
from clients.registration import PUBLIC_CLOUD, Credential, Registration, refused, unreachable
from sync.errors import SyncError

_apps: dict[str, Any] = {}
_lock = threading.Lock()


class Tokens:
    """Access tokens for one environment. One msal application per tenant, client and credential lives per process."""

    def __init__(
        self,
        *,
        tenant: str,
        client_id: str,
        credential: Credential,
        resource: str,
        authority: str = PUBLIC_CLOUD,
        private: Private = NONE,
    ) -> None:
        self._registration = Registration(tenant, client_id, credential, authority, private)
        self._scopes = [f"{resource.rstrip('/')}/.default"]
        seed = json.dumps([self._registration.authority, client_id, credential], sort_keys=True)
        self._key = hashlib.sha256(seed.encode()).hexdigest()

    def token(self) -> str:
        """A valid token, from msal's cache while it lasts. Raises BadCredentials with advice, or Unavailable."""
        try:
            result = self._app().acquire_token_for_client(scopes=self._scopes)
        except SyncError:
            raise
        except Exception as error:
            raise unreachable(error) from error
        if "access_token" not in result:
            # msal remembers a refusal for a minute; the next try shall ask again.
            self.forget()
            raise refused(result)
        return str(result["access_token"])

    def forget(self) -> None:
        """Forgets the token together with msal's cache: the next one is fresh."""
        with _lock:
            _apps.pop(self._key, None)

    def _app(self) -> Any:
        with _lock:
            if self._key not in _apps:
                _apps[self._key] = self._registration.application()
            return _apps[self._key]
