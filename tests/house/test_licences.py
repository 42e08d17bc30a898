"""Whatever is installed beside ac365 may be used and passed on with it."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata

import pytest

MEANT = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zope|ZPL|MPL|Mozilla|Unlicense|"
    # Used as libraries, and installed as packages of their own.
    r"LGPL-3\.0-only"
)
NOT_MEANT = re.compile(r"(?<!L)(?:A?GPL|SSPL|BUSL|Commons Clause|Proprietary)", re.IGNORECASE)


def licence(name: str) -> str | None:
    """What a distribution says of itself, None where it isn't installed on this platform."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = [one for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    return str(told.get("License-Expression") or "; ".join(classifiers) or told.get("License") or "")


@pytest.fixture(scope="module")
def licences(root) -> dict[str, str]:
    names = re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", (root / "requirements.lock").read_text(), re.MULTILINE)
    return {name: told for name in names if (told := licence(name)) is not None}


def test_every_licence_is_one_that_is_meant(licences):
    assert len(licences) > 50
    assert {n: told for n, told in licences.items() if not MEANT.search(told) or NOT_MEANT.search(told)} == {}
