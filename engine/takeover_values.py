"""What both sides hold alike and what not, whichever way a field travels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.context import Rules
from sync.model import Change


def alike(rules: Rules, record: Change, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """The values that mean the same on both sides, spelt as in Dynamics. theirs: as the mapping reads them."""
    apart = set(rules.mapping.differences(record.values, theirs))
    return {key: value for key, value in record.values.items() if value is not None and key not in apart}


def unlike(rules: Rules, record: Change, theirs: Mapping[str, Any]) -> list[str]:
    """The fields that differ, but for those that Dynamics leaves empty and that keep their value then."""
    keep = {key for key, rule in rules.mapping.on_empty.items() if rule == "keep"}
    ours = {key: value for key, value in record.values.items() if value is not None or key not in keep}
    return list(rules.mapping.differences(ours, theirs))
