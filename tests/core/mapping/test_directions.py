"""Which way each mapping travels, and who wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mapping.columns import Column
from mapping.compiled import CompiledMapping, MappingFaults
from mapping.directions import combined

Compile = Callable[..., CompiledMapping]
CHOICE = {"dynamics": "leadsourcecode", "activecampaign": "LEAD_SOURCE"}
OWNER = {"dynamics": "ownerid", "activecampaign": "OWNER"}
FILLED = {"lastname": "{{email}}"}


def said(direction: str, **rest: Any) -> dict[str, Any]:
    return {"direction": direction, "defaults": FILLED, **rest}


def faults(compiled: Compile, *own: Any, **options: Any) -> dict[str, str]:
    with pytest.raises(MappingFaults) as caught:
        compiled(*own, **options)
    return {fault.path: fault.message for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (("both", "both", "both"), "both"),
        (("both", "inbound", "both"), "inbound"),
        (("both", "both", "outbound"), "outbound"),
        (("outbound", "both"), "outbound"),
        (("outbound", "inbound"), ""),
        (("both", ""), ""),
    ],
)
def test_directions_combine_to_what_all_of_them_allow(wanted: tuple[str, ...], left: str) -> None:
    assert combined(*wanted) == left


@pytest.mark.parametrize(
    ("entity", "own", "left"),
    [
        ("outbound", None, "outbound"),
        ("outbound", "both", "outbound"),
        ("both", None, "both"),
        ("both", "inbound", "inbound"),
        ("both", "outbound", "outbound"),
        ("inbound", None, "inbound"),
        ("inbound", "both", "inbound"),
    ],
)
def test_mapping_narrows_the_direction_of_its_entity(compiled: Compile, entity: str, own: Any, left: str) -> None:
    assert compiled({**CHOICE, "direction": own}, said=said(entity)).directions["LEAD_SOURCE"] == left


def test_entity_without_a_direction_travels_outbound(compiled: Compile) -> None:
    mapping = compiled()
    assert set(mapping.directions.values()) == {"outbound"}
    assert mapping.relation_direction == "outbound"


def test_pair_that_can_not_go_inbound_travels_outbound(compiled: Compile) -> None:
    assert compiled(OWNER, said=said("both")).directions["OWNER"] == "outbound"


def test_column_that_dynamics_computes_travels_outbound(compiled: Compile, columns: dict[str, Column]) -> None:
    columns["jobtitle"] = replace(columns["jobtitle"], calculated=True)
    assert compiled(said=said("both")).directions["JOB_TITLE"] == "outbound"


@pytest.mark.parametrize(
    ("own", "entity", "words"),
    [
        ({**OWNER, "direction": "inbound"}, "both", "ownerid can't be filled from OWNER: The name of the record"),
        (OWNER, "inbound", "It can travel outbound only."),
        ({**CHOICE, "direction": "inbound"}, "outbound", "contact travels outbound only"),
        ({**CHOICE, "direction": "outbound"}, "inbound", "contact travels inbound only"),
    ],
)
def test_contradiction_is_a_fault_and_inactive_at_run_time(
    compiled: Compile, own: dict[str, Any], entity: str, words: str
) -> None:
    assert words in faults(compiled, own, said=said(entity))["fields.0.direction"]
    mapping = compiled(own, said=said(entity), tolerant=True)
    assert own["activecampaign"] not in mapping.directions
    assert words in mapping.inactive[-1].reason


def test_standard_mapping_that_can_not_follow_its_entity_is_inactive(
    compiled: Compile, columns: dict[str, Column]
) -> None:
    columns["jobtitle"] = replace(columns["jobtitle"], updatable=False)
    mapping = compiled(said=said("inbound"))
    assert "JOB_TITLE" not in mapping.directions
    assert "Dynamics sets it itself" in {one.dynamics: one.reason for one in mapping.inactive}["jobtitle"]


def test_standard_mapping_can_have_its_own_settings(compiled: Compile) -> None:
    section = {"direction": "inbound", "conflict": "ask", "on_empty": "keep", "on_empty_inbound": "mirror"}
    mapping = compiled(standard={"jobtitle": section, "telephone1": True}, said=said("both"))
    assert (mapping.directions["JOB_TITLE"], mapping.policies["JOB_TITLE"]) == ("inbound", "ask")
    assert (mapping.on_empty["JOB_TITLE"], mapping.on_empty_inbound["JOB_TITLE"]) == ("keep", "mirror")
    assert mapping.directions["phone"] == "both"


def test_section_can_switch_a_standard_mapping_off(compiled: Compile) -> None:
    assert "JOB_TITLE" not in compiled(standard={"jobtitle": {"enabled": False}}).directions


@pytest.mark.parametrize("off", [False, {"enabled": False}])
def test_fixed_mapping_has_a_direction_but_no_switch(compiled: Compile, off: Any) -> None:
    mapping = compiled(standard={"emailaddress1": {"direction": "outbound", "conflict": "ask"}}, said=said("both"))
    assert (mapping.directions["email"], mapping.policies["email"]) == ("outbound", "ask")
    assert "can't be switched off" in faults(compiled, standard={"emailaddress1": off})["standard.emailaddress1"]


def test_fixed_mapping_with_an_impossible_direction_follows_its_entity(compiled: Compile) -> None:
    wrong = {"emailaddress1": {"direction": "inbound"}}
    assert "travels outbound only" in faults(compiled, standard=wrong)["standard.emailaddress1.direction"]
    assert compiled(standard=wrong, tolerant=True).directions["email"] == "outbound"


def test_account_relation_has_a_direction_of_its_own(compiled: Compile) -> None:
    section = {"direction": "inbound", "conflict": "activecampaign_wins"}
    mapping = compiled(standard={"parentcustomerid": section}, said=said("both"))
    assert mapping.relation is not None
    assert (mapping.relation_direction, mapping.relation.conflict) == ("inbound", "activecampaign_wins")


def test_relation_that_is_not_mapped_has_no_direction(compiled: Compile, columns: dict[str, Column]) -> None:
    del columns["parentcustomerid"]
    assert compiled(said=said("both")).relation_direction == ""


@pytest.mark.parametrize(
    ("entity", "own", "policy"),
    [
        ({}, {}, "dynamics_wins"),
        ({"conflict": "ask"}, {}, "ask"),
        ({"conflict": "ask"}, {"conflict": "newest_wins"}, "newest_wins"),
    ],
)
def test_conflict_rule_of_a_mapping_comes_before_that_of_its_entity(
    compiled: Compile, entity: Any, own: Any, policy: str
) -> None:
    assert compiled({**CHOICE, **own}, said=entity).policies["LEAD_SOURCE"] == policy


def test_empty_values_are_mirrored_outbound_and_kept_inbound(compiled: Compile) -> None:
    mapping = compiled(CHOICE)
    assert (mapping.on_empty["LEAD_SOURCE"], mapping.on_empty_inbound["LEAD_SOURCE"]) == ("mirror", "keep")


def test_unticked_box_unticks_dynamics_whatever_the_setting(compiled: Compile) -> None:
    own = {"dynamics": "creditonhold", "activecampaign": "ON_HOLD", "on_empty_inbound": "keep"}
    assert compiled(own).on_empty_inbound["ON_HOLD"] == "mirror"


TWICE = {"dynamics": "jobtitle", "activecampaign": "OWNER"}


def test_two_fields_can_not_fill_one_column(compiled: Compile) -> None:
    told = faults(compiled, TWICE, said=said("both"))["fields.0.direction"]
    assert told == "jobtitle is already filled from JOB_TITLE; set the direction of one of them to outbound."


def test_second_field_of_a_column_can_travel_outbound(compiled: Compile) -> None:
    directions = compiled({**TWICE, "direction": "outbound"}, said=said("both")).directions
    assert (directions["JOB_TITLE"], directions["OWNER"]) == ("both", "outbound")


def test_first_field_keeps_filling_the_column_at_run_time(compiled: Compile) -> None:
    directions = compiled(TWICE, said=said("both"), tolerant=True).directions
    assert (directions["JOB_TITLE"], directions["OWNER"]) == ("both", "outbound")


def test_author_of_a_change_is_read(compiled: Compile, columns: dict[str, Column]) -> None:
    assert "_modifiedby_value" not in compiled().select
    columns["modifiedby"] = replace(columns["masterid"], name="modifiedby", targets=("systemuser",))
    assert "_modifiedby_value" in compiled().select
