"""The custom object of opportunities: what a schema lacks, and what is sent so that it has it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping import objects

WHOLE = objects.definition(None, objects.evolution(None))


def schema(**changed: Any) -> dict[str, Any]:
    return {**deepcopy(WHOLE), "id": "a-schema", **changed}


def with_field(name: str, **changed: Any) -> dict[str, Any]:
    fields = [{**one, **changed} if one["id"] == name else one for one in WHOLE["fields"]]
    return schema(fields=deepcopy(fields))


def test_the_label_names_the_triggers_as_marketers_know_them() -> None:
    assert WHOLE["labels"]["singular"] == "D365 Opportunity"


def test_a_schema_that_was_made_lacks_nothing() -> None:
    assert objects.evolution(schema()).nothing


@given(st.sets(st.sampled_from([one.id for one in objects.STANDARD])))
def test_whatever_fields_are_missing_are_added_and_the_others_stay(gone: set[str]) -> None:
    own = {
        "id": "our-own",
        "labels": {"singular": "Our own", "plural": "Our own"},
        "type": "dropdown",
        "options": [{"value": "A", "id": "1"}],
    }
    before = schema(fields=[own, *(one for one in WHOLE["fields"] if one["id"] not in gone)])
    found = objects.evolution(before)
    assert {one.id for one in found.add} == gone
    after = objects.definition(before, found)
    assert after["fields"][0] == own
    assert objects.evolution({**after, "id": "a-schema"}).nothing


def test_no_field_is_required() -> None:
    assert not any(one["required"] for one in WHOLE["fields"])


@pytest.mark.parametrize(
    ("name", "changed", "told"),
    [
        ("topic", {"type": "date"}, "type date and should be text"),
        ("topic", {"status": "marked_for_deletion"}, "deleted in ActiveCampaign"),
        ("topic", {"required": True}, "is required"),
        ("topic", {"isRequired": True}, "is required"),
        ("topic", {"id": "theme"}, "label Topic belongs to the field theme"),
    ],
)
def test_what_stands_in_the_way_is_named(name: str, changed: dict[str, Any], told: str) -> None:
    (clash,) = objects.evolution(with_field(name, **changed)).clashes
    assert told in clash


def test_an_id_that_differs_in_underscores_only_stands_in_the_way() -> None:
    found = objects.evolution(with_field("actual-revenue", id="actual_revenue"))
    assert found.add == ()
    assert [clash for clash in found.clashes if "actual_revenue" in clash]


def test_a_living_field_counts_before_a_deleted_one_of_its_id() -> None:
    doomed = {**WHOLE["fields"][0], "status": "marked_for_deletion"}
    assert objects.evolution(schema(fields=[*deepcopy(WHOLE["fields"]), doomed])).nothing


def test_another_label_and_a_missing_relationship_are_corrected() -> None:
    found = objects.evolution(schema(labels={"singular": "Opportunity", "plural": "x"}, relationships=[]))
    assert (found.relabel, found.relate, found.add) == ("Opportunity", True, ())
