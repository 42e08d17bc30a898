"""Quiet: no faults and no people. Cycles run until one writes nothing, and then two more, which mustn't either."""

from __future__ import annotations

from machine.oracle import writes

from rounds.ground import Ground

PAUSE_S = 300.0
"""Time passes between two cycles, for whatever is looked at now and then only, or waits for its next attempt."""
MOST = 8
"""So many cycles may be needed for everything to find its place."""
WITHIN_S = 90.0
ENOUGH = "complete"


class Quiet:
    """`troubles` is what the pipeline itself could not do."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.troubles: list[str] = []

    def settle(self) -> None:
        """Cycles until one writes nothing and leaves nothing on the failure list."""
        for number in range(MOST):
            # Whatever waits for its time finds it come, and the operator has everything tried again.
            self._ground.clock.advance(PAUSE_S)
            self._ground.retry_all()
            mark = writes.mark(self._ground.crm.state, self._ground.ac.state)
            self.troubles = [*self._cycle(), *self._ground.failures()]
            if number and not self.troubles and not self._written(mark):
                return

    def echoes(self) -> list[str]:
        """What two more cycles wrote. The second reads everything, and so learns of what was deleted in ActiveCampaign
        without a trace."""
        mark = writes.mark(self._ground.crm.state, self._ground.ac.state)
        self.troubles += self._cycle()
        self.troubles += self._cycle(full=True)
        return self._written(mark)

    def _written(self, mark: int) -> list[str]:
        return writes.since(mark, self._ground.crm.state, self._ground.ac.state)

    def _cycle(self, *, full: bool = False) -> list[str]:
        """One cycle and whatever it leads to; what is wrong with it."""
        ground = self._ground
        # Another cycle may hold this one up for a moment: an import's, or that of a retry.
        begun: list[int] = []
        if not ground.until(lambda: begun or begun.extend(filter(None, [ground.begin(full=full)])), WITHIN_S):
            return ["no cycle can be asked for"]
        calm = ground.until(lambda: ground.state_of(begun[0]) not in ("queued", "running"), WITHIN_S)
        calm = calm and ground.calm(WITHIN_S)
        state = ground.state_of(begun[0])
        told = [] if calm else [f"something is still under way after {WITHIN_S:.0f} s: {ground.under_way()}"]
        return told + ([] if state == ENOUGH else [f"a cycle without any trouble ended as {state}"])
