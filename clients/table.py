"""From an answer to an error: rules as data, one table per service. Nobody else looks at a status code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clients.answer import Answer, Json
from clients.redaction import redact
from sync.errors import BadRecord, MissingPermission, SyncError, Throttled, Unavailable, UnknownOutcome

PRIVILEGE = re.compile(r"is missing (prv\w+) privilege|PrivilegeName: (prv\w+)")
SAID = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. Empty `statuses`, `code` and `body` match anything; the first row that matches counts.

    code: regular expression for the whole of the service's own code; body: one to be found in the body; after_s: the
    pause of a Throttled when the service names none; advice: instead of that of the class.
    """

    error: type[SyncError]
    name: str
    statuses: tuple[int, ...] = ()
    code: str = ""
    body: str = ""
    advice: str = ""
    after_s: float = 1.0

    def matches(self, answer: Answer, code: str) -> bool:
        return (
            (not self.statuses or answer.status in self.statuses)
            and (not self.code or re.fullmatch(self.code, code, re.IGNORECASE) is not None)
            and (not self.body or re.search(self.body, answer.text, re.IGNORECASE) is not None)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A service's rules, where it puts its own code and words, and the headers that name a request."""

    service: str
    rules: tuple[Rule, ...]
    code_of: Callable[[Json], str]
    words_of: Callable[[Json], str]
    id_headers: tuple[str, ...]
    correlation_header: str
    # Codes of throttlings that concern the further limits of a call, and leave all other calls free.
    narrow: tuple[str, ...] = ()
    # What to do about a missing privilege of this name.
    grant: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, in words without personal data: `GET /api/3/contacts`."""

    method: str
    path: str
    write: bool = False
    idempotent: bool = False


def error_of(table: Table, answer: Answer, call: Call) -> SyncError:
    """The error that an answer outside 2xx means."""
    code = table.code_of(answer.data)
    rule = next((rule for rule in table.rules if rule.matches(answer, code)), _fallback(answer.status))
    words = redact(table.words_of(answer.data) or f"HTTP {answer.status}", SAID)
    message = f"{table.service}: {call.method} {call.path}: {words}"
    facts: dict[str, Any] = {
        "code": f"{table.service}.{rule.name or code or answer.status}",
        "status": answer.status,
        "body": redact(answer.text),
        "request_id": answer.request_id,
        "advice": rule.advice,
    }
    return _make(table, rule, message, answer, call, facts)


def no_answer(table: Table, call: Call, why: str, *, sent: bool, advice: str = "") -> SyncError:
    """The error of a call without a usable answer. `sent`: the request may have reached the service."""
    message = f"{table.service}: {call.method} {call.path}: {why}"
    if call.write and sent:
        return UnknownOutcome(message, repeatable=call.idempotent, code=f"{table.service}.unknown_outcome")
    return Unavailable(message, code=f"{table.service}.no_answer", advice=advice)


def _make(table: Table, rule: Rule, message: str, answer: Answer, call: Call, facts: dict[str, Any]) -> SyncError:
    if issubclass(rule.error, Throttled):
        return rule.error(message, after_s=retry_after(answer, rule.after_s), **facts)
    if issubclass(rule.error, Unavailable) and call.write:
        return UnknownOutcome(message, repeatable=call.idempotent, **{**facts, "advice": ""})
    if issubclass(rule.error, MissingPermission):
        found = PRIVILEGE.search(answer.text)
        privilege = (found[1] or found[2]) if found else ""
        if privilege and table.grant:
            facts["advice"] = table.grant(privilege)
        return rule.error(message, privilege=privilege, **facts)
    return rule.error(message, **facts)


def retry_after(answer: Answer, otherwise: float) -> float:
    """Seconds to wait, from the header; at least one. Only whole seconds occur; a date is not worth understanding."""
    value = answer.headers.get("Retry-After", "").strip()
    return max(1.0, float(value)) if re.fullmatch(r"\d+(\.\d+)?", value) else otherwise


def _fallback(status: int) -> Rule:
    """5xx, time-outs and redirects say nothing about the request; any other 4xx is the request's own fault."""
    if status < 400 or status == 408 or status >= 500:
        return Rule(Unavailable, str(status))
    return Rule(BadRecord, "")
