"""What ActiveCampaign's changes do to a record of Dynamics: every rule, and that both sides end equal whatever
happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import consent, inbound
from sync.decide import decide
from sync.merge import Policy
from sync.model import Change, Counterpart, Entity, Link, Outcome
from sync.terms import Terms

ADA = "aaaaaaaa-0000-4000-8000-000000000001"
TAGS = ("[D365: Contact]", "[D365: Pushed from Dynamics]")
AGREED = {"email": "ada@example.com", "phone": "1", "JOB_TITLE": "Countess"}
RULES = consent.Rules(True, None, False, True)
TERMS = Terms(direction="both", account_direction="both")
KEYS = ("phone", "JOB_TITLE", "CITY")


def there(**differing: Any) -> Counterpart:
    values = {**AGREED, **differing.pop("values", {})}
    facts = {"address": "ada@example.com", "changed_at": "2026-01-02T10:00:00Z", "tags": TAGS, "values": values}
    return Counterpart(Entity.CONTACT, 7, **{**facts, **differing})


def here(**differing: Any) -> Change:
    values = {**AGREED, **differing.pop("values", {})}
    facts = {"version": 20, "address": "ada@example.com", "modified_on": "2026-01-01T10:00:00Z", "values": values}
    return Change(Entity.CONTACT, ADA, **{**facts, **differing})


def link(**differing: Any) -> Link:
    facts = {"address": "ada@example.com", "ac_id": 7, "agreed": AGREED, "delivered": True, "tagged": TAGS}
    return Link(1, Entity.CONTACT, ADA, **{**facts, **differing})


def decided(theirs: Counterpart, ours: Change | None, known: Link | None = None, **terms: Any) -> inbound.Inbound:
    return inbound.decide(theirs, ours, known or link(), replace(TERMS, **terms), RULES)


def test_only_what_moved_is_written() -> None:
    found = decided(there(values={"phone": "2"}), here(values={"JOB_TITLE": "Engineer"}))
    assert (found.outcome, found.values) == (Outcome.UPDATED, {"phone": "2"})
    assert found.agreed(AGREED)["JOB_TITLE"] == "Countess"


def test_an_echo_needs_no_look_at_dynamics() -> None:
    found = inbound.at_first_sight(there(), link(), TERMS, RULES)
    assert found is not None
    assert found.outcome is Outcome.UNCHANGED


@pytest.mark.parametrize("tags", [(), TAGS[:1], TAGS[1:], ("[D365: Lead]", TAGS[1])])
def test_without_the_pair_of_tags_nothing_comes_back(tags: tuple[str, ...]) -> None:
    found = inbound.at_first_sight(there(values={"phone": "2"}, tags=tags), link(), TERMS, RULES)
    assert found is not None
    assert found.reason == inbound.NO_TAG


def test_an_inactive_record_is_read_only() -> None:
    assert decided(there(values={"phone": "2"}), here(active=False)).reason == inbound.INACTIVE


def test_criteria_hold_on_the_way_back() -> None:
    found = decided(there(values={"phone": "2"}), here(in_scope=False, scope_reason="not met"))
    assert (found.outcome, found.reason) == (Outcome.SKIPPED, "not met")


def test_an_opt_out_is_heeded_out_of_scope() -> None:
    found = decided(there(states={2: 2}), here(in_scope=False))
    assert (found.outcome, found.set_bulk, found.values) == (Outcome.UPDATED, True, {})


def test_a_record_that_is_gone_is_left_to_the_other_direction() -> None:
    assert decided(there(values={"phone": "2"}), None).reason == inbound.GONE


def test_a_wish_makes_a_record_with_what_is_filled() -> None:
    found = decided(there(wanted=True, values={"phone": None}), None, link(delivered=False, agreed={}))
    assert (found.action, found.values) == ("create", {"email": "ada@example.com", "JOB_TITLE": "Countess"})


def test_a_record_from_an_earlier_try_is_compared_and_counts_as_new() -> None:
    found = decided(there(wanted=True, values={"phone": "2"}), here(), link(delivered=False, agreed={"phone": "1"}))
    assert (found.outcome, found.values) == (Outcome.CREATED, {"phone": "2"})


def test_a_field_that_travels_outbound_only_is_left_alone() -> None:
    found = decided(there(values={"phone": "2"}), here(), directions={"phone": "outbound"})
    assert (found.outcome, found.values) == (Outcome.UNCHANGED, {})


def test_a_field_that_travels_inbound_only_knows_no_conflict() -> None:
    found = decided(there(values={"phone": "2"}), here(values={"phone": "3"}), directions={"phone": "inbound"})
    assert (found.values, found.conflicts) == ({"phone": "2"}, ())


def test_a_conflict_that_activecampaign_lost_goes_back_there() -> None:
    found = decided(there(values={"phone": "2"}), here(values={"phone": "3"}))
    assert (found.values, found.again, found.remember) == ({}, True, {"phone": "2"})
    assert [one.winner for one in found.conflicts] == ["ours"]


def test_an_emptied_field_goes_back_and_clears_nothing() -> None:
    found = decided(there(values={"phone": None}), here())
    assert (found.values, found.again) == ({}, True)
    assert "phone" not in found.agreed(AGREED)


def test_what_ac365_wrote_itself_makes_nothing_newer() -> None:
    late = here(values={"phone": "3"}, modified_on="2026-01-03T10:00:00Z", by_us=True)
    found = decided(there(values={"phone": "2"}), late, policy=Policy.NEWEST_WINS)
    assert found.values == {"phone": "2"}


def test_a_field_s_own_time_decides_where_it_is_known() -> None:
    theirs = there(values={"phone": "2"}, times={"phone": "2025-12-31T10:00:00Z"})
    assert decided(theirs, here(values={"phone": "3"}), policy=Policy.NEWEST_WINS).values == {}


def test_fields_that_dynamics_refuses_are_not_agreed_on() -> None:
    found = decided(there(values={"phone": "2", "JOB_TITLE": "x"}), here())
    assert found.agreed(AGREED, left_out=["phone"]) == {**AGREED, "JOB_TITLE": "x"}


def test_who_changed_hands_there_changes_hands_here() -> None:
    found = decided(there(account_id="new"), here(account_id="old"), link(account_id="old"))
    assert (found.account_changed, found.account_id, found.belongs) == (True, "new", "new")


def test_who_changed_hands_on_both_sides_follows_dynamics() -> None:
    found = decided(there(account_id="new"), here(account_id="other"), link(account_id="old"))
    assert (found.account_changed, found.belongs, found.again) == (False, "new", True)


def test_nobody_looked_where_the_person_belongs() -> None:
    assert not decided(there(account_id=None), here(account_id="old"), link(account_id="old")).account_changed


VALUES = st.sampled_from([None, "1", "2", "3"])
SIDE = st.fixed_dictionaries(dict.fromkeys(KEYS, VALUES))
CHOICES = st.sampled_from([p for p in Policy if p is not Policy.ASK])


@given(SIDE, SIDE, SIDE, st.dictionaries(st.sampled_from(KEYS), CHOICES), st.sets(st.sampled_from(KEYS)))
def test_both_sides_end_equal_and_quiet(
    agreed: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], policies: dict[str, str], mirrored: set[str]
) -> None:
    terms = replace(TERMS, policies=policies, on_empty_inbound=dict.fromkeys(mirrored, "mirror"))
    world = _World(ours, theirs, {key: value for key, value in agreed.items() if value is not None})
    world.cycle(terms)
    world.cycle(terms)
    assert world.ours == world.theirs
    assert world.cycle(terms) == 0


@given(SIDE, SIDE, SIDE)
def test_a_value_is_never_lost_to_an_empty_one_by_default(
    agreed: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    world = _World(ours, theirs, {key: value for key, value in agreed.items() if value is not None})
    world.cycle(TERMS)
    for key in KEYS:
        emptied_there = theirs[key] is None and ours[key] is not None
        assert not emptied_there or world.ours[key] == ours[key]


@given(SIDE, SIDE, SIDE)
def test_asking_leaves_both_values_and_moves_the_rest(
    agreed: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    world = _World(ours, theirs, {key: value for key, value in agreed.items() if value is not None})
    terms = replace(TERMS, policy=Policy.ASK)
    world.cycle(terms)
    world.cycle(terms)
    for key in KEYS:
        if key in world.parked:
            assert (world.ours[key], world.theirs[key]) == (ours[key], theirs[key])
        else:
            assert world.ours[key] == world.theirs[key]


class _World:
    """Two sides and a link, moved by the two pure decisions alone."""

    def __init__(self, ours: dict[str, Any], theirs: dict[str, Any], agreed: dict[str, Any]) -> None:
        self.ours, self.theirs, self.agreed = dict(ours), dict(theirs), dict(agreed)
        self.parked: tuple[str, ...] = ()

    def _link(self) -> Link:
        return link(agreed={"email": "ada@example.com", **self.agreed}, parked=self.parked)

    def _here(self) -> Change:
        return here(values=self.ours | {"email": "ada@example.com"}) if self.ours else here()

    def cycle(self, terms: Terms) -> int:
        """Inbound, then outbound; answers with how many values were written."""
        ours = Change(
            Entity.CONTACT, ADA, 20, address="ada@example.com", values={**self.ours, "email": "ada@example.com"}
        )
        counterpart = replace(there(), values={**self.theirs, "email": "ada@example.com"})
        back = inbound.decide(counterpart, ours, self._link(), terms, RULES)
        self.ours |= back.values
        self.agreed = {key: value for key, value in back.agreed(self._link().agreed).items() if key != "email"}
        self.parked = back.parked
        again = replace(ours, values={**self.ours, "email": "ada@example.com"})
        out = decide(again, self._link(), holder=None, terms=terms)
        written = {**out.values, **dict.fromkeys(out.cleared)}
        self.theirs |= written
        self.agreed = {key: value for key, value in {**self.agreed, **written}.items() if value is not None}
        return len(back.values) + len(written)
