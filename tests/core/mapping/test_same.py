"""When two canonical values mean the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mapping.compiled import CompiledMapping

Compile = Callable[..., CompiledMapping]


@pytest.mark.parametrize(
    ("key", "ours", "theirs", "different"),
    [
        ("email", "Ada@Contoso.example", "ada@contoso.example", False),
        ("phone", "+44 20 7946 0958", "+442079460958", True),
        ("JOB_TITLE", "R & D", "R &amp; D", False),
        ("JOB_TITLE", "R & D", "R D", True),
        ("JOB_TITLE", "analyst", "Analyst", True),
        ("JOB_TITLE", None, None, False),
        ("JOB_TITLE", "Analyst", None, True),
        ("LEAD_SOURCE", 2, 2, False),
        ("LEAD_SOURCE", 2, "Carrier pigeon", True),
        ("LEAD_SOURCE", 2, 3, True),
    ],
)
def test_difference_is_one_of_meaning(compiled: Compile, key: str, ours: Any, theirs: Any, different: bool) -> None:
    mapping = compiled(("leadsourcecode", "LEAD_SOURCE"))
    assert mapping.differences({key: ours}, {key: theirs}) == ([key] if different else [])


def test_two_options_with_one_label_are_the_same(compiled: Compile) -> None:
    own = {"dynamics": "leadsourcecode", "activecampaign": "LEAD_SOURCE", "options": {2: "Web", 3: "Web"}}
    assert compiled(own).differences({"LEAD_SOURCE": 3}, {"LEAD_SOURCE": 2}) == []


def test_what_is_not_known_on_our_side_is_not_compared(compiled: Compile) -> None:
    assert (
        compiled().differences({"email": "ada@contoso.example"}, {"email": "ADA@contoso.example", "phone": "5"}) == []
    )
