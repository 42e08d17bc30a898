"""The look at an installation once a minute: what fires, what has recovered, who is told, and the sign of life.

Beat has it done through the queue `sync`. Where nobody has looked for a while, that of `live` does it, and after that
the console: so somebody looks as long as anything of it runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from clients import notify
from clients.notify import NotTaken
from engine.alerts import delivery, ways
from engine.alerts.reading import Services, read
from store import alerts, notices, watch
from store.db import Tx
from sync.alerts import course, every
from sync.alerts.course import Alert
from sync.alerts.reading import Reading
from sync.alerts.rule import Sign

EVERY_S: Final = 50
"""Beat comes every minute; a little less, so that a minute is never left out."""
SIZES_KEPT: Final = timedelta(days=30)
log = structlog.get_logger()


def look(services: Services, now: datetime, unless_s: float = EVERY_S) -> bool:
    """Looks for alerts, tells of them, and gives the sign of life. False: somebody looked less than `unless_s` ago.

    Raises StoreError without the database: then nobody is told, and the sign of life is missing.
    """
    with services.db.transaction() as tx:
        if not watch.claim(tx, now, timedelta(seconds=unless_s)):
            return False
    found = read(services, now)
    told = ways.configured(services.settings.alerts)
    with services.db.transaction() as tx:
        evaluate(tx, found, [way.name for way in told], timedelta(hours=services.settings.alerts.remind_hours))
        watch.note_size(tx, now.date(), found.database, (now - SIZES_KEPT).date())
    delivery.deliver(services.db, told, services.settings.console, now)
    _sign_of_life(services.settings.alerts.deadman_url, found)
    return True


def evaluate(tx: Tx, found: Reading, told: Sequence[str], remind: timedelta) -> None:
    """Moves every alert on, and files what is to be told of it by each of these ways."""
    made = course.step(
        [_alert(row) for row in alerts.listed(tx)],
        every.signs(found),
        every.BY_NAME,
        found.at,
        remind=remind,
        untold=every.untold(found),
    )
    alerts.drop(tx, [alert.id for alert in made.dropped if alert.id is not None])
    ids = {alert.key: _kept(tx, alert) for alert in made.kept}
    for notice, alert in made.notices:
        alert_id = ids[alert.key]
        log.warning("alert", rule=alert.rule, subject=alert.subject, notice=notice.value, alert_id=alert_id)
        if alert_id is not None:
            notices.add(tx, alert_id, notice, told, found.at)


def _alert(row: dict[str, Any]) -> Alert:
    sign = Sign(row["text"], row["subject"], row["connection_id"], row["advice"])
    moments = {name: row[name] for name in ("seen_at", "firing_at", "calm_at", "told_at")}
    return Alert(row["rule"], row["subject"], sign, id=row["id"], **moments)


def _kept(tx: Tx, alert: Alert) -> int | None:
    rule, sign = every.BY_NAME.get(alert.rule), alert.sign
    said = {
        "severity": rule.severity.value if rule else "warning",
        "text": sign.text,
        "advice": sign.advice or (rule.advice if rule else ""),
        **{name: getattr(alert, name) for name in ("firing_at", "calm_at", "told_at")},
    }
    if alert.id is None:
        return alerts.add(
            tx, rule=alert.rule, subject=alert.subject, connection_id=sign.connection_id, seen_at=alert.seen_at, **said
        )
    alerts.move(tx, alert.id, recovered_at=alert.recovered_at, **said)
    return alert.id


def _sign_of_life(url: str, found: Reading) -> None:
    """Only where a heartbeat came through every queue: it is to be missing when ac365 is."""
    if not url or not found.queues or not all(queue.fresh for queue in found.queues):
        return
    try:
        notify.ping(url)
    except NotTaken as error:
        # The next minute brings another one, and whoever waits for it allows for some.
        log.warning("sign_of_life_not_taken", why=str(error))
