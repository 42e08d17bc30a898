"""The rules behind preview and comparison: who speaks for an address, what is expected, what explains a difference."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, CLEO

from engine import browse
from engine.patience import patiently
from engine.verify_report import ACTIVECAMPAIGN, Difference, Report, Tally
from sync.errors import Throttled, Unavailable
from sync.model import Change, Entity

JANUARY, MAY = "2030-01-01T00:00:00Z", "2030-05-01T00:00:00Z"


def person(record_id, entity=Entity.CONTACT, modified_on=MAY, **more):
    return Change(entity, record_id, 1, address=ADA_AT, modified_on=modified_on, **more)


@pytest.mark.parametrize(
    ("best", "worse"),
    [
        (person(BEN, modified_on=JANUARY), person(ADA, Entity.LEAD)),
        (person(BEN), person(ADA, modified_on=JANUARY)),
        (person(ADA), person(BEN)),
    ],
    ids=["contact before lead", "latest modified", "smallest id"],
)
def test_of_two_with_one_address_the_survivor_rule_names_one(best, worse):
    assert browse.rank(best) > browse.rank(worse)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (person(ADA), ""),
        (person(ADA, active=False), "inactive"),
        (person(ADA, in_scope=False), "out of scope"),
        (person(ADA, deleted=True), "deleted"),
        (Change(Entity.LEAD, ADA, 1), "no address"),
    ],
)
def test_who_is_not_expected_is_named_with_the_reason(change, reason):
    assert browse.hindrance(change, person=True) == reason


def test_an_account_needs_no_address():
    assert browse.hindrance(Change(Entity.ACCOUNT, ADA, 1), person=False) == ""


def missing(record_id, **reasons):
    return Difference(Entity.CONTACT, record_id, missing_in=ACTIVECAMPAIGN, reasons=reasons)


def test_what_is_missing_for_a_known_reason_is_explained():
    tally = Tally(Entity.CONTACT)
    tally.count(missing(ADA, **{"": "on the failure list: bad address"}))
    assert (tally.missing, tally.unexplained) == (1, 0)
    assert Report([tally], 1, 0, 0, 0).agrees


def test_a_difference_nobody_knows_of_breaks_the_agreement():
    tally = Tally(Entity.CONTACT)
    tally.count(Difference(Entity.CONTACT, ADA, ("phone", "email"), reasons={"email": "on its way"}))
    assert not Report([tally], 1, 0, 0, 0).agrees


def test_the_numbers_of_an_entity_add_up():
    tally = Tally(Entity.CONTACT, in_dynamics=4, equal=1)
    tally.count(Difference(Entity.CONTACT, BEN, ("phone",)))
    tally.count(missing(CLEO))
    tally.not_expected["shadowed"] += 1
    assert tally.in_dynamics == tally.in_scope + sum(tally.not_expected.values())


def answers(*wanted):
    """A service that gives these answers one after the other; errors are raised."""
    left = iter(wanted)

    def ask():
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


def test_a_pause_is_waited_out_as_long_as_the_service_says():
    slept = []
    assert patiently(answers(Throttled("slow", after_s=3.0), "rows"), sleep=slept.append) == "rows"
    assert slept == [3.0]


def test_a_service_that_stays_away_is_given_up_after_a_few_attempts():
    slept = []
    with pytest.raises(Unavailable):
        patiently(answers(*[Unavailable("down")] * 4), sleep=slept.append)
    assert slept == [1.0, 2.0, 4.0]
