"""Consent over time: no history of a person on both sides ends with mail against somebody's will."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.consenting import ended, written

from sync.consent import Ours, Rules, Theirs, Verdict, fresh_needed, heeded, judge

RULES = Rules(enabled=True, lists=None, do_not_email=False, bounces=True)
MAILED, BULK = Ours(False, False), Ours(True, False)
UNKNOWN, LEFT = Theirs({}, bounced=False), Theirs({1: 2, 7: 2}, bounced=False)


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
