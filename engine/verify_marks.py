"""What two records say besides their fields: tags, the account a person belongs to, and who may be mailed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.verify_fields import KEPT, KEPT_HERE, beginning
from engine.verify_pair import Finding, Fix, Pair
from sync import consent, tags
from sync.inbound import NO_TAG
from sync.merge import Policy
from sync.model import PEOPLE, Link
from sync.terms import INBOUND, OUTBOUND

TAKEN_OFF: Final = "a tag was taken off in ActiveCampaign: nothing puts it back, and changes there stay there"
ANEW_THERE: Final = "subscribed anew in ActiveCampaign, and this entity does not travel to Dynamics"
CLEARED: Final = "the opt-out was cleared in Dynamics and still stands in ActiveCampaign"
TAGS: Final = "tags"
ACCOUNT: Final = "account"
OPT_OUT: Final = "opt-out"


def findings(pair: Pair) -> Iterator[Finding]:
    """`account`, `tags` and `opt-out`, those of them that are not as they should be."""
    if pair.entity not in PEOPLE:
        return
    for found in (_account(pair), _tags(pair), _opt_out(pair)):
        if found is not None:
            yield found


def _account(pair: Pair) -> Finding | None:
    way = pair.terms.account_direction
    if not way or pair.account_here == pair.account_there:
        return None
    link = pair.linked
    if link is None:
        return Finding(ACCOUNT, fix=beginning(pair))
    comes_in = way != OUTBOUND and pair.travels_back
    moved_here, moved_there = pair.account_here != link.account_id, pair.account_there != link.account_id
    if not comes_in:
        kept = pair.account_here is None and link.account_id is None
        agreed = Fix(facts={"account_id": pair.account_there}, read=True)
        return Finding(ACCOUNT, KEPT) if kept else Finding(ACCOUNT, fix=agreed)
    if pair.stopped and (way == INBOUND or not moved_here):
        return Finding(ACCOUNT, NO_TAG)
    if way != INBOUND:
        return Finding(ACCOUNT, fix=_unread(pair, moved_here, moved_there))
    kept = pair.account_there is None and link.account_id is None
    return Finding(ACCOUNT, KEPT_HERE) if kept else Finding(ACCOUNT, fix=_reasserted(pair))


def _unread(pair: Pair, moved_here: bool, moved_there: bool) -> Fix:
    """Associations have no date: one that is gone may have been taken away, or never have arrived; one with another
    account is somebody's doing."""
    lost = not moved_here and pair.account_there is None
    if lost and pair.terms.policy != Policy.ACTIVECAMPAIGN_WINS:
        return Fix(facts={"account_id": None}, read=True)
    return Fix(read=moved_here and not moved_there, look=moved_there)


def _reasserted(pair: Pair) -> Fix:
    return Fix(facts={"account_id": pair.account_here}, look=True)


def _tags(pair: Pair) -> Finding | None:
    """A person bears what it is, and where it was born; marks of what it was before are gone."""
    borne = set(pair.there.tags)
    born = bool(borne & {tags.PUSHED, tags.PULLED})
    wrong = {tag for tag in tags.WRONG[pair.entity] if tag in borne}
    lacking = ({tags.OF[pair.entity]} - borne) | (set() if born else {tags.PUSHED})
    if not (wrong or lacking):
        return None
    link = pair.linked
    if link is None:
        return Finding(TAGS, fix=beginning(pair))
    if wrong:
        return Finding(TAGS, fix=Fix(facts={"tagged": sorted({*link.tagged, *wrong})}, read=True))
    return Finding(TAGS, TAKEN_OFF) if lacking <= _given(link) else Finding(TAGS, fix=Fix(read=True))


def _given(link: Link) -> set[str]:
    """The tags that the contact was given; either of the two that say where somebody was born stands for both."""
    given = set(link.tagged)
    return given | {tags.PUSHED} if tags.PULLED in given else given


def _opt_out(pair: Pair) -> Finding | None:
    rules, change, link = pair.consent, pair.change, pair.linked
    if not rules.enabled:
        return None
    heard = consent.heeded(consent.Theirs(pair.there.states, pair.there.bounced), rules)
    if change.opted_out and heard.opted_out is False:
        return _mailed(pair, link)
    if not change.opted_out and heard.opted_out and pair.travels_back:
        if link is not None and link.opted_out and (link.bounced or not heard.bounced):
            return Finding(OPT_OUT, CLEARED)
        return Finding(OPT_OUT, NO_TAG) if pair.stopped else Finding(OPT_OUT, fix=_look(pair))
    return None


def _mailed(pair: Pair, link: Link | None) -> Finding:
    """Opted out in Dynamics, and on a list that counts. What comes of it is judged as an inbound cycle would."""
    if link is None or not link.opted_out or link.allowed_again:
        return Finding(OPT_OUT, fix=Fix(read=True) if link else beginning(pair))
    if not pair.travels_back or pair.stopped:
        return Finding(OPT_OUT, NO_TAG if pair.travels_back else ANEW_THERE)
    change, there = pair.change, pair.there
    ours = consent.Ours(change.do_not_bulk or not change.do_not_email, change.do_not_email)
    newer = there.subscribed_at[:19] > change.modified_on[:19]
    verdict = consent.judge(ours, consent.Theirs(there.states, there.bounced), True, pair.consent, newer=newer)
    ends = bool(verdict.unsubscribe) or verdict.set_bulk is not None
    return Finding(OPT_OUT, fix=Fix(look=True)) if ends else Finding(OPT_OUT, verdict.reason)


def _look(pair: Pair) -> Fix:
    return Fix(look=True) if pair.linked else beginning(pair)
