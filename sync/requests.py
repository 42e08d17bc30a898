"""What becomes of a request that somebody made on a lead or contact (decisions Q15 and Q16): act, or say why not.

The words are read by salespeople, on the form in Dynamics. Nobody who opted out, unsubscribed or bounced is ever
acted on, whatever is asked for (guarantee G7); being taken out of an automation is always allowed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mapping.companion import Ask, State
from sync.consent import SUBSCRIBED, Ours, Rules, Theirs, heeded
from sync.marketing import Automation, Campaign, Enrolment

AUTOMATION: Final = "automation"
MAILING: Final = "mailing"
CAMPAIGN: Final = "campaign"
FITS: Final = {
    Ask.ADD_TO_AUTOMATION: (AUTOMATION,),
    Ask.REMOVE_FROM_AUTOMATION: (AUTOMATION, MAILING),
    Ask.SEND_CAMPAIGN: (MAILING, CAMPAIGN),
}
KEY: Final = re.compile(r"(automation|mailing|campaign):([1-9][0-9]{0,17})", re.ASCII)
GOOD_FOR: Final = timedelta(hours=24)
"""What nobody got round to for so long is not done any more: whoever asked has gone on."""
SEND_AGAIN_AFTER: Final = timedelta(minutes=10)

OFF: Final = "Requests to ActiveCampaign are switched off. Ask the administrator of ac365."
UNCLEAR: Final = "This request is not complete. Ask again on the form of the lead or contact."
TOO_OLD: Final = "This was asked for more than a day ago and is not done any more. Ask again if it is still wanted."
OPTED_OUT: Final = "Dynamics says that this person wants no e-mail, so nothing was started."
SHARED: Final = (
    "Another record with the same e-mail address says that this person wants no e-mail, so nothing was started."
)
UNSUBSCRIBED: Final = "This person unsubscribed in ActiveCampaign, so nothing was started."
BOUNCED: Final = "Mail to this person's address bounces for good, so nothing was started."
NO_SUBSCRIPTION: Final = "This person is subscribed to no list in ActiveCampaign, so nothing was sent."
AGREED: Final = "This person opted out as of the last sync, so nothing was started."


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be started: kind is automation, mailing or campaign, number its id in ActiveCampaign."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Person:
    """Consent as of this moment: what the record says, what ActiveCampaign says about every list, what was agreed last,
    and whether another record with the same address is opted out."""

    ours: Ours
    theirs: Theirs
    agreed: bool | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same request for the same contact, done before. at: when; enrolment: what came of it, None for a mail that
    left no trace; sure: whether it is known to have been done."""

    at: datetime
    enrolment: int | None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """All that counts for one request. offered: the automation or campaign as it is, None where it is gone; enrolments:
    of the contact; earlier: the latest one, None for none."""

    ask: Ask
    target: Target
    offered: Automation | Campaign | None
    panel: Mapping[str, Any]
    person: Person
    rules: Rules
    now: datetime
    enrolments: Sequence[Enrolment] = ()
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """act: enrol, leave, send, or "" for nothing; state and words: the answer once that is done; enrolment: the stay to
    end."""

    act: str
    state: State
    words: str
    enrolment: int | None = None


def target_of(key: str | None) -> Target | None:
    """What a key such as `automation:42` means, None for nothing."""
    found = KEY.fullmatch(key or "")
    return Target(found[1], int(found[2])) if found else None


def unfit(
    ask: int | None, key: str | None, *, has_record: bool, asked_at: datetime, now: datetime, enabled: bool
) -> str:
    """Why a request is refused before anybody is asked about it, "" where it isn't."""
    target = target_of(key)
    if ask not in [one.value for one in Ask] or target is None or target.kind not in FITS[Ask(ask)] or not has_record:
        return UNCLEAR
    if not enabled:
        return OFF
    return TOO_OLD if now - asked_at > GOOD_FOR else ""


def decide(case: Case) -> Verdict:
    """What to do about a request of somebody who may ask, for a record that has a contact."""
    if case.ask is Ask.REMOVE_FROM_AUTOMATION:
        return _leave(case)
    refusal = not_offered(case.target, case.offered, case.panel) or unwelcome(
        case.person, case.rules, mail=case.ask is Ask.SEND_CAMPAIGN
    )
    if refusal:
        return _refused(refusal)
    return _send(case) if case.target.kind == CAMPAIGN else _enter(case)


def unwelcome(person: Person, rules: Rules, *, mail: bool) -> str:
    """Why this person may not be written to, "" where they may. mail: a mail is all there is to it, and it needs a
    confirmed subscription; an automation may do other things."""
    heard = heeded(person.theirs, rules)
    if person.ours.opted_out:
        return OPTED_OUT
    if person.shared:
        return SHARED
    # A bounce counts here whatever the configuration says about passing it on.
    if person.theirs.bounced:
        return BOUNCED
    if heard.opted_out:
        return UNSUBSCRIBED
    if mail and SUBSCRIBED not in person.theirs.states.values():
        return NO_SUBSCRIPTION
    return AGREED if person.agreed else ""


def not_offered(target: Target, offered: Automation | Campaign | None, panel: Mapping[str, Any]) -> str:
    """Why this may not be picked, "" where it may."""
    if offered is None:
        return f"ActiveCampaign has no such {_noun(target)} any more."
    name = offered.name
    if not _allowed(target, offered, panel):
        return f'"{name}" is not offered to salespeople. Ask the administrator of ac365.'
    if isinstance(offered, Campaign):
        good = offered.single and offered.completed and offered.message
        return "" if good else f'"{name}" is not a finished campaign of a single mail, so no copy of it can be sent.'
    return "" if offered.active and not offered.hidden else f'"{name}" is not active in ActiveCampaign.'


def named(wanted: Sequence[int | str], number: int, name: str) -> bool:
    """Whether a list of names and numbers holds this one."""
    return any(one == number or str(one) in (name, str(number)) for one in wanted)


def _allowed(target: Target, offered: Automation | Campaign, panel: Mapping[str, Any]) -> bool:
    if target.kind == MAILING:
        return named(panel["mailings"], offered.id, offered.name)
    wanted = panel["automations"] if target.kind == AUTOMATION else panel["campaigns"]
    if wanted is None:
        # What sends one mail is offered as a campaign, where somebody expects it to be one.
        return target.kind == CAMPAIGN or not named(panel["mailings"], offered.id, offered.name)
    return named(wanted, offered.id, offered.name)


def _enter(case: Case) -> Verdict:
    name, stays = _name(case), _stays(case)
    mail = case.target.kind == MAILING
    if any(stay.running for stay in stays):
        return Verdict("", State.DONE, f"Is already in {name}; nothing was changed.")
    earlier = _recent(case)
    if earlier and mail:
        return _again(name, earlier)
    if earlier and earlier.enrolment not in {stay.id for stay in stays}:
        # ActiveCampaign's lists may be late in showing what came of it.
        return Verdict("", State.DONE, f"Is already in {name}; nothing was changed.")
    if stays and isinstance(case.offered, Automation) and not case.offered.again:
        return _refused(f"Was in {name} before, and it lets nobody in twice.")
    return Verdict("enrol", State.DONE, f"{name} was sent." if mail else f"Added to {name}.")


def _send(case: Case) -> Verdict:
    name = _name(case)
    earlier = _recent(case)
    if earlier:
        return _again(name, earlier)
    return Verdict("send", State.DONE, f"A copy of {name} was sent.")


def _leave(case: Case) -> Verdict:
    name = _name(case)
    running = [stay for stay in _stays(case) if stay.running]
    if not running:
        return Verdict("", State.DONE, f"Is not in {name} any more; nothing was changed.")
    return Verdict("leave", State.DONE, f"Taken out of {name}.", max(stay.id for stay in running))


def _again(name: str, earlier: Earlier) -> Verdict:
    how = "was sent" if earlier.sure else "may have been sent"
    return _refused(f"{name} {how} to this person less than ten minutes ago, so it was not sent again.")


def _stays(case: Case) -> list[Enrolment]:
    return [stay for stay in case.enrolments if stay.automation == case.target.number]


def _recent(case: Case) -> Earlier | None:
    return case.earlier if case.earlier and case.now - case.earlier.at < SEND_AGAIN_AFTER else None


def _refused(words: str) -> Verdict:
    return Verdict("", State.REFUSED, words)


def _name(case: Case) -> str:
    return f'"{case.offered.name}"' if case.offered else f"the {_noun(case.target)}"


def _noun(target: Target) -> str:
    return CAMPAIGN if target.kind == CAMPAIGN else AUTOMATION
