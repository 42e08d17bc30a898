"""The check of an installation and a connection: one finding per line, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

import redis

from clients import probe
from clients.budget import Budget
from clients.probe import Finding
from config import document as documents
from engine import configure, findings, metadata, validate
from engine.activities import check as activities
from engine.asked import Purpose
from engine.companion import check as companion
from engine.companion import hook
from engine.context import compile_rules, directions
from engine.findings import Kept
from engine.hook_paths import Signer
from engine.opportunities import rollup_check, stakeholders
from engine.requests import panel_check
from mapping import rollups
from mapping.fields import FieldKind
from store.db import Database
from sync.errors import SyncError
from sync.model import ORDER, PEOPLE, TWO_WAY, Direction, Entity, Lane

OLDEST_POSTGRES: Final = 15
OLDEST_REDIS: Final = (6, 2)
UNREACHABLE: Final = "Set AC365_PUBLIC_URL if automations are to ask for records by webhook; tags ask without it."


class Services(Protocol):
    """The part of a process's services that is needed here."""

    @property
    def settings(self) -> Any:
        """What the environment says; `public_url` and `secret_keys` are looked at."""

    @property
    def db(self) -> Database:
        """The database."""

    @property
    def redis(self) -> redis.Redis:
        """Redis."""

    def clients(self, connection: dict[str, Any], document: dict[str, Any] | None = None) -> tuple[Any, Any, Budget]:
        """Both clients and the budget."""


def servers(services: Services) -> Iterator[Finding]:
    """PostgreSQL and Redis: reachable, and new enough."""
    with services.db.transaction() as tx:
        version = tx.info.server_version // 10_000
    told = f"PostgreSQL {version}"
    yield Finding("database", version >= OLDEST_POSTGRES, told, f"Use PostgreSQL {OLDEST_POSTGRES} or newer.")
    yield _redis(services.redis)


def _redis(client: redis.Redis) -> Finding:
    try:
        facts: Any = client.info()
    except redis.RedisError:
        return Finding("redis", False, "does not answer", "Check that Redis is running and REDIS_URL is right.")
    version = str(facts["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return Finding("redis", False, f"Redis {version}", "Use Redis 6.2 or newer.")
    if facts.get("maxmemory") and facts.get("maxmemory_policy") not in (None, "noeviction"):
        policy = facts["maxmemory_policy"]
        return Finding(
            "redis", False, f"Redis {version} forgets keys ({policy})", "Set maxmemory-policy to noeviction."
        )
    return Finding("redis", True, f"Redis {version}")


def connection(
    services: Services, row: dict[str, Any], document: Mapping[str, Any], version: int = 0
) -> Iterator[Finding]:
    """Both services, the organisation, the metadata, and what the configuration makes of them.

    version: of the document; with it what was found is kept, once all of it is asked for.
    """
    found = []
    for one in _connection(services, row, document):
        found.append(one)
        yield one
    if version:
        with services.db.transaction() as tx:
            findings.keep(tx, row["id"], Kept.CHECK, found, version)


def current(services: Services, row: dict[str, Any]) -> list[Finding]:
    """The same, all of it, with the configuration that is current."""
    with services.db.transaction() as tx:
        version, document = configure.current(tx, row["id"])
    return list(connection(services, row, documents.load(document), version))


def _connection(services: Services, row: dict[str, Any], document: Mapping[str, Any]) -> Iterator[Finding]:
    dynamics, activecampaign, _ = services.clients(row, dict(document))
    on = [entity for entity in ORDER if document["entities"][entity]["enabled"]]
    asked = [*probe.check_dynamics(dynamics, inbound(document), {*TWO_WAY, *on})]
    yield from asked
    if Entity.OPPORTUNITY in on and stakeholders.wanted(document["entities"][Entity.OPPORTUNITY]):
        yield probe.stakeholders(dynamics)
    answered = all(one.ok for one in asked if one.required)
    yield from probe.check_activecampaign(activecampaign)
    if answered:
        yield _step("dynamics: organisation", lambda: _organisation(services, row, dynamics))
    described = _step("columns and fields", lambda: _refresh(services.db, row["id"], dynamics, activecampaign))
    yield described
    if described.ok:
        known = metadata.load(services.db, row["id"])
        yield from meaning(document, known)
        yield from rollup_check.findings(activecampaign, document, known)
    if answered:
        where = hook.address(services.settings, services.db, row["id"])
        yield from companion.findings(dynamics, document, where)
    yield from panel_check.findings(dynamics, activecampaign, document)
    yield from _webhooks(document, services.settings.public_url)
    if answered and activities.enabled(document):
        paths = Signer(services.settings.secret_keys).paths(row)
        yield from activities.findings(activecampaign, paths[Purpose.ACTIVITY])
    yield _limits(document)


def inbound(document: Mapping[str, Any]) -> tuple[Entity, ...]:
    """The entities that are switched on and travel to Dynamics."""
    on = (entity for entity in ORDER if document["entities"][entity]["enabled"])
    return tuple(entity for entity in on if Direction.INBOUND in directions(document, entity))


def _webhooks(document: Mapping[str, Any], public_url: str) -> Iterator[Finding]:
    """Whether somebody can ask for a record by webhook, where that is possible at all."""
    asking = [e for e in inbound(document) if e in PEOPLE and document["entities"][e]["create"] != "never"]
    if asking and public_url:
        yield Finding("webhooks", True, f"reachable at {public_url}; the addresses: `ac365 webhooks`", required=False)
    elif asking:
        yield Finding("webhooks", False, "nothing says where they are reached", UNREACHABLE, required=False)


def meaning(document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Finding]:
    """What the configuration says against what both sides have."""
    faults = validate.against(described)(document)
    for fault in faults:
        yield Finding(
            f"configuration: {fault.path}", False, fault.message, "Correct it with `ac365 config export` and `import`."
        )
    for entity in ORDER:
        if document["entities"][entity]["enabled"]:
            yield from _mapping(entity, document, described)
    yield from _unmappable(described)
    if not any(document["entities"][entity]["enabled"] for entity in ORDER):
        yield Finding("configuration", True, "nothing is switched on yet", required=False)


def _mapping(entity: Entity, document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Finding]:
    mapping = compile_rules(document, 0, described)[entity].mapping
    yield Finding(f"mapping: {entity}", True, f"{len(mapping.pairs)} fields travel")
    opportunities = entity is Entity.OPPORTUNITY
    summed_up = opportunities and rollups.chosen(document["entities"][entity])
    makeable = rollup_check.makeable(document, described) if opportunities else set()
    for inactive in () if summed_up else mapping.inactive:
        what = f"mapping: {entity}.{inactive.dynamics} -> {inactive.activecampaign}"
        make = inactive.activecampaign in makeable
        advice = rollup_check.APPLY if make else "Add the field, or map another one."
        yield Finding(what, False, f"is inactive: {inactive.reason}", advice, required=False)
    for text in mapping.notes:
        yield Finding(f"mapping: {entity}", True, text, required=False)


def _unmappable(described: Mapping[str, Any]) -> Iterator[Finding]:
    for title, entity in (("contact", Entity.CONTACT), ("account", Entity.ACCOUNT)):
        fields = validate.fields_of(entity, described).values()
        names = sorted(field.label for field in fields if field.kind in (FieldKind.UNKNOWN, FieldKind.DEAL))
        if names:
            told = f"can't be mapped, their type is not known: {', '.join(names)}"
            yield Finding(f"activecampaign: {title} fields", True, told, required=False)


def _organisation(services: Services, row: Mapping[str, Any], dynamics: Any) -> str:
    return f"bound to {configure.bind(services.db, row['id'], dynamics)}"


def _refresh(db: Database, connection_id: int, dynamics: Any, activecampaign: Any) -> str:
    metadata.refresh(db, connection_id, dynamics, activecampaign, Lane.LIVE)
    described = metadata.load(db, connection_id)
    columns = sum(len(validate.columns_of(entity, described)) for entity in ORDER)
    fields = sum(len(validate.fields_of(entity, described)) for entity in (Entity.ACCOUNT, Entity.CONTACT))
    return f"{columns} columns, {fields} fields"


def _limits(document: Mapping[str, Any]) -> Finding:
    limits = document["limits"]
    rate = float(limits["calls_per_second"]) * (1.0 - float(limits["headroom"]))
    return Finding("limits", True, f"{rate:g} ActiveCampaign calls a second, {limits['headroom']:.0%} left to others")


def _step(what: str, act: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, act())
    except SyncError as error:
        return Finding(what, False, error.message, error.advice)
