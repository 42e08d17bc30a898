"""Whatever people do on either side and whatever befalls the pipeline: after quiet both sides agree.

See `profile.py` for how to play more, or one run again.
"""

from __future__ import annotations

import pytest

from machine import profile
from machine.run import Worlds, play
from machine.steps import drawn, parse

STEPS = {seed: drawn(seed, profile.LENGTH, two_way=profile.TWO_WAY) for seed in profile.SEEDS}


@pytest.mark.parametrize("seed", STEPS)
def test_both_sides_agree_whatever_people_do(worlds: Worlds, seed: int) -> None:
    play(worlds, parse(profile.STEPS) or STEPS[seed], seed)
