"""What should happen to an opportunity: it travels as a whole, one way, and never without a contact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sync.model import Change, Decision, Entity, Link, Outcome
from sync.opportunities import CONTACT, TOUCHED, Target, decide
from sync.terms import Terms

DEAL = "0ddddddd-0000-4000-8000-000000000001"
ADA = "aaaaaaaa-0000-4000-8000-000000000001"
KEYS = ("topic", "stage", "status", "estimated-revenue", TOUCHED)
UNMAPPED = "our-own"
TERMS = Terms(directions=dict.fromkeys(KEYS, "outbound"), on_deleted="status")
THERE = Target(7, ADA, link_id=1, address="ada@example.com")
AWAY = Target(contact_id=ADA, why=f"waits for contact {ADA}, which has no e-mail address")

texts = st.sampled_from(["", "Licences", "Open", "Won", "12.5"]).map(lambda text: text or None)
read = st.dictionaries(st.sampled_from(KEYS), texts)
agreed = st.dictionaries(st.sampled_from([*KEYS, UNMAPPED]), st.sampled_from(["Licences", "Open", "12.5"]))
there = st.builds(Target, st.sampled_from([7, 8, None]), st.just(ADA), st.just(1), st.just("ada@example.com"))
changes = st.builds(Change, st.just(Entity.OPPORTUNITY), st.just(DEAL), st.integers(1, 9), values=read)


@st.composite
def links(draw: st.DrawFn) -> Link:
    """The link of one that was delivered, to a contact whose id is known since then."""
    held = {**draw(agreed), CONTACT: draw(st.sampled_from([7, 8]))}
    return Link(1, Entity.OPPORTUNITY, DEAL, agreed=held, agreed_version=draw(st.integers(1, 9)), delivered=True)


def change(version: int = 5, **values: Any) -> Change:
    return Change(Entity.OPPORTUNITY, DEAL, version, values=values)


def link(version: int = 4, **held: Any) -> Link:
    return Link(1, Entity.OPPORTUNITY, DEAL, agreed={**held, CONTACT: 7}, agreed_version=version, delivered=True)


def written(decision: Decision, target: Target, version: int) -> Link:
    """The link after a write: the writer has found the contact's id, and keeps nothing that is empty."""
    values = {**decision.values, CONTACT: target.contact or 7}
    held = {key: value for key, value in values.items() if value is not None}
    return Link(1, Entity.OPPORTUNITY, DEAL, agreed=held, agreed_version=version, delivered=True)


def told(decision: Decision) -> tuple[Outcome, str]:
    return decision.outcome, decision.action


@given(changes, links() | st.none(), there)
def test_what_was_written_needs_no_second_write(one: Change, known: Link | None, target: Target) -> None:
    first = decide(one, known, target, TERMS)
    assume(first.action in ("create", "update"))
    after = written(first, target, one.version)
    known_by_now = replace(target, contact=target.contact or 7)
    assert told(decide(one, after, known_by_now, TERMS)) == (Outcome.UNCHANGED, "none")


@given(changes, links() | st.none(), there)
def test_every_write_carries_the_whole_record(one: Change, known: Link | None, target: Target) -> None:
    decision = decide(one, known, target, TERMS)
    assume(decision.action in ("create", "update"))
    held = {} if known is None else known.agreed
    for key in KEYS:
        wanted = one.values[key] if key in one.values else held.get(key)
        assert decision.values.get(key) == wanted
    assert decision.values[CONTACT] == target.contact
    assert None not in [value for key, value in decision.values.items() if key != CONTACT]


@given(changes, links(), there)
def test_a_value_that_could_not_be_read_stays_what_was_agreed(one: Change, known: Link, target: Target) -> None:
    decision = decide(one, known, target, TERMS)
    assume(decision.action == "update")
    lost = [key for key in KEYS if key in known.agreed and key not in one.values]
    assert [decision.values[key] for key in lost] == [known.agreed[key] for key in lost]
    assert not set(lost) & set(decision.cleared)


@given(changes, links(), there)
def test_what_is_left_out_of_a_write_is_named_as_cleared(one: Change, known: Link, target: Target) -> None:
    decision = decide(one, known, target, TERMS)
    assume(decision.action == "update")
    assert set(decision.cleared) == set(known.agreed) - set(decision.values)


@given(links(), st.text(min_size=1))
def test_the_date_of_modification_alone_writes_nothing(known: Link, moment: str) -> None:
    held = {key: value for key, value in known.agreed.items() if key in KEYS}
    one = Change(Entity.OPPORTUNITY, DEAL, known.agreed_version + 1, values={**held, TOUCHED: moment})
    same = replace(known, agreed={**held, CONTACT: 7})
    assert told(decide(one, same, THERE, TERMS)) == (Outcome.UNCHANGED, "none")


@given(changes, links(), there)
def test_an_older_version_never_writes(one: Change, known: Link, target: Target) -> None:
    assume(one.version < known.agreed_version)
    assert told(decide(one, known, target, TERMS)) == (Outcome.UNCHANGED, "none")


@given(changes, links() | st.none())
def test_without_a_contact_that_is_there_it_waits_with_the_reason(one: Change, known: Link | None) -> None:
    decision = decide(one, known, AWAY, TERMS)
    assert (*told(decision), decision.reason) == (Outcome.WAITING, "none", AWAY.why)


@given(changes, links() | st.none(), there | st.just(AWAY))
def test_who_left_the_scope_is_not_written(one: Change, known: Link | None, target: Target) -> None:
    decision = decide(replace(one, in_scope=False, scope_reason="was not picked by hand"), known, target, TERMS)
    assert (*told(decision), decision.reason) == (Outcome.SKIPPED, "none", "was not picked by hand")


@given(links(), st.sampled_from(["status", "delete"]), there | st.just(AWAY))
def test_a_deleted_one_is_told_whoever_its_contact_is(known: Link, how: str, target: Target) -> None:
    gone = Change(Entity.OPPORTUNITY, DEAL, 0, deleted=True)
    decision = decide(gone, known, target, replace(TERMS, on_deleted=how))
    assert told(decision) == (Outcome.UPDATED, "unlink")
    assert decision.values == known.agreed


def test_a_deleted_one_stays_where_nothing_is_to_be_told() -> None:
    gone = Change(Entity.OPPORTUNITY, DEAL, 0, deleted=True)
    decision = decide(gone, link(topic="Licences"), THERE, replace(TERMS, on_deleted="nothing"))
    assert (*told(decision), decision.values) == (Outcome.SKIPPED, "unlink", {})


@pytest.mark.parametrize("known", [None, Link(1, Entity.OPPORTUNITY, DEAL)])
def test_one_that_never_came_there_needs_no_deletion(known: Link | None) -> None:
    gone = Change(Entity.OPPORTUNITY, DEAL, 0, deleted=True)
    assert told(decide(gone, known, THERE, TERMS)) == (Outcome.SKIPPED, "none")


@pytest.mark.parametrize("known", [None, Link(1, Entity.OPPORTUNITY, DEAL)])
def test_one_that_never_came_there_is_created(known: Link | None) -> None:
    decision = decide(change(topic="Licences", stage=None), known, THERE, TERMS)
    assert told(decision) == (Outcome.CREATED, "create")
    assert decision.values == {"topic": "Licences", CONTACT: 7}


def test_one_that_can_not_be_read_fails() -> None:
    broken = Change(Entity.OPPORTUNITY, DEAL, 5, fault="a row that can't be read")
    assert told(decide(broken, link(), THERE, TERMS)) == (Outcome.FAILED, "none")


def test_another_contact_is_reason_enough_to_write() -> None:
    decision = decide(change(topic="Licences"), link(topic="Licences"), replace(THERE, contact=8), TERMS)
    assert (*told(decision), decision.reason) == (Outcome.UPDATED, "update", "changed: contact")


def test_a_field_that_is_no_longer_mapped_is_cleared() -> None:
    decision = decide(change(topic="Licences"), link(topic="Licences", **{UNMAPPED: "x"}), THERE, TERMS)
    assert decision.cleared == (UNMAPPED,)
    assert UNMAPPED not in decision.values


def test_reasons_name_fields_and_never_their_values() -> None:
    decision = decide(change(topic="Secret"), link(topic="Other secret"), THERE, TERMS)
    assert decision.reason == "changed: topic"
