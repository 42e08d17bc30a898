"""The course of an alert: seen, firing once it has held, reminded of, recovered once it has been gone for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sync.alerts.rule import Rule, Sign


class Notice(StrEnum):
    """What somebody is told of an alert."""

    FIRING = "firing"
    REMINDER = "reminder"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that is open. seen_at: since when its sign has been there; firing_at: since when it fires, None while it
    has to hold; calm_at: since when the sign is gone; told_at: when somebody was told last."""

    rule: str
    subject: str
    sign: Sign
    seen_at: datetime
    firing_at: datetime | None = None
    calm_at: datetime | None = None
    told_at: datetime | None = None
    recovered_at: datetime | None = None
    id: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What there is one open alert of."""
        return self.rule, self.subject


@dataclass(frozen=True, slots=True)
class Step:
    """What one look changes. kept: alerts as they are now, those that recovered among them; dropped: those that never
    fired; notices: what is to be told, and of which."""

    kept: list[Alert] = field(default_factory=list)
    dropped: list[Alert] = field(default_factory=list)
    notices: list[tuple[Notice, Alert]] = field(default_factory=list)


def step(
    open_alerts: Iterable[Alert],
    found: Iterable[tuple[Rule, Sign]],
    rules: Mapping[str, Rule],
    now: datetime,
    *,
    remind: timedelta,
    untold: frozenset[str] = frozenset(),
) -> Step:
    """Moves every alert on by one look. untold: rules of which nothing can be told now: theirs stay as they are."""
    known = {alert.key: alert for alert in open_alerts}
    signs = {(rule.name, sign.subject): (rule, sign) for rule, sign in found}
    made = Step()
    for key, (rule, sign) in signs.items():
        _seen(made, known.get(key) or Alert(rule.name, sign.subject, sign, now), rule, sign, now, remind)
    for key, alert in known.items():
        if key not in signs:
            _gone(made, alert, rules.get(alert.rule), now, unknown=alert.rule in untold)
    return made


def _seen(made: Step, before: Alert, rule: Rule, sign: Sign, now: datetime, remind: timedelta) -> None:
    alert = replace(before, sign=sign, calm_at=None)
    hold = rule.hold if sign.hold is None else sign.hold
    if alert.firing_at is None and now - alert.seen_at >= hold:
        _tell(made, replace(alert, firing_at=now), Notice.FIRING, now)
    elif alert.firing_at is not None and now - (alert.told_at or alert.firing_at) >= remind:
        _tell(made, alert, Notice.REMINDER, now)
    else:
        made.kept.append(alert)


def _gone(made: Step, alert: Alert, rule: Rule | None, now: datetime, *, unknown: bool) -> None:
    if unknown:
        made.kept.append(alert)
    elif alert.firing_at is None:
        made.dropped.append(alert)
    elif now - (alert.calm_at or now) >= (rule.calm if rule else timedelta()):
        _tell(made, replace(alert, calm_at=alert.calm_at or now, recovered_at=now), Notice.RECOVERED, now)
    else:
        made.kept.append(replace(alert, calm_at=alert.calm_at or now))


def _tell(made: Step, alert: Alert, notice: Notice, now: datetime) -> None:
    told = replace(alert, told_at=now)
    made.kept.append(told)
    made.notices.append((notice, told))
