"""A few short rounds: whatever strikes, nothing is lost, twice, echoed, out of order, or against somebody's will.

Many more of them, and each of them again: docs/faults.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from rounds import table
from rounds.catalogue import CATALOGUE
from rounds.play import play
from rounds.site import Site, site
from rounds.storm import drawn
from rounds.world import drawn as steps_drawn

SEEDS = (2, 3)


@pytest.fixture(scope="module")
def here() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_undone_whatever_strikes(here: Site, seed: int) -> None:
    row = play(here, seed, number_of_waves=1)
    assert row.good, table.story(row)


def test_a_seed_draws_the_same_people_and_the_same_faults_again() -> None:
    plans = [[(plan.name, plan.moment) for plan in drawn(CATALOGUE, Random(7), 8, 10.0)] for _ in range(2)]
    assert plans[0] == plans[1]
    assert steps_drawn(Random(7), 20) == steps_drawn(Random(7), 20)
