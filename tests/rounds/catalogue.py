"""The catalogue of faults. Each strikes when it is called, says what it did, and sees to its own end."""

from __future__ import annotations

from rounds.faults import messages, processes, servers, wire
from rounds.storm import Act

CATALOGUE: dict[str, Act] = {
    **processes.FAULTS,
    **servers.FAULTS,
    **wire.FAULTS,
    **messages.FAULTS,
}
"""By the name that a row of the table bears."""
