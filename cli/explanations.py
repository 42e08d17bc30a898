"""An explanation as a person reads it: a few sentences, the fields side by side, then what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from cli.explanation_fields import UNKNOWN, safe, show_fields, usual_rule
from cli.output import note, say, show, table, when
from engine.explain import Explained, Explanation
from engine.explain_consent import ConsentState
from engine.explain_opportunity import Belonging
from engine.explain_stranger import Stranger
from engine.explain_there import There
from engine.failing import next_attempt
from engine.opportunities.explain import Relative
from engine.opportunities.rollup_state import DEAL
from sync.model import PEOPLE, Direction, Entity, Link
from worker.services import now

SUMMED_UP: Final = "in fields of its contact, not as a record"
SIGNS: Final = {True: "yes", False: "NO", None: UNKNOWN}


def show_all(found: Explanation) -> None:
    """Prints every record; what could not be read goes to stderr."""
    for remark in found.remarks:
        note(f"Not everything could be read: {remark}")
    if found.stranger:
        nobody = "Nothing is remembered of this address" if found.remarks else "No record of Dynamics has this address"
        say(f"{nobody}. In ActiveCampaign: contact {_there(found.stranger.there)}")
        _show_stranger(found.stranger)
    for index, one in enumerate(found.records):
        if index:
            say()
        _show(one)


def _show_stranger(one: Stranger) -> None:
    moment = now()
    say(f"  {'a record' if one.made else 'NO record'} in Dynamics: {one.reason}")
    for row in one.asked:
        create = f", to make a {row['entity']}" if row["entity"] else ""
        say(f"  Is to be looked at, asked for {when(row['asked_at'], moment)}{create}.")
    for line in _failed(one.failures):
        say(f"  {line}")


def _show(one: Explained) -> None:
    say(" ".join(part for part in (one.entity, one.record_id, one.address) if part))
    facts = {
        "in Dynamics": _dynamics(one),
        "in scope": _scope(one),
        "related to": _relatives(one.belonging) if one.belonging else "",
        "belongs to": _belongs(one.belonging) if one.belonging else "",
        "linked": _linked(one),
        "in ActiveCampaign": SUMMED_UP if _summed_up(one) else f"{_there(one.there)}{_missed(one)}{_back(one)}",
        "consent": _consent(one.consent) if one.consent else "",
        "a sync would": _would(one),
        "and in Dynamics": _inbound(one) if one.travels else "",
        "rule": f"{usual_rule(one)}, where no other is said" if one.travels else "",
    }
    for name, text in facts.items():
        if text:
            say(f"  {name:<18} {text}")
    for line in _waiting(one):
        say(f"  {line}")
    show_fields(one)
    _show_history(one)


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


def _linked(one: Explained) -> str:
    link, moment = one.stored.link, now()
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
    return f"{to}, {since}last written {when(one.stored.written, moment)}{born}{tags}{gone}{parked}"


def _to_record(link: Link) -> str:
    return f"to deal {link.ac_id}" if DEAL in link.tagged else "to the record with its id"


def _there(there: There) -> str:
    gone = f"; {there.missing_id}, which it is linked to, is gone" if there.missing_id else ""
    if there.exists is None:
        return "not known: ActiveCampaign could not be asked, or nothing tells where to look"
    if not there.exists:
        return f"no{gone}"
    tags = f", tags {' '.join(there.tags)}" if there.tags else ""
    whose = f", of contact {there.contact}" if there.contact else ""
    return f"{there.record or there.id}, found by {there.found_by}{whose}{gone}{tags}"


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


def _waiting(one: Explained) -> Iterator[str]:
    moment = now()
    for row in one.stored.pending:
        due = f", due {when(row['due'], moment)}" if row["due"] and row["due"] > moment else ""
        import_ = f" {row['import']['id']}" if row["import"] else ""
        held = ", until the end of its cycle" if row["held"] else ""
        error = f": {row['error']}" if row["error"] else ""
        since = f"put there {when(row['since'], moment)}, cycle {row['cycle']}"
        to = " to Dynamics" if row["direction"] == Direction.INBOUND else ""
        yield f"On its way{to}: {row['state']}{import_} {since}{due}{held}{error}"
    for row in one.stored.wanted:
        yield f"Is to be read anew, asked for {when(row['asked_at'], moment)}."
    for row in one.stored.asked:
        yield f"Is to be looked at in ActiveCampaign, asked for {when(row['asked_at'], moment)}."
    for row in one.stored.conflicts:
        if row["state"] == "open":
            yield f"CONFLICT ({row['id']}): both sides changed {row['key']}; decide with `ac365 conflicts`."
    yield from _failed(one.stored.failures)
    yield from one.stored.held_back


def _failed(failures: Iterable[dict[str, Any]]) -> Iterator[str]:
    moment = now()
    for row in failures:
        to = ", to Dynamics" if row["direction"] == Direction.INBOUND else ""
        yield f"FAILED ({row['id']}{to}, {row['class']}, next attempt: {next_attempt(row, moment)}): {row['message']}"
        yield f"    {row['advice']}"


def _show_history(one: Explained) -> None:
    moment = now()
    names = ("direction", "outcome", "reason")
    rows = [(when(row["at"], moment), row["cycle"] or "", *(row[name] for name in names)) for row in one.stored.history]
    if rows:
        show(table("", ("when", "cycle", *names), safe(rows)))
