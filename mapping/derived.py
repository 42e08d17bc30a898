"""Columns that ac365 adds to an opportunity: what Dynamics shows on its form without that one column holds it.

Facts: MicrosoftDocs/dynamics-365-customer-engagement, table reference of opportunity (stepname, salesstage); the
business process flow keeps its active stage in a table of its own; learn.microsoft.com, page open-forms-views-dialogs-
reports-url. The text of the stage is decision Q12.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mapping.columns import Column, ColumnType

PROCESS_STAGE: Final = "$process_stage"
"""Key of a row under which the name of its active process stage is filed, where there is one."""

_TITLES: Final = {"stage": "Stage", "currency": "Currency", "link": "Link to Dynamics"}
COLUMNS: Final = {
    name: Column(name, title, ColumnType.STRING, creatable=False, updatable=False) for name, title in _TITLES.items()
}
SOURCES: Final = ("stepname", "salesstage", "transactioncurrencyid")
"""Columns that they are made of."""


def with_derived(
    row: Mapping[str, Any], columns: Mapping[str, Column], currencies: Mapping[str, str] | None, base_url: str
) -> dict[str, Any]:
    """The row of an opportunity with the derived columns in it. currencies: ISO code by id."""
    return {
        **row,
        "stage": row.get(PROCESS_STAGE) or row.get("stepname") or _label(row, columns) or None,
        "currency": (currencies or {}).get(str(row.get("_transactioncurrencyid_value") or "").lower()),
        "link": f"{base_url}/main.aspx?etn=opportunity&pagetype=entityrecord&id={row.get('opportunityid')}",
    }


def _label(row: Mapping[str, Any], columns: Mapping[str, Column]) -> str:
    options = columns["salesstage"].options if "salesstage" in columns else ()
    return next((option.label for option in options if option.value == row.get("salesstage")), "")
