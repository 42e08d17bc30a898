"""What an explanation says in sentences, for the command line and for the console alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

from engine.explain import Explained
from engine.explain_consent import ConsentState
from engine.explain_opportunity import Belonging
from engine.explain_rules import usual
from engine.explain_there import There
from engine.opportunities.explain import Relative
from engine.opportunities.rollup_state import DEAL
from sync.model import PEOPLE, Entity, Link

When: TypeAlias = Callable[[datetime | None], str]
"""How a time is said."""

SUMMED_UP: Final = "in fields of its contact, not as a record"
UNKNOWN: Final = "?"
SIGNS: Final = {True: "yes", False: "NO", None: UNKNOWN}


def facts(one: Explained, when: When) -> dict[str, str]:
    """The head of an explanation: sentences by what they are about, without those that have nothing to say."""
    found = {
        "in Dynamics": _dynamics(one),
        "in scope": _scope(one),
        "related to": _relatives(one.belonging) if one.belonging else "",
        "belongs to": _belongs(one.belonging) if one.belonging else "",
        "linked": _linked(one, when),
        "in ActiveCampaign": SUMMED_UP if _summed_up(one) else f"{there(one.there)}{_missed(one)}{_back(one)}",
        "consent": _consent(one.consent) if one.consent else "",
        "a sync would": _would(one),
        "and in Dynamics": _inbound(one) if one.travels else "",
        "rule": f"{usual(one)}, where no other is said" if one.travels else "",
    }
    return {name: text for name, text in found.items() if text}


def _dynamics(one: Explained) -> str:
    change = one.change
    if change is None:
        row = one.stored.row
        return f"not known now; when last read: {row['state']} ({row['reason']})" if row else "not known"
    if change.deleted:
        return "no, it is not there (any more)"
    opted_out = ", opted out of e-mail" if change.opted_out else ""
    return f"yes, version {change.version}, modified {change.modified_on or UNKNOWN}{opted_out}"


def _scope(one: Explained) -> str:
    wrong = [check.reason for check in one.checks if not check.ok]
    told = wrong or [check.reason for check in one.checks if check.rule in ("criteria", "picked", "survivor")]
    return f"{SIGNS[one.in_scope]}{': ' if told else ''}{'; '.join(told)}"


def _linked(one: Explained, when: When) -> str:
    link = one.stored.link
    if link is None:
        return "no"
    kind = "account" if one.entity is Entity.ACCOUNT else "contact"
    to = f"to {kind} {link.ac_id}" if link.ac_id else "by its address; ActiveCampaign's id was not needed so far"
    to = (SUMMED_UP if _summed_up(one) else _to_record(link)) if one.belonging else to
    if not link.delivered:
        made = ", to be made in Dynamics" if link.origin == "pulled" else ""
        return f"not yet: nothing was delivered so far{made}"
    since = f"since {one.stored.since:%Y-%m-%d %H:%M}, " if one.stored.since else ""
    tags = f", tagged {' '.join(link.tagged)}" if link.tagged else ""
    born = ", born in ActiveCampaign" if link.origin == "pulled" else ""
    gone = "; it was DELETED in ActiveCampaign" if link.removed else ""
    parked = f"; waiting for you: {', '.join(link.parked)}" if link.parked else ""
    return f"{to}, {since}last written {when(one.stored.written)}{born}{tags}{gone}{parked}"


def there(found: There) -> str:
    """A counterpart in ActiveCampaign, or that there is none."""
    gone = f"; {found.missing_id}, which it is linked to, is gone" if found.missing_id else ""
    if found.exists is None:
        return "not known: ActiveCampaign could not be asked, or nothing tells where to look"
    if not found.exists:
        return f"no{gone}"
    tags = f", tags {' '.join(found.tags)}" if found.tags else ""
    whose = f", of contact {found.contact}" if found.contact else ""
    return f"{found.record or found.id}, found by {found.found_by}{whose}{gone}{tags}"


def _to_record(link: Link) -> str:
    return f"to deal {link.ac_id}" if DEAL in link.tagged else "to the record with its id"


def _summed_up(one: Explained) -> bool:
    return one.belonging is not None and one.belonging.summed_up


def _missed(one: Explained) -> str:
    """What becomes of an opportunity's record that somebody deleted in ActiveCampaign."""
    delivered = one.belonging is not None and one.stored.link is not None and one.stored.link.delivered
    return ": it was deleted there; the next write makes it again" if delivered and one.there.exists is False else ""


def _relatives(belonging: Belonging) -> str:
    told = [f"{one.contact} ({', '.join(one.relations)}), which {_standing(one)}" for one in belonging.relatives]
    return "; ".join(f"contact {one}" for one in told)


def _standing(one: Relative) -> str:
    return one.hindrance or f"is contact {one.activecampaign_id or one.address} in ActiveCampaign"


def _belongs(belonging: Belonging) -> str:
    target = belonging.target
    if target is None:
        return ""
    return f"contact {target.contact or target.address} in ActiveCampaign" if target.there else f"nobody: {target.why}"


def _back(one: Explained) -> str:
    if one.comes_back is None or one.entity not in PEOPLE:
        return ""
    return f"; they {'let' if one.comes_back else 'do NOT let'} its changes come back to Dynamics"


def _consent(state: ConsentState) -> str:
    ours = [
        *(["donotbulkemail"] if state.do_not_bulk else []),
        *(["donotemail"] if state.do_not_email else []),
        *(["by another record of the address"] if state.by_others else []),
    ]
    lists = [f"{name} {status}" for name, status in state.lists.items()]
    theirs = [*lists, *(["bounced"] if state.bounced else [])]
    agreed = {True: "opted out", False: "not opted out", None: "nothing yet"}[state.agreed]
    known = "?" if state.do_not_bulk is None else ", ".join(ours) or "not opted out"
    there = "?" if state.bounced is None else ", ".join(theirs) or "on no list"
    follows = f"; so: {'; '.join(state.follows)}" if state.follows else ""
    return f"Dynamics: {known} | agreed: {agreed} | ActiveCampaign: {there}{follows}"


def _inbound(one: Explained) -> str:
    decided = one.inbound
    if decided is None:
        return "not known without both sides"
    return f"{decided.action} it: {decided.reason}" if decided.action != "none" else f"nothing: {decided.reason}"


def _would(one: Explained) -> str:
    decision = one.decision
    if decision is None:
        return "not known without Dynamics"
    if decision.action == "none":
        return f"write nothing: {decision.reason}"
    tags = [*(f"+{tag}" for tag in decision.tags_add), *(f"-{tag}" for tag in decision.tags_remove)]
    return " ".join((f"{decision.action} it: {decision.reason}", *tags))
