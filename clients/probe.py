"""Checks a connection step by step, each with the service's own words and what to do about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from clients.activecampaign import ActiveCampaign
from clients.dynamics import Dynamics
from clients.privileges import advice, lacking
from clients.tables import CONNECTIONS, ENDS, FACTS, OF_STAKEHOLDERS, TableFacts
from sync.errors import BadRecord, NotAvailable, Stop, SyncError
from sync.model import TWO_WAY, Entity, Lane

READ_ADVICE = "Give the role of the application user organisation-wide Read on this table."
SWITCH_ON = "Switch on 'Track changes' in the table's properties. Until then ac365 reads by date and sees no deletions."
STAKEHOLDERS = (
    "Give the role of the application user organisation-wide Read on Connection and Connection Role, or take "
    "stakeholder out of entities.opportunity.contacts. Until then this relation is passed by."
)
TO_READ_STAKEHOLDERS = ("prvReadConnection", "prvReadConnectionRole")
# What later stages use; without them the rest works.
EXTRAS = ("automations", "campaigns", "webhooks", "customObjects/schemas", "eventTracking")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `required` False: nothing that is in use depends on it."""

    what: str
    ok: bool
    message: str
    advice: str = ""
    required: bool = True


def check_dynamics(
    client: Dynamics, written: Collection[Entity] = (), needed: Collection[Entity] = TWO_WAY
) -> list[Finding]:
    """Token, identity, a read of each table, change tracking, organisation-wide Read. Stops early without identity.

    written: entities that flow to Dynamics as well; for each of them the privileges to write are looked up; needed:
    those whose tables have to be read.
    """
    findings = [_step("dynamics: sign-in", lambda: "a token was issued" if client.door.auth.headers() else "")]
    if findings[-1].ok:
        findings.append(_step("dynamics: identity", lambda: f"organization {client.organization_id()}"))
    if not findings[-1].ok:
        return findings
    tables = [facts for entity, facts in FACTS.items() if entity in needed]
    findings += [_step(f"dynamics: read {one.entity_set}", partial(_read, client, one)) for one in tables]
    findings += _tracking(client, tables)
    findings.append(_step("dynamics: lifetime of change tokens", lambda: f"{client.expiry_days()} days"))
    return findings + (list(_writing(client, written)) if written else [])


def check_activecampaign(client: ActiveCampaign) -> list[Finding]:
    """Key, fields, tags, lists, accounts, filters, then what the plan has beyond. Stops early with a bad key."""
    findings = [_step("activecampaign: key", lambda: f"signed in as user {client.me().get('id')}")]
    if not findings[0].ok:
        return findings
    steps: dict[str, Callable[[], str]] = {
        "contact fields": lambda: f"{len(client.fields()['fields'])} fields",
        "tags": lambda: f"{len(client.tags())} tags",
        "lists": lambda: f"{len(client.lists())} lists",
        "accounts": lambda: f"{len(client.account_fields())} account fields",
        "filters": lambda: _heeded(client),
    }
    findings += [_step(f"activecampaign: {what}", step) for what, step in steps.items()]
    return findings + [_extra(client, path) for path in EXTRAS]


def stakeholders(client: Dynamics) -> Finding:
    """Whether the stakeholders of opportunities can be read, which are those of everybody only with organisation-wide
    Read. Roles that are hidden from the application user say nothing about that."""
    what = "dynamics: stakeholders"
    read = _step(what, lambda: f"{len(client.sample(CONNECTIONS[0], ENDS, OF_STAKEHOLDERS, top=1))} read")
    if not read.ok:
        return replace(read, advice=STAKEHOLDERS)
    try:
        held = client.privileges()
    except SyncError:
        return read
    narrow = [one for one in TO_READ_STAKEHOLDERS if held.get(one) != "Global"]
    return Finding(what, False, f"{', '.join(narrow)} not organisation-wide", STAKEHOLDERS) if narrow else read


def custom_objects(client: ActiveCampaign) -> Finding:
    """Whether the account may have custom objects of its own. Nothing is made.

    The list of them is served on every plan, so it is asked for one without a name or a field, which nobody can make:
    where the plan has none it is refused for that reason before anybody looks at it. Source:
    developers.activecampaign.com, page create-a-schema; that the plan refuses with 403 or 402, help page on custom
    objects.
    """
    return _step("activecampaign: custom objects", lambda: _refused_as_incomplete(client), required=False)


def _refused_as_incomplete(client: ActiveCampaign) -> str:
    try:
        client.create_schema({}, lane=Lane.LIVE)
    except BadRecord:
        return "the plan offers them"
    return "the plan offers them, and did not mind one without a name"


def _step(what: str, ask: Callable[[], str], *, required: bool = True) -> Finding:
    try:
        return Finding(what, True, ask(), required=required)
    except SyncError as error:
        return Finding(what, False, error.message, error.advice, required)


def _read(client: Dynamics, facts: TableFacts) -> str:
    return f"{len(client.sample(facts.entity_set, (facts.key,), top=1))} read"


def _tracking(client: Dynamics, tables: Iterable[TableFacts]) -> list[Finding]:
    try:
        flags = client.tracking_flags()
    except SyncError as error:
        return [Finding("dynamics: change tracking", False, error.message, error.advice)]
    return [_tracked(client, facts, flags.get(facts.logical, (False, False))[0]) for facts in tables]


def _tracked(client: Dynamics, facts: TableFacts, on: bool) -> Finding:
    """The flag alone is not enough: reading changes needs Read for the whole organisation (powerapps-docs, #3883)."""
    what = f"dynamics: changes of {facts.entity_set}"
    if not on:
        return Finding(what, False, "change tracking is off", SWITCH_ON, required=False)
    try:
        client.changes_page(facts.entity_set, (facts.key,), page_size=1, lane=Lane.SYNC)
    except NotAvailable as error:
        return Finding(what, False, error.message, SWITCH_ON, required=False)
    except Stop as error:
        return Finding(what, False, error.message, READ_ADVICE)
    except SyncError as error:
        return Finding(what, False, error.message, error.advice)
    return Finding(what, True, "change tracking is on")


def _writing(client: Dynamics, entities: Collection[Entity]) -> Iterator[Finding]:
    """Roles may be hidden from the application user, which says nothing about what they allow."""
    try:
        held = client.privileges()
    except SyncError as error:
        yield Finding("dynamics: privileges to write", False, error.message, error.advice, required=False)
        return
    for entity in entities:
        missing, what = lacking(entity, held), f"dynamics: write {FACTS[entity].entity_set}"
        if missing:
            yield Finding(what, False, f"{', '.join(missing)} missing or not organisation-wide", advice(*missing))
        else:
            yield Finding(what, True, "all privileges are there")


def _heeded(client: ActiveCampaign) -> str:
    if client.canary():
        return "the service heeds them"
    raise NotAvailable(
        "the service ignores filters by date or id",
        advice="Nothing can be read from it then. Report it with the version of ac365.",
    )


def _extra(client: ActiveCampaign, path: str) -> Finding:
    what = f"activecampaign: {path}"
    found = _step(what, lambda: "served" if client.available(path) else "not in this plan", required=False)
    return Finding(what, found.message == "served", found.message, found.advice, required=False)
