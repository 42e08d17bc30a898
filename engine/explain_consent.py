"""Who may be mailed: what both sides say of one person, what they last agreed on, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from engine import explain_inbound
from engine.context import Context
from engine.explain_there import There
from sync import consent
from sync.inbound import Inbound
from sync.model import Change, Counterpart, Decision, Entity, Link

STATUS: Final = {
    consent.SUBSCRIBED: "subscribed",
    consent.UNSUBSCRIBED: "unsubscribed",
    consent.UNCONFIRMED: "not confirmed",
}


@dataclass(frozen=True, slots=True)
class ConsentState:
    """do_not_bulk, do_not_email: of the record; by_others: somebody of the same address is opted out; lists: status by
    name of the list; activecampaign: opted out there, None where nothing is said or known; agreed: None before the
    first agreement; follows: what a sync would do, as sentences, and why."""

    do_not_bulk: bool | None
    do_not_email: bool | None
    by_others: bool
    lists: Mapping[str, str]
    bounced: bool | None
    activecampaign: bool | None
    subscribed_at: str
    agreed: bool | None
    allowed_again: bool
    follows: list[str] = field(default_factory=list)


def state(
    context: Context,
    entity: Entity,
    change: Change | None,
    link: Link | None,
    there: There,
    decided: Inbound | None,
    decision: Decision | None,
) -> ConsentState:
    """The consent of a person. change: as it is in Dynamics, with `opted_out` counting everybody of the address."""
    known = change if change and not change.deleted else None
    seen = there.counterpart
    heard = consent.heeded(consent.Theirs(seen.states, seen.bounced), context.consent) if seen else None
    return ConsentState(
        do_not_bulk=known.do_not_bulk if known else None,
        do_not_email=known.do_not_email if known else None,
        by_others=bool(known and known.opted_out and not (known.do_not_bulk or known.do_not_email)),
        lists={name: STATUS.get(number, str(number)) for name, number in there.lists.items()},
        bounced=seen.bounced if seen else None,
        activecampaign=heard.opted_out if heard else None,
        subscribed_at=seen.subscribed_at if seen else "",
        agreed=link.opted_out if link else None,
        allowed_again=bool(link and link.allowed_again),
        follows=list(_follows(context, entity, known, link, there, decided, decision)),
    )


def _follows(
    context: Context,
    entity: Entity,
    change: Change | None,
    link: Link | None,
    there: There,
    decided: Inbound | None,
    decision: Decision | None,
) -> Iterator[str]:
    if not context.consent.enabled:
        yield consent.OFF
        return
    if decided and decided.set_bulk is not None:
        yield f"Dynamics' opt-out from bulk e-mail is {'set' if decided.set_bulk else 'cleared'}"
    if decided and decided.set_email:
        yield "Dynamics' opt-out from every e-mail is set"
    if (decided and decided.unsubscribe) or (decision and decision.unsubscribe):
        yield "the subscriptions in ActiveCampaign end"
    if change and link and there.counterpart and explain_inbound.travels(context, entity):
        yield _why(context, change, link, there.counterpart)
    elif change and change.opted_out:
        known = bool(link and link.opted_out and not link.allowed_again)
        yield "opted out in Dynamics, and ActiveCampaign was told" if known else "opted out in Dynamics"


def _why(context: Context, change: Change, link: Link, seen: Counterpart) -> str:
    """The judgement's own words; it looks at the same facts as the decision, see `sync.inbound`."""
    ours = consent.Ours(change.do_not_bulk or (change.opted_out and not change.do_not_email), change.do_not_email)
    agreed = None if ours.opted_out and link.allowed_again else link.opted_out
    newer = seen.subscribed_at[:19] > change.modified_on[:19]
    return consent.judge(
        ours, consent.Theirs(seen.states, seen.bounced), agreed, context.consent, bounced=link.bounced, newer=newer
    ).reason
