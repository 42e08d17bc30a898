"""The document as YAML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.document import defaults, load
from config.faults import ConfigFaults, Fault
from config.yaml import dump, parse, validate

TEXT = """\
version: 1
sync:
  enabled: yes
  frequency: 10m
entities:
  contact:
    fields:
      - dynamics: jobtitle
      - {dynamics: birthdate, activecampaign: BIRTHDAY}
      - dynamics: description
        activecampaign: NOTES
        on_empty: never
  lead:
    scope: criteria
    criteria:
      field: createdon
      operator: after
      value: 2026-01-05
"""


def told(text: str, check: Any = None) -> list[tuple[int | None, str]]:
    with pytest.raises(ConfigFaults) as caught:
        validate(text, check)
    return [(fault.line, fault.path) for fault in caught.value.faults]


def test_paths_know_their_lines() -> None:
    _, lines = parse(TEXT)
    assert lines["sync.frequency"] == 4
    assert lines["entities.contact.fields.1.activecampaign"] == 9
    assert lines["entities.lead.criteria.operator"] == 17


def test_date_stays_the_text_it_is() -> None:
    document, _ = parse(TEXT)
    assert document["entities"]["lead"]["criteria"]["value"] == "2026-01-05"


def test_faults_of_shape_stand_at_their_lines() -> None:
    assert told(TEXT) == [
        (4, "sync.frequency"),
        (8, "entities.contact.fields.0.activecampaign"),
        (12, "entities.contact.fields.2.on_empty"),
    ]


def test_faults_of_meaning_are_told_together_with_those_of_shape() -> None:
    def check(document: dict[str, Any]) -> Iterable[Fault]:
        for place, entry in enumerate(document["entities"]["contact"]["fields"]):
            yield Fault(f"entities.contact.fields.{place}.dynamics", f"no {entry['dynamics']}")

    assert told(TEXT, check)[1:] == [
        (8, "entities.contact.fields.0.activecampaign"),
        (9, "entities.contact.fields.1.dynamics"),
        (10, "entities.contact.fields.2.dynamics"),
        (12, "entities.contact.fields.2.on_empty"),
    ]


def test_fault_of_something_unwritten_stands_at_what_is_around_it() -> None:
    def check(_: dict[str, Any]) -> Iterable[Fault]:
        return [Fault("entities.contact.standard.jobtitle", "x"), Fault("entities.lead.criteria[field]", "y")]

    assert told(TEXT.replace("10m", "1h"), check)[0] == (6, "entities.contact.standard.jobtitle")
    assert (16, "entities.lead.criteria[field]") in told(TEXT, check)


def test_fault_behind_a_faulty_list_stands_at_its_own_line() -> None:
    text = "consent:\n  lists:\n    - true\n    - Nowhere\n"
    assert told(text, lambda document: [Fault(f"consent.lists.{at}", "x") for at in range(1)]) == [
        (3, "consent.lists.0"),
        (4, "consent.lists.1"),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "sync: {frequency: 10m}\nlimits: [1]\n",
        "entities:\n  contact: {scope: criteria}\n",
        "entities:\n  contact: {scope: criteria, criteria: {all: [{field: x}]}}\n",
        "entities: 5\n",
        "zone: Atlantis\nsynk: 1\n",
        "consent: {lists: [true]}\n",
        "consent: {lists: []}\n",
        "guards: {from: -1}\nentities: {lead: {defaults: {subject: []}, conflict: x}}\n",
    ],
)
def test_meaning_is_checked_on_what_is_sound(broken: str) -> None:
    seen: list[dict[str, Any]] = []
    told(broken, lambda document: seen.append(document) or [])
    assert seen == [defaults()]


def test_sound_document_is_loaded_with_defaults() -> None:
    assert validate("sync: {frequency: 5m}")["sync"] == {"enabled": False, "frequency": "5m", "quiet": []}


@pytest.mark.parametrize("nothing", ["", "---\n", "# only a remark\n"])
def test_empty_text_is_the_default_document(nothing: str) -> None:
    assert validate(nothing) == defaults()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("sync:\n  enabled: [true\n", 3, "not valid YAML"),
        ("zone: UTC\nsync: {}\nzone: UTC\n", 3, "occurs twice, first in line 1"),
        ("sync:\n  frequency: 1h\n  frequency: 2h\n", 3, "occurs twice, first in line 2"),
        ("sync: &a {enabled: true}\nlimits: *a\n", 2, "alias"),
        ("zone: !!binary aGk=\n", 1, "YAML tag"),
        ("? [a, b]\n: c\n", 1, "not a name"),
        ("defaults:\n  lastname: {{email}}\n", 2, "put a text with {{ }} between quotes"),
        ("zone: UTC\n---\nzone: UTC\n", 2, "single document"),
        ("- a\n", 1, "not a section"),
        ("zone: 'a\x00b'\n", None, "not valid YAML"),
        ("zone: !!int x\n", None, "not valid YAML"),
        ("[" * 1000, None, "nested too deeply"),
    ],
)
def test_text_that_is_no_document_is_refused_with_its_line(text: str, line: int | None, words: str) -> None:
    with pytest.raises(ConfigFaults) as caught:
        parse(text)
    assert (caught.value.faults[0].line, words in caught.value.faults[0].message) == (line, True)


def test_all_repeated_keys_are_told_at_once() -> None:
    assert told("zone: UTC\nzone: UTC\nsync: {enabled: no, enabled: yes}\n") == [(2, "zone"), (3, "sync.enabled")]


def test_message_says_line_and_path() -> None:
    with pytest.raises(ConfigFaults, match=r"^line 2: sync\.frequency: '9h' is not one of"):
        validate("sync:\n  frequency: 9h\n")


def test_written_document_explains_itself() -> None:
    assert dump(defaults()).startswith("# The configuration of ac365")


def test_writing_keeps_the_order_of_the_document() -> None:
    written = dump(defaults())
    assert written.index("\nversion:") < written.index("\nsync:") < written.index("\nentities:")


@pytest.mark.parametrize(
    "text", ["a\x85", "\u2028b", "no", "2026-01-05", "1e3", "0x10", "null", "a: b", "\t", "# x", "x" * 300]
)
def test_text_that_looks_like_something_else_stays_a_text(text: str) -> None:
    assert parse(dump({"zone": text}))[0] == {"zone": text}


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30)
names = texts.filter(lambda text: bool(text.strip()))
directions = st.sampled_from(["outbound", "inbound", "both"])
sections = st.fixed_dictionaries({}, optional={"enabled": st.booleans(), "direction": directions})
mappings = st.fixed_dictionaries(
    {"dynamics": names, "activecampaign": names},
    optional={
        "on_empty": st.sampled_from(["mirror", "keep"]),
        "direction": directions,
        "options": st.dictionaries(st.integers(0, 10**9), names, max_size=3),
        "unknown_option": st.sampled_from(["skip", "text", "add"]),
    },
)
values = st.one_of(texts, st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
conditions = st.fixed_dictionaries({"field": names, "operator": names, "value": values | st.lists(values, max_size=3)})
trees = st.recursive(
    conditions, lambda inner: st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}), max_leaves=4
)
entities = st.fixed_dictionaries(
    {"fields": st.lists(mappings, max_size=3), "criteria": st.none() | trees},
    optional={
        "standard": st.dictionaries(names, st.booleans() | sections, max_size=3),
        "defaults": st.dictionaries(names, texts | st.integers() | st.booleans(), max_size=3),
    },
)


@settings(deadline=None, max_examples=60)
@given(entities)
def test_written_document_reads_back_the_same(entity: dict[str, Any]) -> None:
    document = load({"entities": {"lead": entity}})
    assert parse(dump(document))[0] == document
