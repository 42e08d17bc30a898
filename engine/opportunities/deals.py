"""One opportunity at a time as a deal: written as a whole by its id, and made once, whatever became of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.context import Context
from engine.opportunities import deal_place, deal_search, deal_stages
from engine.opportunities.deliver import judge, named
from engine.opportunities.rollup_state import DEAL
from engine.work import Work
from mapping import deals
from mapping.objects import STATUS
from sync.errors import BadRecord, Missing, Stop, SyncError, Throttled
from sync.model import Entity, Lane
from sync.opportunities import CONTACT

UNCLEAR: Final = 503
TOO_MUCH: Final = "a deal can't be worth this amount"
LESS: Final = (
    f"ActiveCampaign takes 0 to {deals.MOST_CENTS / 100:,.2f}. Correct the revenue in Dynamics; then it goes by itself."
)

Wires = Sequence[Mapping[str, Any]]


def write(context: Context, work: Work, lane: Lane) -> dict[str, Any] | None:
    """Carries out one decision; answers with the link's new facts, None when the link ends. Raises SyncError.

    Repeating it makes no second deal.
    """
    if work.decision.action == "unlink":
        _end(context, work, lane)
        return None
    contact = work.target.contact or named(context, work, lane)
    values = {**work.decision.values, CONTACT: contact}
    place, value = deal_place.there(context), _value(context, values)
    try:
        body = _body(context, place, values, lane)
        number = _put(context, place, work, {**body, "value": value}, lane)
    except BadRecord as error:
        deal_place.look_again(context, lane)
        judge(context, contact, error, lane)
    agreed = {key: value for key, value in values.items() if value is not None}
    return {"agreed": agreed, "agreed_version": work.change.version, "ac_id": number, "tagged": [DEAL]}


def _put(context: Context, place: deals.Place, work: Work, body: Mapping[str, Any], lane: Lane) -> int:
    """Writes the deal that there is, and makes one where there is none, or none any more; answers with its id."""
    contact, known = int(body["contact"]), work.link.ac_id if work.link else None
    written = _with_values(context, place, work, body, new=False)
    if known and _updated(context, known, written, lane):
        return known
    found = deal_search.found(context, place, work, contact, lane)
    if found and _updated(context, found, written, lane):
        return found
    whole = {**_with_values(context, place, work, body, new=True), "owner": str(place.owner)}
    return _make(context, work, contact, whole, lane)


def _updated(context: Context, number: int, body: Mapping[str, Any], lane: Lane) -> bool:
    """False where somebody deleted it in ActiveCampaign. If its contact is missing, the next call says so."""
    try:
        context.activecampaign.update_deal(number, body, lane=lane)
    except Missing:
        return False
    return True


def _make(context: Context, work: Work, contact: int, body: Mapping[str, Any], lane: Lane) -> int:
    mark = deal_search.note(context, work, contact)
    try:
        return context.activecampaign.create_deal(body, lane=lane)
    except SyncError as error:
        # A 503 counts as throttled, and may come from in between when the deal was made already.
        if isinstance(error, Throttled | BadRecord | Stop) and error.status != UNCLEAR:
            deal_search.strike(context, work, mark)
        else:
            # Lists need their time from now on, not from when the call began.
            deal_search.note(context, work, contact)
        raise


def _body(context: Context, place: deals.Place, values: Mapping[str, Any], lane: Lane) -> dict[str, Any]:
    """What a deal has a place of its own for, but for its value, and the wire values of its custom fields."""
    stage = deal_stages.number(context, place.pipeline, str(values.get("stage") or deals.NO_STAGE), lane)
    return {
        "title": deals.title(values.get(deals.TOPIC)),
        "contact": str(values[CONTACT]),
        "currency": str(values.get(deals.CURRENCY) or place.currency).lower(),
        "group": str(place.pipeline),
        "stage": str(stage),
        "status": _state(context, values),
        "fields": _wires(context, values),
    }


def _value(context: Context, values: Mapping[str, Any]) -> int:
    """What the deal is worth, in cents. Raises BadRecord for an amount that no deal can have."""
    won = _state(context, values) == deals.WON
    value = deals.cents(values.get(deals.ESTIMATED), values.get(deals.ACTUAL), won=won)
    if value is None:
        raise BadRecord(TOO_MUCH, code="deals.amount", advice=LESS)
    return value


def _state(context: Context, values: Mapping[str, Any]) -> int:
    """Open, won or lost, as both services number it; open where the status is mapped from something else."""
    state = values.get(STATUS)
    known = deals.tells_state(context.rules[Entity.OPPORTUNITY].mapping.pairs)
    return state if known and isinstance(state, int) else 0


def _wires(context: Context, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    plain = {key: value for key, value in values.items() if key != CONTACT}
    return context.rules[Entity.OPPORTUNITY].mapping.object_fields(plain)


def _with_values(
    context: Context, place: deals.Place, work: Work, body: Mapping[str, Any], *, new: bool
) -> dict[str, Any]:
    record_id, fields = work.change.record_id, deal_place.wanted(context)
    return {**body, "fields": deals.custom_values(place, fields, record_id, body["fields"], new=new)}


def _end(context: Context, work: Work, lane: Lane) -> None:
    """It is gone in Dynamics (decision Q13): deleted here too where that is wanted, else its status says so, and one
    that was open is lost, so that nobody counts on it any more."""
    how, values = context.rules[Entity.OPPORTUNITY].terms.on_deleted, work.decision.values
    number = work.link.ac_id if work.link else None
    if number is None:
        return
    if how == "delete":
        context.activecampaign.delete_deal(number, lane=lane)
        return
    with context.db.transaction() as tx:
        deal_place.leave(tx, context)
    if how == "status":
        place, fields = deal_place.there(context), deal_place.wanted(context)
        told = deals.told_deleted(_wires(context, values))
        body = {"fields": deals.custom_values(place, fields, work.change.record_id, told, new=False)}
        lost = {"status": deals.LOST} if _state(context, values) == 0 else {}
        try:
            context.activecampaign.update_deal(number, {**body, **lost}, lane=lane)
        except BadRecord:
            # Somebody deleted it, or its contact, so there is nobody left to be told.
            return
