"""Rules about the two services: reachable, not throttling, and letting ac365 in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from sync.alerts.reading import Connection, Reading, Trouble
from sync.alerts.rule import Rule, Severity, Sign
from sync.alerts.words import SERVICES, span

AGAIN: Final = "again"
STOP: Final = "stop"
CREDENTIALS: Final = ("dynamics.not_a_member", "dynamics.token_refused", "activecampaign.bad_key")
SOON: Final = timedelta(days=21)
TOKEN_SOON: Final = timedelta(days=2)
UNANSWERED: Final = 5
"""So many records that got no proper answer within an hour are no single fault."""


def _unreachable(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        for service, name in SERVICES.items():
            if _silent(one, service):
                yield Sign(f"{one.name}: {name} does not answer properly.", f"{one.name} {service}", one.id)


def _silent(one: Connection, service: str) -> bool:
    tried = sum(fresh.number for fresh in one.fresh if fresh.klass == AGAIN and fresh.service == service)
    waits = any(trouble.klass == AGAIN and trouble.service == service for trouble in one.troubles)
    return waits or tried >= UNANSWERED


def _throttled(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        for service, budget in (one.budgets or {}).items():
            if budget.paused_s > 0:
                text = f"{one.name}: {SERVICES[service]} has asked for pauses again and again."
                yield Sign(text, f"{one.name} {service}", one.id)


def _refused(reading: Reading) -> Iterator[Sign]:
    yield from _stopped(reading, _is_credential, "does not accept the credential of ac365")


def _forbidden(reading: Reading) -> Iterator[Sign]:
    yield from _stopped(reading, lambda code: not _is_credential(code), "refuses something for good")


def _stopped(reading: Reading, wanted: Callable[[str], bool], words: str) -> Iterator[Sign]:
    """One sign for each service; what is no service's matter, such as criteria that are broken, has one of its own."""
    for one in reading.connections:
        found: dict[str, Trouble] = {}
        for trouble in one.troubles:
            if trouble.klass == STOP and wanted(trouble.code):
                found.setdefault(trouble.service, trouble)
        for service, trouble in sorted(found.items()):
            who = f"{SERVICES[service]} {words}" if service else f"{trouble.entity.plural} can't go on"
            subject = f"{one.name} {service}".strip()
            yield Sign(f"{one.name}: {who} ({trouble.code}).", subject, one.id, advice=trouble.advice)


def _is_credential(code: str) -> bool:
    return code in CREDENTIALS or code.startswith("entra.")


def _expiring(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        ends = one.credential_ends
        if ends is not None and ends - reading.at < SOON:
            left = ends - reading.at
            when = f"ends in {span(left)}" if left > timedelta() else f"ended {span(-left)} ago"
            yield Sign(f"{one.name}: the credential for Dynamics {when}.", one.name, one.id)


def _token_expiring(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if one.token_ends is not None and one.token_ends - reading.at < TOKEN_SOON:
            text = f"{one.name}: Dynamics forgets soon, or has forgotten, where reading its changes goes on."
            yield Sign(text, one.name, one.id)


RULES: Final = (
    Rule(
        "service_unreachable",
        Severity.CRITICAL,
        ("G4",),
        "See whether the service is up, then network, proxy and REQUESTS_CA_BUNDLE: `ac365 connection test`.",
        _unreachable,
        place="/c/{id}/cycles/",
        hold=timedelta(minutes=10),
    ),
    Rule(
        "service_throttled",
        Severity.WARNING,
        ("G6",),
        "Another integration uses the same limit. Leave it a share with limits.headroom, or slow it down.",
        _throttled,
        place="/c/{id}/",
        hold=timedelta(minutes=10),
        calm=timedelta(minutes=10),
        blind=True,
    ),
    Rule(
        "credential_refused",
        Severity.CRITICAL,
        ("G11",),
        "Save a credential that is good: docs/operations.md, Change a credential.",
        _refused,
        place="/c/{id}/connection",
    ),
    Rule(
        "permission_missing",
        Severity.CRITICAL,
        ("G1",),
        "`ac365 check` names what is missing, and what to do about it.",
        _forbidden,
        place="/c/{id}/checklist/",
    ),
    Rule(
        "credential_expiring",
        Severity.WARNING,
        ("G4", "G11"),
        "Make a new client secret or certificate in the app registration, and save it before the old one ends.",
        _expiring,
        place="/c/{id}/connection",
    ),
    Rule(
        "change_token_expiring",
        Severity.WARNING,
        ("G1",),
        "End the pause with `ac365 resume`, or sync once: after that everything has to be read again.",
        _token_expiring,
        place="/c/{id}/settings/",
    ),
)
