"""Every branch of the outbound decision."""

from __future__ import annotations

import pytest

from sync.model import Change, Entity, Link, Outcome

BEN = Change(Entity.CONTACT, "ben", 5, address="ben@contoso.example", values={"email": "ben@contoso.example"})
CONTOSO = Change(Entity.ACCOUNT, "contoso", 5, values={"name": "Contoso Ltd", "accountUrl": None})


def test_person_only_in_dynamics_is_created_with_all_its_values_and_tags(decided):
    decision = decided(BEN)
    assert (decision.outcome, decision.action) == (Outcome.CREATED, "create")
    assert decision.values == {"email": "ben@contoso.example"}
    assert decision.tags_add == ("[D365: Contact]", "[D365: Pushed from Dynamics]")


def test_created_record_carries_no_empty_values(decided):
    assert decided(CONTOSO).values == {"name": "Contoso Ltd"}


def test_account_is_created_without_address_and_without_tags(decided):
    decision = decided(CONTOSO)
    assert (decision.action, decision.tags_add, decision.account_changed) == ("create", (), False)


def test_link_that_was_never_delivered_is_created(decided, ada, ada_link):
    assert decided(ada(), ada_link(delivered=False, agreed={})).outcome is Outcome.CREATED


def test_created_person_is_associated_with_its_account(decided, ada):
    assert decided(ada(account_id="contoso")).account_changed


def test_record_without_difference_is_unchanged(decided, ada, ada_link):
    decision = decided(ada(), ada_link())
    assert (decision.outcome, decision.action, decision.reason) == (Outcome.UNCHANGED, "none", "already delivered")


def test_only_the_changed_value_is_written(decided, ada, ada_link):
    decision = decided(ada(values={"firstName": "Ada", "JOB_TITLE": "Countess"}), ada_link())
    assert (decision.outcome, decision.action) == (Outcome.UPDATED, "update")
    assert decision.values == {"JOB_TITLE": "Countess"}
    assert decision.reason == "changed: JOB_TITLE"


def test_reason_names_fields_and_never_their_values(decided, ada, ada_link):
    assert "Countess" not in decided(ada(values={"JOB_TITLE": "Countess"}), ada_link()).reason


@pytest.mark.parametrize("empty", [None, "", []])
def test_emptied_value_clears_the_field(decided, ada, ada_link, empty):
    decision = decided(ada(values={"JOB_TITLE": empty}), ada_link())
    assert (decision.values, decision.cleared) == ({}, ("JOB_TITLE",))


def test_emptied_value_is_kept_when_the_mapping_says_so(decided, ada, ada_link):
    decision = decided(ada(values={"JOB_TITLE": None}), ada_link(), on_empty={"JOB_TITLE": "keep"})
    assert decision.outcome is Outcome.UNCHANGED


def test_field_left_out_of_the_change_is_left_alone(decided, ada, ada_link):
    assert decided(ada(values={"firstName": "Ada"}), ada_link()).outcome is Outcome.UNCHANGED


def test_newly_mapped_field_is_delivered_although_the_record_did_not_change(decided, ada, ada_link):
    decision = decided(ada(version=10, values={"CITY": "London"}), ada_link(agreed_version=10))
    assert decision.values == {"CITY": "London"}


def test_older_version_never_overwrites_a_newer_one(decided, ada, ada_link):
    decision = decided(ada(version=9, values={"JOB_TITLE": "Child"}), ada_link(agreed_version=10))
    assert (decision.outcome, decision.action) == (Outcome.UNCHANGED, "none")


def test_new_address_renames_the_contact(decided, ada, ada_link):
    change = ada(address="countess@contoso.example", values={"email": "countess@contoso.example"})
    decision = decided(change, ada_link())
    assert decision.previous_address == "Ada@contoso.example"
    assert decision.values == {"email": "countess@contoso.example"}


def test_address_in_other_letters_is_the_same_address(decided, ada, ada_link):
    decision = decided(ada(values={"email": "ADA@Contoso.example "}), ada_link())
    assert (decision.outcome, decision.previous_address) == (Outcome.UNCHANGED, None)


@pytest.mark.parametrize("account", ["contoso", None])
def test_moved_association_is_an_update_of_its_own(decided, ada, ada_link, account):
    decision = decided(ada(account_id=account), ada_link(account_id="fabrikam"))
    assert (decision.outcome, decision.account_changed, decision.reason) == (Outcome.UPDATED, True, "changed: account")


def test_qualified_lead_passes_its_contact_on_with_the_right_tag(decided, ada, ada_link):
    link = ada_link(tagged=("[D365: Lead]", "[D365: Pushed from Dynamics]"))
    decision = decided(ada(), link)
    assert decision.outcome is Outcome.UPDATED
    assert (decision.tags_add, decision.tags_remove) == (("[D365: Contact]",), ("[D365: Lead]",))


def test_record_that_came_back_loses_the_mark_of_the_deleted(decided, ada, ada_link):
    link = ada_link(tagged=("[D365: Contact]", "[D365: Pushed from Dynamics]", "[D365: Deleted]"))
    assert decided(ada(), link).tags_remove == ("[D365: Deleted]",)


def test_lead_is_tagged_as_a_lead(decided):
    lead = Change(Entity.LEAD, "ben", 5, address="ben@contoso.example")
    assert decided(lead).tags_add == ("[D365: Lead]", "[D365: Pushed from Dynamics]")


@pytest.mark.parametrize(
    ("differing", "reason"),
    [
        ({"address": None}, "has no e-mail address"),
        ({"in_scope": False, "scope_reason": "not met: Lead Source is Web"}, "not met: Lead Source is Web"),
        ({"in_scope": False}, "is out of scope"),
        ({"active": False}, "is inactive"),
        ({"deleted": True}, "deleted before it was ever delivered"),
    ],
)
def test_skipped_record_says_why(decided, ada, differing, reason):
    decision = decided(ada(**differing))
    assert (decision.outcome, decision.action, decision.reason) == (Outcome.SKIPPED, "none", reason)


@pytest.mark.parametrize("differing", [{"address": None}, {"in_scope": False}, {"active": False}])
def test_linked_record_out_of_reach_keeps_its_link(decided, ada, ada_link, differing):
    decision = decided(ada(**differing), ada_link())
    assert (decision.outcome, decision.action) == (Outcome.SKIPPED, "none")


def test_shadowed_record_names_its_holder(decided, ada):
    decision = decided(ada(), holder=(Entity.CONTACT, "cleo"))
    assert (decision.outcome, decision.reason) == (Outcome.SKIPPED, "shadowed by contact cleo")


def test_holder_itself_is_not_shadowed(decided, ada, ada_link):
    change = ada()
    assert decided(change, ada_link(), holder=(Entity.CONTACT, change.record_id)).outcome is Outcome.UNCHANGED


def test_link_held_by_somebody_else_is_never_written_to(decided, ada):
    link = Link(1, Entity.LEAD, "cleo", delivered=True)
    assert decided(ada(), link).reason == "shadowed by lead cleo"
    assert decided(ada(deleted=True), link).action == "none"


def test_deleted_record_is_unlinked_and_marked(decided, ada, ada_link):
    decision = decided(ada(deleted=True, address=None, values={}), ada_link())
    assert (decision.outcome, decision.action) == (Outcome.UPDATED, "unlink")
    assert decision.tags_add == ("[D365: Deleted]",)


def test_deleted_record_is_only_unlinked_when_nothing_is_to_be_done(decided, ada, ada_link):
    decision = decided(ada(deleted=True), ada_link(), on_deleted="nothing")
    assert (decision.outcome, decision.action, decision.tags_add) == (Outcome.SKIPPED, "unlink", ())


def test_deleted_account_is_unlinked_without_a_tag(decided):
    link = Link(1, Entity.ACCOUNT, "contoso", delivered=True)
    decision = decided(Change(Entity.ACCOUNT, "contoso", 9, deleted=True), link)
    assert (decision.action, decision.tags_add) == ("unlink", ())


def test_deciding_again_after_delivery_finds_nothing_to_do(decided, ada, ada_link):
    change = ada(
        values={"email": "new@contoso.example", "JOB_TITLE": None, "CITY": "Bath"}, address="new@contoso.example"
    )
    first = decided(change, ada_link())
    agreed = {**ada_link().agreed, **first.values, **dict.fromkeys(first.cleared)}
    assert decided(change, ada_link(agreed=agreed, agreed_version=change.version)).outcome is Outcome.UNCHANGED
