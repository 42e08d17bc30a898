"""Every setting, read once from the environment; `NAME_FILE` names a file that holds the value (Docker secrets)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv
from marshmallow import ValidationError
from marshmallow.validate import OneOf, Range

from clients.loopback import is_loopback

PORT = Range(1, 65535)


class SettingsError(Exception):
    """The settings can't be used; the message names every fault at once and what to set."""


@dataclass(frozen=True, slots=True)
class Alerting:
    """Who is told when something is wrong, and how. Empty strings mean: not by this way. credential_expires: the last
    day of the client secret, YYYY-MM-DD."""

    webhook_url: str = field(default="", repr=False)
    webhook_key: str = field(default="", repr=False)
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    backlog_minutes: int = 60
    remind_hours: int = 24
    deadman_url: str = field(default="", repr=False)
    credential_expires: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Empty strings mean: not set, use the embedded servers or the stored connection."""

    home: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    dynamics_url: str
    dynamics_tenant_id: str
    dynamics_client_id: str
    dynamics_client_secret: str = field(repr=False)
    dynamics_client_certificate: str = field(repr=False)
    dynamics_authority: str
    activecampaign_url: str
    activecampaign_api_key: str = field(repr=False)
    activecampaign_event_account: str = field(repr=False)
    activecampaign_event_key: str = field(repr=False)
    log_level: str
    concurrency: int
    private_hosts: tuple[str, ...]
    keep_days: int
    keep_audit_days: int
    flower_port: int
    flower_url: str
    flower_auth: str = field(repr=False)
    webhooks_host: str
    webhooks_port: int
    public_url: str
    console_host: str
    console_port: int
    console_url: str
    console_proxies: int
    metrics_token: str = field(repr=False)
    alerts: Alerting

    @property
    def console(self) -> str:
        """Where people reach the console."""
        return self.console_url or f"http://{self.console_host}:{self.console_port}"


def read() -> Settings:
    """The settings as the environment gives them. Raises SettingsError naming every fault at once."""
    env = FileAwareEnv(eager=False, strip_whitespace=True)
    text = env.str
    redis_url = text("REDIS_URL", "")
    flower_port = env.int("AC365_FLOWER_PORT", 5555, validate=PORT)
    settings = Settings(
        home=Path(text("AC365_HOME", "") or Path.home() / ".ac365").expanduser(),
        database_url=text("DATABASE_URL", ""),
        redis_url=redis_url,
        broker_url=text("CELERY_BROKER_URL", "") or redis_url,
        secret_keys=_words(text("AC365_SECRET_KEY", "")),
        **_both_sides(text),
        log_level=text("AC365_LOG_LEVEL", "INFO", validate=OneOf(("DEBUG", "INFO", "WARNING", "ERROR"))),
        concurrency=env.int("AC365_CONCURRENCY", 2, validate=Range(1, 64)),
        private_hosts=_words(text("AC365_PRIVATE_HOSTS", "")),
        keep_days=env.int("AC365_KEEP_DAYS", 90, validate=Range(7, 3650)),
        keep_audit_days=env.int("AC365_KEEP_AUDIT_DAYS", 1825, validate=Range(30, 36500)),
        flower_port=flower_port,
        flower_url=text("AC365_FLOWER_URL", "").rstrip("/") or f"http://127.0.0.1:{flower_port}",
        flower_auth=text("FLOWER_BASIC_AUTH", ""),
        webhooks_host=text("AC365_WEBHOOKS_HOST", "") or "127.0.0.1",
        webhooks_port=env.int("AC365_WEBHOOKS_PORT", 8365, validate=PORT),
        public_url=text("AC365_PUBLIC_URL", "").rstrip("/"),
        console_host=text("AC365_CONSOLE_HOST", "") or "127.0.0.1",
        console_port=env.int("AC365_CONSOLE_PORT", 8366, validate=PORT),
        console_url=text("AC365_CONSOLE_URL", "").rstrip("/"),
        console_proxies=env.int("AC365_CONSOLE_PROXIES", 0, validate=Range(0, 5)),
        metrics_token=text("AC365_METRICS_TOKEN", ""),
        alerts=_alerting(env),
    )
    try:
        env.seal()
    except (EnvError, ValueError) as error:
        raise SettingsError(f"the environment can't be used: {error}") from error
    return settings


def _alerting(env: FileAwareEnv) -> Alerting:
    text = env.str
    return Alerting(
        webhook_url=text("AC365_ALERT_WEBHOOK_URL", "", validate=_encrypted),
        webhook_key=text("AC365_ALERT_WEBHOOK_KEY", ""),
        mail_to=_words(text("AC365_ALERT_MAIL_TO", "")),
        mail_from=text("AC365_ALERT_MAIL_FROM", ""),
        smtp_host=text("AC365_ALERT_SMTP_HOST", ""),
        smtp_port=env.int("AC365_ALERT_SMTP_PORT", 587, validate=PORT),
        smtp_security=text("AC365_ALERT_SMTP_SECURITY", "starttls", validate=OneOf(("starttls", "tls", "none"))),
        smtp_user=text("AC365_ALERT_SMTP_USER", ""),
        smtp_password=text("AC365_ALERT_SMTP_PASSWORD", ""),
        backlog_minutes=env.int("AC365_ALERT_BACKLOG_MINUTES", 60, validate=Range(5, 10_080)),
        remind_hours=env.int("AC365_ALERT_REMIND_HOURS", 24, validate=Range(1, 168)),
        deadman_url=text("AC365_DEADMAN_URL", "", validate=_encrypted),
        credential_expires=text("AC365_CREDENTIAL_EXPIRES", "", validate=_a_day),
    )


def _encrypted(url: str) -> None:
    """Raises ValidationError for an address that would be sent to in the clear."""
    parts = urlsplit(url)
    if url and not (parts.scheme == "https" and parts.hostname) and not is_loopback(url):
        raise ValidationError("It must begin with https://; http:// is for this machine alone.")


def _a_day(day: str) -> None:
    try:
        date.fromisoformat(day or "2000-01-01")
    except ValueError as error:
        raise ValidationError("It must be a day such as 2030-05-17.") from error


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _both_sides(text: Callable[..., str]) -> dict[str, str]:
    """The connection that the environment describes."""
    return {
        "dynamics_url": text("DYNAMICS_URL", "").rstrip("/"),
        "dynamics_tenant_id": text("DYNAMICS_TENANT_ID", ""),
        "dynamics_client_id": text("DYNAMICS_CLIENT_ID", ""),
        "dynamics_client_secret": text("DYNAMICS_CLIENT_SECRET", ""),
        "dynamics_client_certificate": text("DYNAMICS_CLIENT_CERTIFICATE", ""),
        "dynamics_authority": text("DYNAMICS_AUTHORITY", "").rstrip("/"),
        "activecampaign_url": text("ACTIVECAMPAIGN_URL", "").rstrip("/"),
        "activecampaign_api_key": text("ACTIVECAMPAIGN_API_KEY", ""),
        "activecampaign_event_account": text("ACTIVECAMPAIGN_EVENT_ACCOUNT", ""),
        "activecampaign_event_key": text("ACTIVECAMPAIGN_EVENT_KEY", ""),
    }
