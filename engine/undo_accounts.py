"""Accounts put back in ActiveCampaign, one by one: it has no import of accounts, and can't be asked for some by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from clients.caller import PAGE
from engine.context import Context
from engine.inbound import rows, sweep
from engine.patience import patiently
from engine.undo_side import GONE, LANE, NOT_WRITABLE, Answer, Ready, There, refusal
from store.overwritten import Group, Overwritten
from sync.errors import SyncError
from sync.model import Canonical

FEW: Final = 500
"""So many accounts are asked for one by one; for more, all there are is read."""


class Companies:
    """The accounts. number: how many may have to be looked at."""

    def __init__(self, context: Context, group: Group, number: int) -> None:
        self._context = context
        self._mapping = context.rules[group.entity].mapping
        self._all = _everything(context) if number > FEW else None

    def look(self, page: Sequence[Overwritten]) -> Mapping[str, There | str]:
        """As `Side`."""
        return {one.record_id: self._there(one.link.ac_id if one.link else None) for one in page}

    def refusals(self, there: There, values: Mapping[str, Canonical]) -> dict[str, str]:  # noqa: ARG002 as Side
        """As `Side`."""
        unfit = [key for key, value in values.items() if not self._mapping.account_body({key: value})]
        return {key: NOT_WRITABLE.format("ActiveCampaign") for key in unfit}

    def write(self, ready: Sequence[Ready]) -> Iterator[Answer]:
        """As `Side`."""
        for one in ready:
            yield one, self._alone(one)

    def finish(self) -> Iterator[Answer]:
        """As `Side`."""
        return iter(())

    def _there(self, number: int | None) -> There | str:
        row = self._row(number) if number else None
        if row is None or rows.is_gone(row):
            return GONE
        values = {int(key): value for key, value in row["field_values"].items()}
        return There(self._mapping.read_account(row, values), row, int(row["id"]))

    def _row(self, number: int) -> dict[str, Any] | None:
        if self._all is not None:
            return self._all.get(number)
        return patiently(partial(sweep.one, self._context, number, LANE))

    def _alone(self, one: Ready) -> SyncError | None:
        body = self._mapping.account_body(one.values)
        return refusal(partial(self._context.activecampaign.update_account, one.there.number, body, lane=LANE))


def _everything(context: Context) -> dict[int, dict[str, Any]]:
    values = patiently(partial(context.activecampaign.account_values, lane=LANE))
    found: dict[int, dict[str, Any]] = {}
    offset = 0
    while True:
        page = patiently(partial(context.activecampaign.accounts_page, offset, lane=LANE))
        found |= {row["id"]: {**row, "field_values": values.get(row["id"], {})} for row in page}
        offset += len(page)
        if len(page) < PAGE:
            return found
