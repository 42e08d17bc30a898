"""What ActiveCampaign holds, in canonical values that Dynamics can take, and in the spelling that is known already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mapping.carrier import Carrier
from mapping.decode import empty
from mapping.directions import OUTBOUND
from mapping.wire_dynamics import Write

_ABSENT: Final = object()


class Theirs(NamedTuple):
    """What ActiveCampaign holds, canonical, by field key; what could not be carried is missing and has a warning."""

    values: dict[str, Any]
    warnings: tuple[str, ...]


def theirs(
    carriers: Mapping[str, Carrier],
    writers: Mapping[str, Write],
    record: Mapping[str, Any],
    field_values: Mapping[int, Any],
) -> Theirs:
    """See CompiledMapping.theirs. writers: by key, of every pair that can travel inbound."""
    values: dict[str, Any] = {}
    warnings: list[str] = []
    for key, carrier in carriers.items():
        wire = _ABSENT if carrier.pair.direction == OUTBOUND else _wire(carrier, record, field_values)
        if wire is _ABSENT:
            continue
        try:
            values[key] = _carried(carrier, writers[key], wire)
        except (ValueError, ArithmeticError) as error:
            warnings.append(left_out(key, error))
    return Theirs(values, tuple(warnings))


def aligned(carriers: Mapping[str, Carrier], values: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    """See CompiledMapping.aligned."""
    return {key: _spelt(carriers.get(key), value, reference.get(key, _ABSENT)) for key, value in values.items()}


def left_out(key: str, error: Exception) -> str:
    """The warning about a value that could not be carried. It never quotes the value: it may be personal data."""
    # Only ValueErrors are raised with words of ours; the others may quote the value.
    reason = str(error) if isinstance(error, ValueError) else "can't be written to Dynamics"
    return f"{key} was left out: what ActiveCampaign holds {reason}"


def _wire(carrier: Carrier, record: Mapping[str, Any], field_values: Mapping[int, Any]) -> Any:
    """A standard field that an answer leaves out is not known; a custom field without a stored value is empty."""
    field_id = carrier.pair.field.id
    return record.get(carrier.pair.field.key, _ABSENT) if field_id is None else field_values.get(field_id)


def _carried(carrier: Carrier, write: Write, wire: Any) -> Any:
    value = None if empty(wire) else carrier.decode(wire)
    if carrier.cap and value is not None and len(value) > carrier.cap:
        # Dynamics' own value is cut to the same length before it is compared, so the two would never agree.
        raise ValueError(f"is longer than {carrier.cap} characters")
    if value is not None:
        write(value)
    return value


def _spelt(carrier: Carrier | None, value: Any, other: Any) -> Any:
    if carrier is None or other is _ABSENT or value == other:
        return value
    return other if carrier.same(other, value) or carrier.same(value, other) else value
