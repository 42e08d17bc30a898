"""The ways by which somebody is told, as far as they are configured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from clients import notify
from clients.mail import Mail
from clients.probe import Finding
from engine.alerts.message import Message

WEBHOOK: Final = "webhook"
MAIL: Final = "mail"
NOBODY: Final = (
    "Set AC365_ALERT_WEBHOOK_URL and AC365_ALERT_WEBHOOK_KEY, or AC365_ALERT_MAIL_TO, AC365_ALERT_MAIL_FROM and "
    "AC365_ALERT_SMTP_HOST."
)
NO_DEADMAN: Final = "Set AC365_DEADMAN_URL: when everything stands still, nobody here can tell."


class Way(Protocol):
    """One way. name: as it stands in the table of notices."""

    @property
    def name(self) -> str:
        """webhook or mail."""

    def send(self, message: Message, now: datetime) -> None:
        """Raises NotTaken when nobody took it."""


@dataclass(frozen=True, slots=True)
class ByWebhook:
    """A signed POST."""

    url: str
    key: str
    name: str = WEBHOOK

    def send(self, message: Message, now: datetime) -> None:
        """Raises NotTaken when nobody took it."""
        notify.post(self.url, self.key, message.document, now)


@dataclass(frozen=True, slots=True)
class ByMail:
    """One mail to all recipients."""

    mail: Mail
    name: str = MAIL

    def send(self, message: Message, now: datetime) -> None:
        """Raises NotTaken when nobody took it."""
        self.mail.send(message.subject, message.text, now)


def configured(alerting: Any) -> list[Way]:
    """The ways that can be used. alerting: `worker.settings.Alerting`."""
    return [*_webhook(alerting), *_mail(alerting)]


def _webhook(said: Any) -> Iterator[Way]:
    if said.webhook_url and said.webhook_key:
        yield ByWebhook(said.webhook_url, said.webhook_key)


def _mail(said: Any) -> Iterator[Way]:
    if said.mail_to and said.mail_from and said.smtp_host:
        door = (said.smtp_host, said.smtp_port, said.smtp_security, said.mail_from, said.mail_to)
        yield ByMail(Mail(*door, user=said.smtp_user, password=said.smtp_password))


def findings(alerting: Any) -> Iterator[Finding]:
    """What `ac365 check` says: whether somebody is told, and settings of which half is missing."""
    names = [way.name for way in configured(alerting)]
    yield Finding("alerts", bool(names), _told(names), NOBODY, required=False)
    for way, lacking in _lacking(alerting):
        yield Finding(f"alerts: {way}", False, f"{' and '.join(lacking)} missing", "Set what is missing.")
    silent = "sends a sign of life every minute" if alerting.deadman_url else "nobody notices if all of it stops"
    yield Finding("alerts: dead man's switch", bool(alerting.deadman_url), silent, NO_DEADMAN, required=False)


def _told(names: list[str]) -> str:
    return f"told by {' and '.join(names)}; try it with `ac365 alerts test`" if names else "nobody is told of any"


def _lacking(said: Any) -> Iterator[tuple[str, list[str]]]:
    """Ways of which something is set, and something else is not."""
    of_webhook = {"AC365_ALERT_WEBHOOK_URL": said.webhook_url, "AC365_ALERT_WEBHOOK_KEY": said.webhook_key}
    of_mail = {
        "AC365_ALERT_MAIL_TO": said.mail_to,
        "AC365_ALERT_MAIL_FROM": said.mail_from,
        "AC365_ALERT_SMTP_HOST": said.smtp_host,
    }
    # With containers a key is made for everybody: alone it says nothing.
    if said.webhook_url and not said.webhook_key:
        yield WEBHOOK, [name for name, value in of_webhook.items() if not value]
    if any(of_mail.values()) and not all(of_mail.values()):
        yield MAIL, [name for name, value in of_mail.items() if not value]
