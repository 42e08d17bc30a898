"""Faults of a mapping: all of them, each in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mapping.columns import Column, ColumnType
from mapping.compiled import CompiledMapping, MappingFaults, compile_mapping, missing_required
from mapping.fields import Field, FieldKind

Compile = Callable[..., CompiledMapping]


def faults(compiled: Compile, *own: Any, **options: Any) -> dict[str, str]:
    with pytest.raises(MappingFaults) as caught:
        compiled(*own, **options)
    return {fault.path: fault.message for fault in caught.value.faults}


def own(dynamics: str, activecampaign: str, **rest: Any) -> dict[str, Any]:
    return {"dynamics": dynamics, "activecampaign": activecampaign, **rest}


def test_every_fault_is_told_at_once(compiled: Compile) -> None:
    found = faults(compiled, ("jobtitel", "NOTES"), ("description", "NOTE"), ("ownerid", "BIRTHDAY"))
    assert list(found) == ["fields.0.dynamics", "fields.1.activecampaign", "fields.2"]


def test_near_miss_is_suggested(compiled: Compile) -> None:
    assert "Did you mean 'jobtitle'?" in faults(compiled, ("jobtitel", "NOTES"))["fields.0.dynamics"]


def test_incompatible_pair_is_refused_with_the_rule(compiled: Compile) -> None:
    assert "An owner column does not fit into a date field." in faults(compiled, ("ownerid", "BIRTHDAY"))["fields.0"]


def test_field_of_a_standard_mapping_has_to_be_freed_first(compiled: Compile) -> None:
    found = faults(compiled, ("mobilephone", "JOB_TITLE"))
    assert "Switch the standard mapping of jobtitle off" in found["fields.0.activecampaign"]


def test_freed_field_can_be_filled_anew(compiled: Compile) -> None:
    mapping = compiled(("mobilephone", "JOB_TITLE"), standard={"jobtitle": False})
    assert [pair.column.name for pair in mapping.pairs if pair.field.key == "JOB_TITLE"] == ["mobilephone"]


def test_two_own_mappings_can_not_fill_one_field(compiled: Compile) -> None:
    found = faults(compiled, ("description", "NOTES"), ("new_interests", "NOTES"))
    assert found == {"fields.1.activecampaign": "NOTES is already filled from description."}


@pytest.mark.parametrize("field", ["email", "account"])
def test_fixed_mapping_can_not_be_replaced(compiled: Compile, field: str) -> None:
    assert "can't be mapped anew" in faults(compiled, ("jobtitle", field))["fields.0.activecampaign"]


def test_fixed_mapping_can_not_be_switched_off(compiled: Compile) -> None:
    found = faults(compiled, standard={"emailaddress1": False, "jobtitel": False})
    assert "can't be switched off" in found["standard.emailaddress1"]
    assert "Did you mean 'jobtitle'?" in found["standard.jobtitel"]


def test_fixed_mapping_that_was_switched_off_still_runs(compiled: Compile) -> None:
    assert "email" in compiled(standard={"emailaddress1": False}, tolerant=True).on_empty


def test_disabled_mapping_is_not_looked_at(compiled: Compile) -> None:
    assert compiled(own("nonsense", "NOTHING", enabled=False)).pairs


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        (own("leadsourcecode", "LEAD_SOURCE", options={9: "Web"}), "fields.0.options.9", "no option 9"),
        (own("leadsourcecode", "LEAD_SOURCE", options={2: "Wob"}), "fields.0.options.2", "Did you mean 'Web'?"),
        (own("description", "NOTES", options={2: "Web"}), "fields.0.options", "has no options"),
    ],
)
def test_wrong_line_of_an_option_list_is_told(compiled: Compile, entry: Any, path: str, words: str) -> None:
    assert words in faults(compiled, entry)[path]


def test_unknown_label_is_fine_where_it_may_be_added(compiled: Compile) -> None:
    entry = own("leadsourcecode", "LEAD_SOURCE", options={2: "Internet"}, unknown_option="add")
    mapping = compiled(entry)
    assert [(field.id, label) for field, label in mapping.missing_options()] == [(4, "Internet")]


def test_standard_mapping_without_its_field_is_inactive_and_blocks_nothing(compiled: Compile) -> None:
    inactive = {entry.dynamics: entry.reason for entry in compiled().inactive}
    assert inactive["websiteurl"] == "ActiveCampaign has no field 'WEBSITE'."


def test_standard_mapping_into_an_unfit_field_is_inactive(compiled: Compile, fields: dict[str, Field]) -> None:
    fields["CITY"] = replace(fields["CITY"], kind=FieldKind.DATE)
    inactive = {entry.dynamics: entry.reason for entry in compiled().inactive}
    assert inactive["address1_city"] == "A string column does not fit into a date field."


def test_people_without_their_address_column_are_a_fault(compiled: Compile, columns: dict[str, Column]) -> None:
    del columns["emailaddress1"]
    assert "no readable column" in faults(compiled)["standard.emailaddress1"]


def test_field_that_vanished_leaves_the_rest_running(compiled: Compile, fields: dict[str, Field]) -> None:
    del fields["NOTES"], fields["JOB_TITLE"]
    mapping = compiled(("description", "NOTES"), ("birthdate", "BIRTHDAY"), tolerant=True)
    assert "BIRTHDAY" in mapping.on_empty
    assert {"NOTES", "JOB_TITLE"} <= {entry.activecampaign for entry in mapping.inactive}


def test_column_that_changed_its_type_leaves_the_rest_running(compiled: Compile, columns: dict[str, Column]) -> None:
    columns["birthdate"] = Column("birthdate", "Birthday", ColumnType.OWNER)
    mapping = compiled(("birthdate", "BIRTHDAY"), tolerant=True)
    assert "BIRTHDAY" not in mapping.on_empty
    assert "does not fit" in mapping.inactive[-1].reason


def test_required_columns_matter_once_records_are_created_there(
    columns: dict[str, Column], fields: dict[str, Field]
) -> None:
    settings = {"direction": "both", "standard": {"lastname": False}}
    with pytest.raises(MappingFaults, match="requires lastname"):
        compile_mapping("contact", settings, columns, fields, version=1, zone="UTC")


def test_required_column_is_filled_by_an_inbound_pair_only(compiled: Compile, columns: dict[str, Column]) -> None:
    assert missing_required(columns, compiled().pairs) == []
    assert missing_required(columns, ()) == ["lastname"]
