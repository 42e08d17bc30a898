"""`ac365 explain` without a service that answers: usage, memory, patience."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, DOV

from engine.explain_sides import ACTIVECAMPAIGN, DYNAMICS, Sides
from store import failures, links, records
from sync.errors import MissingPermission, Throttled, Unavailable
from sync.model import Entity
from sync.survivors import Candidate
from worker import settings
from worker.services import Services


@pytest.fixture
def remembered(place):
    """Ada holds the contact of her address, Ben has it too; Dov failed."""
    place.mine(links.hold, new=[Candidate(Entity.CONTACT, ADA, ADA_AT)])
    for record_id, state in ((ADA, "linked"), (BEN, "shadowed")):
        row = {"entity": "contact", "record_id": record_id, "state": state, "version": 1, "address": ADA_AT}
        place.mine(records.put, [row | {"reason": "new"}])
    letter = dict.fromkeys(("ac_id", "request", "answer", "due_at", "cycle_id", "correlation_id", "code_version"))
    told = {"stage": "upsert", "class": "bad_record", "code": "", "message": "the name is too long", "advice": ""}
    of_dov = {"connection_id": place.id, "entity": "contact", "direction": "outbound", "record_id": DOV}
    place.do(failures.file, [letter | told | of_dov])
    return place


@pytest.fixture
def sides(place):
    """Both services as a person asks them; pauses are noted, not slept."""
    services = Services(settings.read())
    slept = []
    yield Sides(services.context(place.id), sleep=slept.append), slept
    services.db.close()
    services.redis.close()


def answers(*wanted):
    """A service that gives these answers one after the other; errors are raised."""
    left = iter(wanted)

    def ask():
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["contact"], "neither an e-mail address nor an id"),
        (["invoice", ADA], "say account, contact, lead or opportunity"),
        (["contact", "lead", ADA], "say account, contact, lead or opportunity"),
        (["account", ADA_AT], "an account has no e-mail address"),
        (["opportunity", ADA_AT], "an opportunity has no e-mail address"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(connected, place, words, told):
    ran = connected("explain", *words)
    assert ran.status == 2
    assert told in " ".join(ran.err.replace("│", " ").split())


def test_without_any_service_memory_is_shown_holder_first(connected, remembered):
    ran = connected("explain", ADA_AT, "--json")
    assert ran.status == 0
    assert [(one["record"], one["holder"]) for one in ran.json["records"]] == [(ADA, True), (BEN, False)]
    assert {one["would"] for one in ran.json["records"]} == {None}
    assert len(ran.json["remarks"]) == 2


def test_a_failure_alone_is_enough_to_be_known(connected, remembered):
    (record,) = connected("explain", "contact", DOV, "--json").json["records"]
    assert record["failures"][0]["message"] == "the name is too long"
    assert "correct it in Dynamics" in record["failures"][0]["advice"]


def test_what_nobody_knows_while_services_are_away_is_not_called_missing(connected, place):
    ran = connected("explain", "contact", ADA)
    assert ran.status == 1
    assert "not everything could be read" in ran.err


def test_an_opportunity_that_is_remembered_is_shown_without_any_service(connected, remembered):
    row = {"entity": "opportunity", "record_id": BEN, "state": "waiting", "version": 1, "awaits": ADA}
    remembered.mine(records.put, [row | {"reason": f"waits for contact {ADA}, which was not read yet"}])
    ran = connected("explain", "opportunity", BEN)
    assert ran.status == 0
    assert f"waiting (waits for contact {ADA}" in ran.out
    assert "Set entities.opportunity.enabled" in ran.out


def test_keys_are_the_same_for_every_record(connected, remembered):
    found = connected("explain", ADA_AT, "--json").json
    dov = connected("explain", DOV, "--json").json
    assert found.keys() == dov.keys() == {"records", "stranger", "remarks"}
    assert len({tuple(one) for one in [*found["records"], *dov["records"]]}) == 1


def test_a_short_pause_is_waited_out(sides):
    found, slept = sides
    assert found.ask(DYNAMICS, answers(Throttled("slow", after_s=3.0), ["row"])) == ["row"]
    assert (slept, found.remarks) == ([3.0], [])


def test_a_long_pause_is_told_instead(sides):
    found, slept = sides
    assert found.ask(DYNAMICS, answers(Throttled("slow down", after_s=900.0))) is None
    assert slept == []
    assert "slow down" in found.remarks[0]


def test_a_service_that_is_away_is_asked_once_and_the_other_one_goes_on(sides):
    found, _ = sides
    assert found.ask(DYNAMICS, answers(Unavailable("no answer"))) is None
    assert found.ask(DYNAMICS, answers("row")) is None
    assert found.ask(ACTIVECAMPAIGN, answers("row")) == "row"


def test_a_refusal_leaves_one_question_open_and_not_the_next(sides):
    found, _ = sides
    assert found.ask(DYNAMICS, answers(MissingPermission("leads are closed"))) is None
    assert found.ask(DYNAMICS, answers("row")) == "row"
    assert len(found.remarks) == 1
