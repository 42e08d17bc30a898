"""Credentials at rest."""

from __future__ import annotations

import pytest

from store.errors import WrongKey
from store.vault import Vault

SECRETS = {"dynamics_client_secret": "s3cret", "activecampaign_api_key": "k3y"}


def test_sealed_secrets_open_again_and_show_nothing() -> None:
    sealed = Vault(["a passphrase"]).encrypt(SECRETS)
    assert b"s3cret" not in sealed
    assert Vault(["a passphrase"]).decrypt(sealed) == SECRETS


def test_former_key_still_opens_and_rotation_makes_it_needless() -> None:
    sealed = Vault(["old"]).encrypt(SECRETS)
    both = Vault(["new", "old"])
    assert both.decrypt(sealed) == SECRETS
    assert Vault(["new"]).decrypt(both.rotate(sealed)) == SECRETS


@pytest.mark.parametrize("method", ["decrypt", "rotate"])
def test_other_key_is_told_with_advice(method: str) -> None:
    sealed = Vault(["old"]).encrypt(SECRETS)
    with pytest.raises(WrongKey) as caught:
        getattr(Vault(["new"]), method)(sealed)
    assert "AC365_SECRET_KEY" in caught.value.advice


@pytest.mark.parametrize("keys", [[], [""], ["good", "  "]])
def test_empty_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="AC365_SECRET_KEY"):
        Vault(keys)
