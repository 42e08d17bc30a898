"""What is wrong with a configuration document."""

from __future__ import annotations

from collections.abc import Iterable

from mapping.faults import Fault as Fault


class ConfigFaults(Exception):
    """A document is not valid; `faults` lists everything that is wrong, in the order of the text where there is one."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(_line(fault) for fault in self.faults))


def _line(fault: Fault) -> str:
    where = f"line {fault.line}: " if fault.line else ""
    return f"{where}{fault.path}: {fault.message}" if fault.path else f"{where}{fault.message}"
