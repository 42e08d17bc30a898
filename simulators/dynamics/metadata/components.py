"""Solutions: whatever is created with their header becomes one of their components."""

from __future__ import annotations

from simulators.dynamics.call import Call
from simulators.dynamics.errors import ApiError

HEADER = "MSCRM.SolutionUniqueName"
RECORD_TYPES = {"webresource": 61, "role": 20, "systemform": 60, "appaction": 10_054, "serviceendpoint": 95,
                "sdkmessageprocessingstep": 92}  # fmt: skip
PART = "SELECT 1 FROM solutioncomponent WHERE solutionid = ? AND objectid = ?"


def in_solution(call: Call, kind: int, object_id: str) -> None:
    """Adds a component when the call names a solution. Raises ApiError (400) for an unknown one."""
    name = call.header(HEADER)
    if not name:
        return
    with call.reading() as session:
        solution = session.value("SELECT solutionid FROM solution WHERE uniquename = ?", (name,))
        known = session.one(PART, (solution, object_id))
    if solution is None:
        raise ApiError(400, "0x80040216", f"The solution with the unique name '{name}' was not found.")
    row = {"componenttype": kind, "objectid": object_id, "solutionid": solution}
    if call.session is None and known is None:
        call.state.load("solutioncomponent", [row])
