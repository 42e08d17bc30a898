"""The configuration document: defaults, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from config.document import completed, defaults, load
from config.faults import ConfigFaults
from sync.model import TWO_WAY

STANDARD = "entities.contact.standard.jobtitle"
PLAIN = {
    "enabled": True,
    "direction": "outbound",
    "scope": "all",
    "criteria": None,
    "standard": {"jobtitle": False},
    "list": None,
}
BEFORE_TWO_WAY = {
    "version": 1,
    "sync": {"enabled": True, "frequency": "1h", "quiet": []},
    "limits": {"headroom": 0, "calls_per_second": 5},
    "zone": "UTC",
    "entities": {
        "account": {**PLAIN, "standard": {}, "fields": [], "on_deleted": "nothing"},
        "contact": {
            **PLAIN,
            "fields": [
                {
                    "dynamics": "jobtitle",
                    "activecampaign": "JOB_TITLE",
                    "on_empty": "keep",
                    "options": {},
                    "unknown_option": "skip",
                    "enabled": True,
                }
            ],
            "on_deleted": "tag",
        },
        "lead": {**PLAIN, "fields": [], "on_deleted": "tag"},
    },
}


def faults(document: Any) -> dict[str, str]:
    with pytest.raises(ConfigFaults) as caught:
        load(document)
    return {fault.path: fault.message for fault in caught.value.faults}


def contact(**settings: Any) -> dict[str, Any]:
    return {"entities": {"contact": settings}}


def mapped(**settings: Any) -> dict[str, Any]:
    return contact(fields=[{"dynamics": "jobtitle", "activecampaign": "JOB_TITLE", **settings}])


def condition(field: Any = "statecode", operator: Any = "equals", **rest: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, **rest}


def test_nothing_is_switched_on_by_itself() -> None:
    document = defaults()
    assert not document["sync"]["enabled"]
    assert {name: entity["enabled"] for name, entity in document["entities"].items()} == {
        "account": False,
        "contact": False,
        "lead": False,
        "opportunity": False,
    }


def test_loaded_document_loads_as_itself() -> None:
    once = load(mapped(options={"3": "Gold"}, on_empty="keep"))
    assert load(once) == once


def test_defaults_of_two_documents_are_not_one_object() -> None:
    defaults()["entities"]["lead"]["fields"].append("x")
    assert defaults()["entities"]["lead"]["fields"] == []


def test_empty_sections_count_as_not_said() -> None:
    empty = {"sync": None, "entities": {"contact": {"fields": None, "standard": None}, "lead": None}}
    assert load(empty) == defaults()


def test_own_mapping_gets_its_defaults() -> None:
    assert load(mapped(options={"1": "Gold"}))["entities"]["contact"]["fields"] == [
        {
            "dynamics": "jobtitle",
            "activecampaign": "JOB_TITLE",
            "direction": None,
            "conflict": None,
            "on_empty": "mirror",
            "on_empty_inbound": "keep",
            "options": {1: "Gold"},
            "unknown_option": "skip",
            "enabled": True,
        }
    ]


def covers(whole: Any, part: Any) -> bool:
    """Whether everything that a part says stands in the whole."""
    if isinstance(part, dict):
        return all(key in whole and covers(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(covers(*both) for both in zip(whole, part, strict=True))
    return bool(whole == part)


def test_document_from_before_keeps_what_it_says_and_travels_outbound() -> None:
    document = load(BEFORE_TWO_WAY)
    assert covers(document, BEFORE_TWO_WAY)
    assert {entity["direction"] for entity in document["entities"].values()} == {"outbound"}
    assert document["entities"]["contact"]["conflict"] == "dynamics_wins"


@pytest.mark.parametrize("direction", ["outbound", "inbound", "both"])
def test_every_direction_can_be_chosen(direction: str) -> None:
    assert load(contact(direction=direction))["entities"]["contact"]["direction"] == direction


def test_standard_mapping_stays_as_it_was_written() -> None:
    standard = {"jobtitle": False, "telephone1": True, "firstname": {"conflict": "ask", "enabled": "yes"}}
    loaded = load(contact(standard=standard))["entities"]["contact"]["standard"]
    assert loaded == {**standard, "firstname": {"conflict": "ask", "enabled": True}}


def test_ready_made_defaults_stand_beside_those_of_the_document() -> None:
    lead = load({"entities": {"lead": {"defaults": {"subject": "Web", "leadqualitycode": 1}}}})["entities"]["lead"]
    assert lead["defaults"] == {"subject": "Web", "lastname": "{{email}}", "leadqualitycode": 1}


def test_empty_default_counts_as_not_said() -> None:
    assert load(contact(defaults={"lastname": None})) == defaults()


def test_entities_have_the_defaults_they_need() -> None:
    found = {name: entity["defaults"] for name, entity in defaults()["entities"].items() if name in TWO_WAY}
    assert found == {
        "account": {},
        "contact": {"lastname": "{{email}}"},
        "lead": {"subject": "From ActiveCampaign: {{firstName}} {{lastName}}", "lastname": "{{email}}"},
    }


def test_only_leads_have_tags_for_their_end() -> None:
    found = load({"entities": {"lead": {"tag_qualified": True}}})["entities"]
    assert (found["lead"]["tag_qualified"], found["lead"]["tag_disqualified"]) == (True, False)
    assert "tag_qualified" not in found["contact"]


def test_guards_and_consent_have_their_defaults() -> None:
    document = defaults()
    assert document["guards"] == {"creates": 0.3, "changes": 0.5, "deletes": 0.05, "from": 50}
    assert document["consent"] == {"enabled": True, "lists": None, "do_not_email": False, "bounces": True}


def test_consent_takes_lists_by_name_and_by_number() -> None:
    assert load({"consent": {"lists": ["Newsletter", 8]}})["consent"]["lists"] == ["Newsletter", 8]


def test_every_fault_is_told_at_once() -> None:
    found = faults({"sync": {"frequency": "10m"}, "zone": "Atlantis", **contact(scope="some", fields=[{}])})
    assert set(found) == {
        "sync.frequency",
        "zone",
        "entities.contact.scope",
        "entities.contact.fields.0.dynamics",
        "entities.contact.fields.0.activecampaign",
    }


@pytest.mark.parametrize(
    ("document", "path", "words"),
    [
        ({"version": 2}, "version", "reads version 1"),
        ({"synk": {}}, "synk", "Did you mean 'sync'?"),
        ({"entities": {"leads": {}}}, "entities.leads", "Did you mean 'lead'?"),
        ({"sync": {"frequency": "10m"}}, "sync.frequency", "5m, 15m, 1h"),
        ({"sync": {"enabled": "maybe"}}, "sync.enabled", "neither true nor false"),
        ({"sync": []}, "sync", "not a section"),
        ({"limits": {"headroom": 0.95}}, "limits.headroom", "from 0 to 0.9"),
        ({"limits": {"calls_per_second": 6}}, "limits.calls_per_second", "from 1 to 5"),
        ({"limits": {"calls_per_second": True}}, "limits.calls_per_second", "not a number"),
        ({"zone": "../etc/passwd"}, "zone", "time zone"),
        (contact(conflict="asks"), "entities.contact.conflict", "Did you mean 'ask'?"),
        (contact(standard={"jobtitle": {"conflikt": "ask"}}), STANDARD + ".conflikt", "Did you mean 'conflict'?"),
        (contact(standard={"jobtitle": {"direction": "up"}}), STANDARD + ".direction", "outbound, inbound, both"),
        (contact(defaults={"jobtitle": ["x"]}), "entities.contact.defaults.jobtitle", "between quotes"),
        (contact(defaults=["x"]), "entities.contact.defaults", "not a list of names"),
        (contact(create="all"), "entities.contact.create", "requested, never"),
        (contact(on_removed="delete"), "entities.contact.on_removed", "nothing, recreate, deactivate"),
        (contact(tag_out_of_scope="[d365: lead]"), "entities.contact.tag_out_of_scope", "another meaning"),
        (contact(tag_qualified=True), "entities.contact.tag_qualified", "not known here"),
        (mapped(direction="up"), "entities.contact.fields.0.direction", "outbound, inbound, both"),
        (mapped(on_empty_inbound="clear"), "entities.contact.fields.0.on_empty_inbound", "mirror, keep"),
        ({"entities": {"account": {"create": "requested"}}}, "entities.account.create", "all, never"),
        ({"entities": {"account": {"tag_out_of_scope": "x"}}}, "entities.account.tag_out_of_scope", "can't be tagged"),
        ({"guards": {"creates": 1.1}}, "guards.creates", "from 0 to 1"),
        ({"guards": {"from": 0.5}}, "guards.from", "whole number from 0"),
        ({"guards": {"delete": 1}}, "guards.delete", "Did you mean 'deletes'?"),
        ({"consent": {"lists": [True]}}, "consent.lists.0", "not a name"),
        ({"consent": {"lists": []}}, "consent.lists", "names no list"),
        ({"consent": {"lists": "Newsletter"}}, "consent.lists", "not a list of names"),
        (contact(direction="up"), "entities.contact.direction", "outbound, inbound, both"),
        (contact(scope="criteria"), "entities.contact.criteria", "there are none"),
        (contact(standard={"jobtitle": 5}), "entities.contact.standard.jobtitle", "neither true nor false"),
        (contact(standard=["jobtitle"]), "entities.contact.standard", "not a list of names"),
        (contact(fields={"a": "b"}), "entities.contact.fields", "not a list of mappings"),
        (contact(fields=[None]), "entities.contact.fields.0", "is empty"),
        (contact(list=True), "entities.contact.list", "not a name"),
        (mapped(options={"gold": "Gold"}), "entities.contact.fields.0.options.gold", "not the number"),
        (mapped(dynamics=" "), "entities.contact.fields.0.dynamics", "not a name"),
        (mapped(unknown_option="ad"), "entities.contact.fields.0.unknown_option", "Did you mean 'add'?"),
        ({"entities": {"account": {"list": 3}}}, "entities.account.list", "can't be subscribed"),
        ({"entities": {"account": {"on_deleted": "tag"}}}, "entities.account.on_deleted", "can't be tagged"),
        ("nonsense", "", "not a section"),
    ],
)
def test_mistake_is_told_where_it_is(document: Any, path: str, words: str) -> None:
    assert words in faults(document)[path]


@pytest.mark.parametrize("word", ["yes", "On", "TRUE", True])
def test_yes_is_understood_in_each_spelling(word: Any) -> None:
    assert load({"sync": {"enabled": word}})["sync"]["enabled"] is True


@pytest.mark.parametrize("name", [8, "D365 Marketing"])
def test_list_is_a_name_or_an_id(name: Any) -> None:
    assert load(contact(list=name))["entities"]["contact"]["list"] == name


@pytest.mark.parametrize(
    "criteria",
    [
        condition(value="Web"),
        condition(operator="has_value"),
        {"all": [condition(value=[1, 2]), {"any": [condition(value=True), condition(value=1.5)]}]},
    ],
)
def test_criteria_of_any_shape_are_kept_as_they_are(criteria: Any) -> None:
    assert load(contact(scope="criteria", criteria=criteria))["entities"]["contact"]["criteria"] == criteria


@pytest.mark.parametrize(
    ("criteria", "path", "words"),
    [
        ([], "", "neither a group"),
        ({"all": []}, ".all", "at least one condition"),
        ({"all": [condition()], "any": []}, ".any", "does not belong beside 'all'"),
        ({"any": [condition(operator=None)]}, ".any.0.operator", "needs the name of its operator"),
        (condition(valeu=1), ".valeu", "Did you mean 'value'?"),
        (condition(value={"a": 1}), ".value", "is not a text"),
        (condition(value=float("inf")), ".value", "is not a text"),
    ],
)
def test_misshapen_criteria_are_told_by_their_place(criteria: Any, path: str, words: str) -> None:
    assert words in faults(contact(scope="criteria", criteria=criteria))[f"entities.contact.criteria{path}"]


def test_criteria_are_not_nested_without_end() -> None:
    tree: Any = condition(value=1)
    for _ in range(500):
        tree = {"all": [tree]}
    assert "nested too deeply" in next(iter(faults(contact(scope="criteria", criteria=tree)).values()))


def test_document_of_the_first_version_is_completed_without_a_change_of_what_it_says() -> None:
    first = {
        "version": 1,
        "sync": {"enabled": True, "frequency": "1d"},
        "entities": {"contact": {"enabled": True, "defaults": {}}},
    }
    found = completed(first)
    contact = defaults()["entities"]["contact"] | {"enabled": True, "defaults": {}}
    assert found["entities"] == defaults()["entities"] | {"contact": contact}
    assert found["sync"] == defaults()["sync"] | first["sync"]
    assert found["consent"] == defaults()["consent"]
