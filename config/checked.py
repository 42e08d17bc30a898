"""A document looked at as a whole: its form and its meaning in one go, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from config.document import load
from config.faults import ConfigFaults, Fault
from config.partial import Origin, valid_part


class FaultLike(Protocol):
    """What a semantic check reports: where, relative to the document, and what."""

    @property
    def path(self) -> str:
        """Dotted, list items by index."""

    @property
    def message(self) -> str:
        """Plain words."""


Check = Callable[[dict[str, Any]], Iterable[FaultLike]]


def examined(document: Mapping[str, Any], check: Check | None = None) -> tuple[dict[str, Any], list[Fault]]:
    """The loaded document, without what is faulty in form, and every fault of form and of the check, each once.

    check: looks at a loaded document, for instance against live metadata; it sees what is sound of a faulty one.
    """
    faults: list[Fault] = []
    origin: Origin = str
    try:
        loaded = load(document)
    except ConfigFaults as error:
        faults = error.faults
        loaded, origin = valid_part(document, faults)
    found = [Fault(origin(one.path), one.message) for one in (check(loaded) if check else ())]
    return loaded, list(dict.fromkeys([*faults, *found]))
