"""Consent: what spreads, what ends, what is cleared; and that no history ends with mail against somebody's will."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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


def unexplained(verdict: Verdict) -> Verdict:
    return replace(verdict, reason="")


def written(ours: Ours, verdict: Verdict) -> Ours:
    bulk = ours.do_not_bulk if verdict.set_bulk is None else verdict.set_bulk
    return Ours(bulk, ours.do_not_email or bool(verdict.set_email))


def ended(theirs: Theirs, verdict: Verdict) -> Theirs:
    return replace(theirs, states={**theirs.states, **dict.fromkeys(verdict.unsubscribe, 2)})


@dataclass
class World:
    """One person on both sides. Every action takes a second; `agreed` and `known` are all that the sync remembers."""

    rules: Rules
    agreed: bool | None = None
    known: bool = False
    """Whether what was agreed on includes a bounce."""
    ours: Ours = MAILED
    theirs: Theirs = UNKNOWN
    now: int = 0
    changed: int = 0
    """When the record was changed in Dynamics last, by whomever."""
    refused: int = 0
    """When a person last set a flag in Dynamics."""
    cleared: int = -1
    """When a person last cleared one there."""
    bounced: int = -1
    subscribed: int = -1
    """When the person last subscribed, or signed up, to a list that counts."""
    seen: list[tuple[Theirs, int]] = field(default_factory=list)
    """What ActiveCampaign showed at each moment, and since when the person had been subscribed then."""

    def act(self, action: str, list_id: int) -> None:
        self.now += 1
        getattr(self, action)(list_id)
        self.seen.append((self.theirs, self.subscribed))

    def flag(self, ours: Ours) -> None:
        if ours != self.ours:
            self.changed = self.now
            sets = ours.do_not_bulk > self.ours.do_not_bulk or ours.do_not_email > self.ours.do_not_email
            self.refused = self.now if sets else self.refused
            self.cleared = self.cleared if sets else self.now
        self.ours = ours

    def set_bulk(self, _: int) -> None:
        self.flag(replace(self.ours, do_not_bulk=True))

    def clear_bulk(self, _: int) -> None:
        self.flag(replace(self.ours, do_not_bulk=False))

    def set_email(self, _: int) -> None:
        self.flag(replace(self.ours, do_not_email=True))

    def clear_email(self, _: int) -> None:
        self.flag(replace(self.ours, do_not_email=False))

    def state(self, list_id: int, status: int) -> None:
        self.theirs = replace(self.theirs, states={**self.theirs.states, list_id: status})
        if status != 2 and list_id in heeded(self.theirs, self.rules).states:
            self.subscribed = self.now

    def subscribe(self, list_id: int) -> None:
        self.state(list_id, 1)

    def sign_up(self, list_id: int) -> None:
        if self.theirs.states.get(list_id) != 1:
            self.state(list_id, 3)

    def unsubscribe(self, list_id: int) -> None:
        if list_id in self.theirs.states:
            self.state(list_id, 2)

    def bounce(self, _: int) -> None:
        self.bounced = self.bounced if self.theirs.bounced else self.now
        self.theirs = replace(self.theirs, bounced=True)

    def judge(self, age: int, dated: bool = True) -> None:
        """Judges what ActiveCampaign showed `age` actions ago, and carries it out."""
        seen = [(UNKNOWN, -1), *self.seen][-1 - min(age, len(self.seen))]
        verdict = self.verdict(*seen, dated)
        if fresh_needed(verdict):
            verdict = self.verdict(self.theirs, self.subscribed, dated)
        self.carry_out(verdict)

    def verdict(self, theirs: Theirs, subscribed: int, dated: bool) -> Verdict:
        newer = not dated or subscribed > self.changed
        return judge(self.ours, theirs, self.agreed, self.rules, bounced=self.known, newer=newer)

    def carry_out(self, verdict: Verdict) -> None:
        if verdict.set_bulk is False:
            assert self.subscribed > self.refused, "an opt-out was cleared that is younger than the subscription"
            assert heeded(self.theirs, self.rules).opted_out is False
        after, self.agreed, self.known = written(self.ours, verdict), verdict.agreed, verdict.bounced
        self.changed = self.now if after != self.ours else self.changed
        self.ours = after
        self.theirs = ended(self.theirs, verdict)

    def assert_nobody_is_mailed_against_his_will(self) -> None:
        heard = heeded(self.theirs, self.rules)
        assert not (self.ours.opted_out and self.refused > self.subscribed and heard.active)
        assert not (self.ours.opted_out and heard.confirmed)
        assert self.ours.opted_out or not heard.bounced or self.cleared > self.bounced


ACTS = ("set_bulk", "clear_bulk", "set_email", "clear_email", "subscribe", "sign_up", "unsubscribe", "bounce")
ACTIONS = st.tuples(st.sampled_from(ACTS), st.sampled_from([1, 7]))
JUDGEMENTS = st.tuples(st.just("judge"), st.integers(0, 6))
WORLD_RULES = st.builds(Rules, st.just(True), st.sampled_from([None, frozenset({1})]), st.booleans(), st.booleans())


@settings(max_examples=500)
@given(WORLD_RULES, st.lists(ACTIONS | JUDGEMENTS, max_size=25))
@example(RULES, [("set_bulk", 1), ("judge", 0), ("clear_bulk", 1), ("subscribe", 1), ("set_bulk", 1)])
@example(RULES, [("subscribe", 1), ("set_bulk", 1), ("judge", 6)])
def test_no_history_judged_on_states_of_any_age_ends_with_mail_against_somebodys_will(rules, history):
    world = World(rules)
    for what, which in history:
        if what == "judge":
            world.judge(which)
        else:
            world.act(what, which)
    world.judge(0)
    world.assert_nobody_is_mailed_against_his_will()


@settings(max_examples=300)
@given(WORLD_RULES, st.lists(ACTIONS, max_size=25))
def test_fresh_states_judged_after_every_action_need_no_dates(rules, history):
    world = World(rules)
    for action in history:
        world.act(*action)
        world.judge(0, dated=False)
        world.assert_nobody_is_mailed_against_his_will()


def test_opt_out_cleared_on_old_states_would_be_against_the_persons_will():
    verdict = judge(BULK, ON, True, RULES)
    assert fresh_needed(verdict)
    assert unexplained(judge(BULK, LEFT, True, RULES)) == Verdict(agreed=True)


def test_cleared_in_dynamics_stays_cleared_however_often_it_is_judged():
    world = World(RULES, agreed=True, ours=BULK, theirs=LEFT)
    world.act("clear_bulk", 1)
    for _ in range(3):
        world.judge(0)
    assert (world.ours, world.theirs, world.agreed) == (MAILED, LEFT, True)


def test_person_who_comes_and_goes_in_activecampaign_is_followed():
    world = World(RULES)
    followed = []
    for action in ("subscribe", "unsubscribe", "subscribe", "unsubscribe"):
        world.act(action, 1)
        world.judge(0)
        followed.append(world.ours.do_not_bulk)
    assert followed == [False, True, False, True]
