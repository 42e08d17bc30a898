"""One opportunity at a time: the whole record by its external id, which is the Dynamics id. There is no bulk call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from engine.context import Context
from engine.retries import look_again
from engine.work import Work
from mapping.objects import CONTACT as RELATIONSHIP
from mapping.objects import DELETED, STATUS
from store import links
from sync.errors import BadRecord, Missing, Stop, Unavailable
from sync.model import Entity, Lane
from sync.opportunities import CONTACT

GONE: Final = "the custom object of opportunities is not in ActiveCampaign"
MAKE: Final = "Run `ac365 provision activecampaign --apply`, then `ac365 sync --entity opportunity --initial`."
INSTEAD: Final = (
    "Where the plan has no custom objects, set entities.opportunity.shown_as to contact_fields or deals first."
)


def write(context: Context, work: Work, lane: Lane) -> dict[str, Any] | None:
    """Carries out one decision; answers with the link's new facts, None when the link ends. Raises SyncError.

    Repeating it changes nothing in ActiveCampaign, whatever became of the answer.
    """
    if work.decision.action == "unlink":
        _end(context, work, lane)
        return None
    contact = work.target.contact or named(context, work, lane)
    values = {**work.decision.values, CONTACT: contact}
    try:
        _put(context, work.change.record_id, values, {}, lane)
    except BadRecord as error:
        judge(context, contact, error, lane)
    return {"agreed": {key: value for key, value in values.items() if value is not None}, **_version(work)}


def _version(work: Work) -> dict[str, Any]:
    return {"agreed_version": work.change.version}


def _put(context: Context, record_id: str, values: Mapping[str, Any], instead: Mapping[str, Any], lane: Lane) -> None:
    """Writes all fields. instead: wire values of fields that say something else than the canonical ones."""
    rules = context.rules[Entity.OPPORTUNITY]
    plain = {key: value for key, value in values.items() if key != CONTACT and key not in instead}
    fields = rules.mapping.object_fields(plain) + [{"id": key, "value": value} for key, value in instead.items()]
    relation = {RELATIONSHIP: int(values[CONTACT])}
    try:
        context.activecampaign.put_record(context.opportunities, record_id, fields, relation, lane=lane)
    except Missing as error:
        raise Stop(GONE, code="opportunities.no_object", advice=f"{MAKE} {INSTEAD}") from error


def named(context: Context, work: Work, lane: Lane) -> int:
    """The id of a contact that was imported and is known by its address only."""
    found = context.activecampaign.find_contact(work.target.address or "", lane=lane)
    if found is None:
        raise Unavailable("its contact does not show in ActiveCampaign yet", code="contact.not_shown")
    number = int(found["id"])
    with context.db.transaction() as tx:
        links.learn(tx, context.id, {work.target.link_id: number} if work.target.link_id else {})
    return number


def judge(context: Context, contact: int, error: BadRecord, lane: Lane) -> NoReturn:
    """A refusal may be about a contact that was deleted in ActiveCampaign: then it is looked at, and this waits."""
    if context.activecampaign.contacts_by_ids([contact], lane=lane):
        raise error
    with context.db.transaction() as tx:
        look_again(tx, context.id, Entity.CONTACT, [contact], "deleted in ActiveCampaign")
    raise Unavailable(f"ActiveCampaign's contact {contact} was deleted there", code="contact.gone") from error


def _end(context: Context, work: Work, lane: Lane) -> None:
    """It is gone in Dynamics (decision Q13): deleted here too where that is wanted, else its status says so."""
    how, values = context.rules[Entity.OPPORTUNITY].terms.on_deleted, work.decision.values
    if how == "delete":
        context.activecampaign.delete_record(context.opportunities, work.change.record_id, lane=lane)
    elif how == "status" and CONTACT in values:
        try:
            _put(context, work.change.record_id, values, {STATUS: DELETED}, lane)
        except BadRecord:
            # Its contact was deleted as well, so nobody is left to be told.
            return
