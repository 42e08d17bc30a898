"""Wake-ups travel beside the answers: neither a slow broker nor a dead one is noticed at the door."""

from __future__ import annotations

import threading

from support.plant import until

from engine.wake import Stage, Wake
from sync.model import Lane
from webhooks.waker import Waker

WAKE, OTHER = (Wake(Stage.CYCLE, (1, number), Lane.LIVE) for number in (1, 2))


def test_a_broker_that_hangs_holds_nobody_up_and_gets_each_wake_up_once() -> None:
    sent: list[list[Wake]] = []
    hung, answered = threading.Event(), threading.Event()

    def send(wakes: list[Wake]) -> None:
        hung.set()
        answered.wait(10)
        sent.append(wakes)

    waker = Waker(send)
    waker([WAKE])
    assert hung.wait(10)
    for _ in range(50):
        waker([WAKE, OTHER])
    answered.set()
    assert until(lambda: len(sent) == 2, 10)
    assert sent == [[WAKE], [WAKE, OTHER]]


def test_a_broker_that_was_away_is_asked_again() -> None:
    asked: list[list[Wake]] = []

    def send(wakes: list[Wake]) -> None:
        asked.append(wakes)
        if len(asked) == 1:
            raise ConnectionRefusedError

    waker = Waker(send)
    waker([WAKE])
    assert until(lambda: len(asked) == 1, 10)
    waker([OTHER])
    assert until(lambda: asked == [[WAKE], [OTHER]], 10)
