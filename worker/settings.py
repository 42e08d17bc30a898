"""Every setting, read once from the environment; `NAME_FILE` names a file that holds the value (Docker secrets)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from environs import EnvError, FileAwareEnv
from marshmallow.validate import OneOf, Range

PORT = Range(1, 65535)


class SettingsError(Exception):
    """The settings can't be used; the message names every fault at once and what to set."""


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
    )
    try:
        env.seal()
    except (EnvError, ValueError) as error:
        raise SettingsError(f"the environment can't be used: {error}") from error
    return settings


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
