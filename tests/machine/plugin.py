"""A plug-in of the customer's own: runs in Dynamics whenever the integration writes a record, and may abort it."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.dynamics.errors import ApiError
from simulators.dynamics.writing.records import Writer


class Plugin:
    """Aborts the next `aborts` writes. Error: Microsoft Learn, "Web service error codes", IsvAborted."""

    def __init__(self) -> None:
        self.aborts = 0

    def register(self, monkey: pytest.MonkeyPatch) -> None:
        """Has it called before every write that nobody makes in front of the screen."""
        prepare = Writer._prepare

        def asked(writer: Writer, *args: Any) -> None:
            if self.aborts > 0 and not (writer.caller.trusted or writer.acting):
                self.aborts -= 1
                raise ApiError(400, "0x80040265", "ISV code aborted the operation.")
            prepare(writer, *args)

        monkey.setattr(Writer, "_prepare", asked)
