"""What becomes of a request: the decision table, and that nobody who opted out is ever acted on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.companion import Ask, State
from sync import requests as rules
from sync.consent import Ours, Rules, Theirs
from sync.marketing import Automation, Campaign, Enrolment
from sync.requests import Case, Earlier, Person, Target, Verdict, decide, target_of

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
PANEL: dict[str, Any] = {"enabled": True, "automations": None, "mailings": [9], "campaigns": None}
NURTURE, MAILING, NEWS = Target("automation", 1), Target("mailing", 9), Target("campaign", 1)
OFFERED = {
    NURTURE: Automation(1, "Nurture", active=True, hidden=False, again=True),
    MAILING: Automation(9, "Invitation", active=True, hidden=False, again=True),
    NEWS: Campaign(1, "News", single=True, completed=True, message=5, changed=""),
}
IN, OUT = 'Is already in "Nurture"; nothing was changed.', 'Is not in "Nurture" any more; nothing was changed.'
WELCOME = Person(Ours(False, False), Theirs({1: 1}, False))
ALL = Rules(enabled=True, lists=None, do_not_email=False, bounces=True)


def case(target: Target = NURTURE, ask: Ask | None = None, **more: Any) -> Case:
    kind = ask or (Ask.ADD_TO_AUTOMATION if target is NURTURE else Ask.SEND_CAMPAIGN)
    given = {"offered": OFFERED[target], "panel": PANEL, "person": WELCOME, "rules": ALL, "now": NOW, **more}
    return Case(ask=kind, target=target, **given)


def stay(number: int, automation: int = 1, *, running: bool = False) -> Enrolment:
    return Enrolment(number, automation, running)


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (case(), Verdict("enrol", State.DONE, 'Added to "Nurture".')),
        (case(MAILING), Verdict("enrol", State.DONE, '"Invitation" was sent.')),
        (case(NEWS), Verdict("send", State.DONE, 'A copy of "News" was sent.')),
        (case(enrolments=[stay(4)]), Verdict("enrol", State.DONE, 'Added to "Nurture".')),
        (case(enrolments=[stay(4, running=True)]), Verdict("", State.DONE, IN)),
        (case(enrolments=[stay(4, 2, running=True)]), Verdict("enrol", State.DONE, 'Added to "Nurture".')),
        (case(ask=Ask.REMOVE_FROM_AUTOMATION), Verdict("", State.DONE, OUT)),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_done_unless_it_is_so_already(asked: Case, verdict: Verdict) -> None:
    assert decide(asked) == verdict


def test_the_newest_stay_that_runs_is_ended() -> None:
    stays = [stay(3), stay(5, running=True), stay(7, running=True), stay(8), stay(9, 2, running=True)]
    verdict = decide(case(ask=Ask.REMOVE_FROM_AUTOMATION, enrolments=stays))
    assert (verdict.act, verdict.enrolment) == ("leave", 7)


def test_an_automation_that_is_gone_can_still_be_left() -> None:
    verdict = decide(case(ask=Ask.REMOVE_FROM_AUTOMATION, offered=None, enrolments=[stay(3, running=True)]))
    assert (verdict.act, verdict.words) == ("leave", "Taken out of the automation.")


def test_what_lets_nobody_in_twice_is_not_asked_to() -> None:
    once = replace(OFFERED[NURTURE], again=False)  # type: ignore[type-var]
    assert decide(case(offered=once, enrolments=[stay(3)])).state is State.REFUSED
    assert decide(case(offered=once)).act == "enrol"


@pytest.mark.parametrize(("age", "act"), [(timedelta(minutes=9), ""), (timedelta(minutes=10), "enrol")])
def test_the_same_mail_is_not_sent_twice_within_ten_minutes(age: timedelta, act: str) -> None:
    assert decide(case(MAILING, earlier=Earlier(NOW - age, 4))).act == act


def test_an_entry_that_does_not_show_yet_is_not_made_again() -> None:
    earlier = Earlier(NOW - timedelta(seconds=3), 4)
    assert decide(case(earlier=earlier)).act == ""
    assert decide(case(earlier=earlier, enrolments=[stay(4)])).act == "enrol"


@pytest.mark.parametrize(
    ("target", "offered", "panel"),
    [
        (NURTURE, None, {}),
        (NURTURE, replace(OFFERED[NURTURE], active=False), {}),  # type: ignore[type-var]
        (NURTURE, replace(OFFERED[NURTURE], hidden=True), {}),  # type: ignore[type-var]
        (NURTURE, OFFERED[NURTURE], {"automations": []}),
        (NURTURE, OFFERED[NURTURE], {"automations": ["Welcome", 11]}),
        (NURTURE, OFFERED[NURTURE], {"mailings": ["Nurture"]}),
        (MAILING, OFFERED[MAILING], {"mailings": []}),
        (NEWS, None, {}),
        (NEWS, OFFERED[NEWS], {"campaigns": []}),
        (NEWS, replace(OFFERED[NEWS], completed=False), {}),  # type: ignore[type-var]
        (NEWS, replace(OFFERED[NEWS], single=False), {}),  # type: ignore[type-var]
        (NEWS, replace(OFFERED[NEWS], message=0), {}),  # type: ignore[type-var]
    ],
)
def test_what_is_not_offered_is_refused(target: Target, offered: Any, panel: dict[str, Any]) -> None:
    assert decide(case(target, offered=offered, panel={**PANEL, **panel})).state is State.REFUSED


@pytest.mark.parametrize("wanted", [["Nurture"], [1], ["1"]])
def test_an_allow_list_holds_names_and_numbers(wanted: list[Any]) -> None:
    assert decide(case(panel={**PANEL, "automations": wanted})).act == "enrol"


@pytest.mark.parametrize(
    ("key", "target"),
    [("automation:42", Target("automation", 42)), ("campaign:1", NEWS), ("automation:0", None),
     ("automation:4 2", None), ("list:1", None), ("", None), (None, None), ("automation:１", None)],
)  # fmt: skip
def test_a_key_means_one_thing_or_nothing(key: str | None, target: Target | None) -> None:
    assert target_of(key) == target


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"ask": None}, rules.UNCLEAR),
        ({"ask": Ask.SEND_CAMPAIGN}, rules.UNCLEAR),
        ({"key": "automation:x"}, rules.UNCLEAR),
        ({"has_record": False}, rules.UNCLEAR),
        ({"enabled": False}, rules.OFF),
        ({"asked_at": NOW - timedelta(hours=25)}, rules.TOO_OLD),
    ],
)
def test_what_makes_no_sense_any_more_is_refused_before_anybody_is_asked(changed: dict[str, Any], words: str) -> None:
    plain = {"ask": Ask.ADD_TO_AUTOMATION, "key": "automation:1", "has_record": True, "asked_at": NOW, "enabled": True}
    assert rules.unfit(**{**plain, **changed}, now=NOW) == words


PEOPLE = st.builds(
    Person,
    st.builds(Ours, st.booleans(), st.booleans()),
    st.builds(Theirs, st.dictionaries(st.integers(1, 3), st.integers(0, 3)), st.booleans()),
    st.sampled_from([None, True, False]),
    st.booleans(),
)
RULES = st.builds(Rules, st.booleans(), st.none() | st.frozensets(st.integers(1, 3)), st.booleans(), st.booleans())
CASES = st.builds(
    case,
    st.sampled_from([NURTURE, MAILING, NEWS]),
    person=PEOPLE,
    rules=RULES,
    enrolments=st.lists(st.builds(Enrolment, st.integers(1, 9), st.sampled_from([1, 9]), st.booleans()), max_size=4),
)


def opted_out(person: Person, counting: Rules) -> bool:
    """Told in words of its own: the flags, the bounce, and the lists that count."""
    states = {
        one: state for one, state in person.theirs.states.items() if counting.lists is None or one in counting.lists
    }
    left = 2 in states.values() and not {1, 3} & set(states.values())
    flags = person.ours.do_not_bulk or person.ours.do_not_email or person.shared or bool(person.agreed)
    return flags or person.theirs.bounced or left


@given(CASES)
def test_nobody_who_opted_out_is_ever_acted_on(asked: Case) -> None:
    if opted_out(asked.person, asked.rules):
        assert decide(asked).act == ""
        assert decide(asked).state is State.REFUSED


@given(CASES)
def test_no_mail_goes_to_somebody_without_a_subscription(asked: Case) -> None:
    if asked.ask is Ask.SEND_CAMPAIGN and 1 not in asked.person.theirs.states.values():
        assert decide(asked).act == ""


@given(CASES)
def test_somebody_who_is_in_it_is_never_let_in_again(asked: Case) -> None:
    if any(one.running and one.automation == asked.target.number for one in asked.enrolments):
        assert decide(asked).act != "enrol"


@given(CASES)
def test_taking_somebody_out_is_always_allowed(asked: Case) -> None:
    leaving = replace(asked, ask=Ask.REMOVE_FROM_AUTOMATION)
    assert decide(leaving).state is State.DONE
