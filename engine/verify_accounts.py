"""Accounts compared: each carries the id of its Dynamics record in a field of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import browse
from engine.accounts import ID_FIELD
from engine.context import Context, Rules
from engine.patience import patiently
from engine.verify_report import Tally
from sync.model import Change, Entity, Lane

Progress = Callable[[str, int], None]
Known = Mapping[str, dict[str, Any]]
"""ActiveCampaign's accounts by the Dynamics id they carry."""


def read(context: Context, lane: Lane, progress: Progress) -> dict[str, dict[str, Any]]:
    """ActiveCampaign's accounts that carry a Dynamics id, by that id in lower case."""
    field = context.rules[Entity.ACCOUNT].fields.get(ID_FIELD)
    if field is None or field.id is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for row in _rows(context, lane):
        record_id = str(row["field_values"].get(field.id) or "").strip().lower()
        if record_id:
            found[record_id] = row
            progress("ActiveCampaign accounts", len(found))
    return found


def _rows(context: Context, lane: Lane) -> list[dict[str, Any]]:
    # A pause in the middle would begin this reading anew; there are far fewer accounts than contacts.
    return patiently(lambda: [row for page in context.activecampaign.accounts(values=True, lane=lane) for row in page])


def compare(context: Context, tally: Tally, known: Known, lane: Lane, progress: Progress) -> None:
    """Judges every account of Dynamics."""
    rules = context.rules[Entity.ACCOUNT]
    for page in browse.changes(context, Entity.ACCOUNT, lane=lane):
        for change in page:
            _judge(tally, change, known.get(change.record_id.lower()), rules)
        progress("Dynamics accounts", tally.in_dynamics)


def _judge(tally: Tally, change: Change, row: dict[str, Any] | None, rules: Rules) -> None:
    if change.deleted:
        return
    tally.in_dynamics += 1
    if reason := browse.hindrance(change, person=False):
        tally.not_expected[reason] += 1
    elif row is None:
        tally.miss(change.record_id)
    else:
        theirs = rules.mapping.read_account(row, row["field_values"])
        tally.judge(change.record_id, differing(rules, change, theirs), int(row["id"]))


def differing(rules: Rules, change: Change, theirs: Mapping[str, Any]) -> list[str]:
    """The mapped fields that differ. A value that is empty in Dynamics says nothing where the mapping keeps values."""
    keep = {key for key, rule in rules.mapping.on_empty.items() if rule == "keep"}
    ours = {key: value for key, value in change.values.items() if value is not None or key not in keep}
    return rules.mapping.differences(ours, theirs)
