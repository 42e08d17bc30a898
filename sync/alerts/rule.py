"""What a rule of alerts is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sync.alerts.reading import Reading


class Severity(StrEnum):
    """How soon somebody has to look: at once, or within the day."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is wrong now. subject: what it is about, one open alert for each; text: a sentence without
    personal data and without secrets; advice: instead of the rule's; hold: instead of the rule's."""

    text: str
    subject: str = ""
    connection_id: int | None = None
    advice: str = ""
    hold: timedelta | None = None


CALM: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. It fires once its sign has held for `hold`, and has recovered once there was none for `calm`.

    guards: the guarantees that are at risk; advice: what to do first; place: the page of the console that shows it,
    `{id}` for the connection; blind: nothing can be told while Redis does not answer.
    """

    name: str
    severity: Severity
    guards: tuple[str, ...]
    advice: str
    finds: Callable[[Reading], Iterable[Sign]]
    place: str = "/health/"
    hold: timedelta = timedelta(minutes=2)
    calm: timedelta = CALM
    blind: bool = False
