"""The signature of an address: it holds for one connection, one purpose and one generation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.asked import Purpose
from engine.hook_paths import Signer

SIGNER = Signer(["a key"])
CONNECTION = {"id": 7, "webhook_generation": 3}
LEAD = Purpose.CREATE_LEAD


def signature(signer: Signer = SIGNER, purpose: Purpose = LEAD, **more: int) -> str:
    return signer.paths({**CONNECTION, **more})[purpose].rpartition("/")[2]


@pytest.mark.parametrize("purpose", Purpose)
def test_an_address_is_recognised_with_its_generation(purpose: Purpose) -> None:
    assert SIGNER.generation(7, purpose, signature(purpose=purpose)) == 3


def test_the_path_names_connection_and_purpose() -> None:
    assert SIGNER.paths(CONNECTION)[LEAD].startswith("/hooks/7/create-lead/3.")


def test_a_signature_has_256_bits() -> None:
    assert len(signature().partition(".")[2]) == 43


@pytest.mark.parametrize("other", [Purpose.CREATE_CONTACT, Purpose.CHANGED])
def test_a_signature_does_not_serve_another_purpose(other: Purpose) -> None:
    assert SIGNER.generation(7, other, signature()) is None


def test_a_signature_does_not_serve_another_connection() -> None:
    assert SIGNER.generation(8, LEAD, signature()) is None


def test_a_signature_does_not_serve_another_generation() -> None:
    forged = signature().replace("3.", "4.", 1)
    assert SIGNER.generation(7, LEAD, forged) is None


@pytest.mark.parametrize("spelt", ["03.", "+3.", " 3.", "٣.", "3" * 400 + ".", "", "."])
def test_a_generation_has_one_spelling(spelt: str) -> None:
    assert SIGNER.generation(7, LEAD, spelt + signature().partition(".")[2]) is None


@given(st.integers(0, 44), st.characters())
def test_a_signature_with_another_character_anywhere_is_forged(place: int, character: str) -> None:
    good = signature()
    tampered = good[:place] + character + good[place + 1 :]
    assert SIGNER.generation(7, LEAD, tampered) == (3 if tampered == good else None)


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert SIGNER.generation(7, LEAD, text) is None


def test_another_installation_has_other_addresses() -> None:
    assert Signer(["another key"]).generation(7, LEAD, signature()) is None


def test_addresses_outlive_a_rotation_of_the_key_while_the_old_one_is_named() -> None:
    both = Signer(["a new key", "a key"])
    assert both.generation(7, LEAD, signature()) == 3
    assert Signer(["a new key"]).generation(7, LEAD, signature(both)) == 3


def test_the_order_of_connection_and_generation_matters() -> None:
    assert signature(id=11, webhook_generation=1)[2:] != signature(id=1, webhook_generation=11)[3:]


def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="AC365_SECRET_KEY"):
        Signer([])
