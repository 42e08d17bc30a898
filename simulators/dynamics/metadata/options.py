"""InsertOptionValue: a choice of a column gets one more option, which shows once the table is published.

Parameters and answer: Microsoft Learn, "InsertOptionValue Action". A value that is taken, published or not, is refused;
its code is not published, InvalidArgument stands.
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import require_named
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, invalid
from simulators.dynamics.metadata.labels import label_text
from simulators.dynamics.schema.catalog import Option, Table

WAITING = "options"


def insert_option(call: Call) -> Reply:
    """For choices of a column's own; global ones are not simulated."""
    require_named(call.caller, "prvWriteOptionSet")
    sent = call.body()
    with call.state.schema_lock:
        table = call.state.catalog.tables.get(str(sent.get("EntityLogicalName")))
        column = table.columns.get(str(sent.get("AttributeLogicalName"))) if table else None
        if table is None or column is None or column.kind not in ("Picklist", "MultiSelectPicklist"):
            raise ApiError(400, "0x80041103", f"The attribute {sent.get('AttributeLogicalName')} was not found.")
        value = sent.get("Value")
        waiting = table.extra.setdefault(WAITING, {}).setdefault(column.name, [])
        if not isinstance(value, int) or any(option.value == value for option in (*column.options, *waiting)):
            raise invalid(f"The value {value} is missing or already taken in {column.name}.")
        waiting.append(Option(value, label_text(sent.get("Label"))))
    call.state.stats.changing()
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.InsertOptionValueResponse"
    return answer(call, {"@odata.context": where, "NewOptionValue": value})


def publish_options(table: Table) -> None:
    """What was added since the table was published is seen from now on."""
    added: dict[str, list[Any]] = table.extra.pop(WAITING, {})
    for name, options in added.items():
        table.columns[name].options = [*table.columns[name].options, *options]
