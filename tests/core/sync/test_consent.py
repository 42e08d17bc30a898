"""Consent: what spreads, what ends, what is cleared; and that no history ends with mail against somebody's will."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.consenting import ended, unexplained, written

from sync.consent import Ours, Rules, Theirs, Verdict, fresh_needed, heeded, judge

RULES = Rules(enabled=True, lists=None, do_not_email=False, bounces=True)
MAILED, BULK, EMAIL = Ours(False, False), Ours(True, False), Ours(False, True)
BOTH = Ours(True, True)
UNKNOWN, ON = Theirs({}, bounced=False), Theirs({1: 1, 7: 0}, bounced=False)
SIGNED_UP = Theirs({1: 3, 7: 2}, bounced=False)
LEFT, HALF = Theirs({1: 2, 7: 2}, bounced=False), Theirs({1: 2, 7: 1}, bounced=False)
BOUNCED = Theirs({1: 1}, bounced=True)

OURS = st.builds(Ours, st.booleans(), st.booleans())
STATES = st.dictionaries(st.sampled_from([1, 7, 9]), st.integers(0, 3))
THEIRS = st.builds(Theirs, STATES, st.booleans())
AGREED = st.sampled_from([None, False, True])
LISTS = st.sampled_from([None, frozenset({1, 7}), frozenset({9}), frozenset()])
ALL_RULES = st.builds(Rules, st.just(True), LISTS, st.booleans(), st.booleans())


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (UNKNOWN, None),
        (Theirs({1: 0}, bounced=False), None),
        (ON, False),
        (SIGNED_UP, False),
        (HALF, False),  # one list is left
        (LEFT, True),
        (Theirs({1: 2, 7: 0}, bounced=False), True),
        (BOUNCED, True),
        (Theirs({}, bounced=True), True),
    ],
)
def test_activecampaign_says_opted_out_when_no_list_is_left_or_mail_bounces(theirs, said):
    assert theirs.opted_out is said


@pytest.mark.parametrize("agreed", [None, False])
@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        (BULK, ON, Verdict((1,), agreed=True)),
        (EMAIL, HALF, Verdict((7,), agreed=True)),
        (BULK, SIGNED_UP, Verdict((1,), agreed=True)),
        (BULK, UNKNOWN, Verdict(agreed=True)),
        (BULK, LEFT, Verdict(agreed=True)),
        (MAILED, LEFT, Verdict(set_bulk=True, agreed=True)),
        (MAILED, BOUNCED, Verdict((1,), set_bulk=True, agreed=True, bounced=True)),
        (BOTH, BOUNCED, Verdict((1,), agreed=True, bounced=True)),
        (MAILED, ON, Verdict(agreed=False)),
        (MAILED, HALF, Verdict(agreed=False)),
        (MAILED, UNKNOWN, Verdict(agreed=False)),
    ],
)
def test_opt_out_that_was_not_agreed_on_spreads_to_the_other_side(ours, theirs, agreed, told):
    assert unexplained(judge(ours, theirs, agreed, RULES)) == told


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        (BULK, LEFT, Verdict(agreed=True)),
        (BULK, UNKNOWN, Verdict(agreed=True)),
        (BULK, ON, Verdict(set_bulk=False, agreed=False)),  # subscribed anew
        (BULK, HALF, Verdict(set_bulk=False, agreed=False)),
        (BULK, SIGNED_UP, Verdict(agreed=True)),  # until it is confirmed
        (BULK, BOUNCED, Verdict((1,), agreed=True, bounced=True)),  # a subscription doesn't mend a bounce
        (EMAIL, ON, Verdict((1,), agreed=True, conflict=True)),
        (BOTH, ON, Verdict((1,), agreed=True, conflict=True)),
        (EMAIL, SIGNED_UP, Verdict((1,), agreed=True, conflict=True)),
        (MAILED, LEFT, Verdict(agreed=True)),  # cleared in Dynamics: nobody is subscribed for it
        (MAILED, BOUNCED, Verdict(agreed=True, bounced=True)),
        (MAILED, ON, Verdict(agreed=False)),
        (MAILED, UNKNOWN, Verdict(agreed=False)),
    ],
)
def test_agreed_opt_out_ends_by_a_new_subscription_only(ours, theirs, told):
    assert unexplained(judge(ours, theirs, True, RULES, bounced=True)) == told


def test_bounce_after_an_opt_out_was_cleared_is_something_new():
    told = Verdict((1,), set_bulk=True, agreed=True, bounced=True)
    assert unexplained(judge(MAILED, BOUNCED, True, RULES, bounced=False)) == told


@pytest.mark.parametrize("theirs", [ON, SIGNED_UP])
def test_subscription_that_may_be_older_than_the_opt_out_loses(theirs):
    told = judge(BULK, theirs, True, RULES, newer=False)
    assert unexplained(told) == Verdict((1,), agreed=True, conflict=True)


@pytest.mark.parametrize(("do_not_email", "set_email"), [(False, None), (True, True)])
def test_donotemail_is_set_by_option_only(do_not_email, set_email):
    assert judge(MAILED, LEFT, False, replace(RULES, do_not_email=do_not_email)).set_email is set_email


def test_bounce_counts_for_nothing_where_bounces_are_not_heeded():
    deaf = replace(RULES, bounces=False)
    assert unexplained(judge(MAILED, BOUNCED, False, deaf)) == Verdict(agreed=False)
    assert judge(BULK, BOUNCED, True, deaf).set_bulk is False


def test_lists_that_are_not_managed_neither_end_nor_count():
    managed = replace(RULES, lists=frozenset({1}))
    assert judge(BULK, Theirs({1: 1, 7: 1}, bounced=False), False, managed).unsubscribe == (1,)
    assert judge(MAILED, HALF, False, managed).set_bulk is True
    assert heeded(HALF, managed).opted_out is True


@given(OURS, THEIRS, AGREED)
def test_nothing_travels_when_consent_is_off(ours, theirs, agreed):
    off = replace(RULES, enabled=False)
    assert unexplained(judge(ours, theirs, agreed, off)) == Verdict(agreed=agreed)


@given(OURS, THEIRS, AGREED, ALL_RULES, st.booleans())
def test_every_verdict_says_why(ours, theirs, agreed, rules, newer):
    assert judge(ours, theirs, agreed, rules, newer=newer).reason


def test_there_is_no_way_to_say_subscribe():
    said = {one.name for one in fields(Verdict)}
    assert said == {"unsubscribe", "set_bulk", "set_email", "agreed", "bounced", "conflict", "reason"}


@given(OURS, THEIRS, AGREED, ALL_RULES, st.booleans())
def test_verdict_that_is_carried_out_asks_for_nothing_more(ours, theirs, agreed, rules, newer):
    verdict = judge(ours, theirs, agreed, rules, newer=newer)
    left = written(ours, verdict), ended(theirs, verdict), verdict.agreed
    again = judge(*left, rules, bounced=verdict.bounced, newer=newer)
    assert unexplained(again) == Verdict(agreed=verdict.agreed, bounced=verdict.bounced)


@given(OURS, THEIRS, AGREED, ALL_RULES, st.booleans())
def test_opt_out_on_any_side_ends_only_with_a_subscription_after_an_agreement(ours, theirs, agreed, rules, newer):
    verdict = judge(ours, theirs, agreed, rules, newer=newer)
    subscribed = bool(agreed) and newer and heeded(theirs, rules).confirmed
    assert verdict.set_email is not False
    assert not fresh_needed(verdict) or (subscribed and not ours.do_not_email)
    assert verdict.set_bulk is not False or not verdict.unsubscribe


def test_opt_out_cleared_on_old_states_would_be_against_the_persons_will():
    verdict = judge(BULK, ON, True, RULES)
    assert fresh_needed(verdict)
    assert unexplained(judge(BULK, LEFT, True, RULES)) == Verdict(agreed=True)
