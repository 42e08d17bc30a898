"""What `ac365 check` says about the place of opportunities in ActiveCampaign: the custom object, or fields and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clients import probe
from clients.activecampaign import ActiveCampaign
from clients.events import sender
from clients.probe import Finding
from engine import metadata, validate
from engine.opportunities import deal_check
from mapping import deals, objects, rollups
from mapping.fields import contact_fields
from sync import rollup_events
from sync.errors import SyncError
from sync.model import Entity, Lane
from sync.rollup import TAGS

OBJECT: Final = "opportunities: custom object"
FIELDS: Final = "opportunities: contact fields"
EVENTS: Final = "opportunities: events"
APPLY: Final = "`ac365 provision activecampaign --apply` makes what is missing."
INSTEAD: Final = (
    "Set entities.opportunity.shown_as to contact_fields to show them on their contacts, or to deals, or extend the "
    "plan."
)
SETTINGS: Final = "Set ACTIVECAMPAIGN_EVENT_ACCOUNT and ACTIVECAMPAIGN_EVENT_KEY if automations are to start by events."
SWITCH_ON: Final = "Switch it on in ActiveCampaign: Settings, Tracking, Event tracking."


def findings(client: ActiveCampaign, document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether what opportunities are shown in is there, where they are switched on, and what to do about it.

    described: both sides' descriptions as `engine.metadata.load` gives them, fresh.
    """
    settings = document["entities"][Entity.OPPORTUNITY]
    if not settings["enabled"]:
        return
    if deals.chosen(settings):
        yield from deal_check.findings(settings, described)
        return
    schema = described[metadata.OBJECT]
    plan = None if schema else probe.custom_objects(client)
    if rollups.chosen(settings):
        yield _chosen(plan)
        yield from _fields(described, settings)
        yield from _events(client)
    elif plan:
        yield _without(plan)
    else:
        yield from _object(schema, settings, described)


def makeable(document: Mapping[str, Any], described: Mapping[str, Any]) -> set[str]:
    """Ids of fields that the custom object lacks and that can be made."""
    settings = document["entities"][Entity.OPPORTUNITY]
    wanted = objects.attributes(settings, validate.columns_of(Entity.OPPORTUNITY, described))
    return {one.id for one in objects.evolution(described[metadata.OBJECT], wanted).add}


def _without(plan: Finding) -> Finding:
    """No object: it can be made, or the plan has none."""
    told = "there is none in ActiveCampaign yet" if plan.ok else f"this plan can't have one: {plan.message}"
    return Finding(OBJECT, False, told, APPLY if plan.ok else INSTEAD)


def _object(schema: Mapping[str, Any], settings: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Finding]:
    wanted = objects.attributes(settings, validate.columns_of(Entity.OPPORTUNITY, described))
    todo = objects.evolution(schema, wanted)
    for clash in todo.clashes:
        yield Finding(OBJECT, False, clash, "Rename or remove it in ActiveCampaign.", required=False)
    if todo.relate:
        yield Finding(OBJECT, False, "its relationship with contacts is missing", APPLY)
    if todo.add:
        missing = ", ".join(f"{one.label} ({one.id})" for one in todo.add)
        yield Finding(OBJECT, False, f"it lacks fields: {missing}", APPLY, required=False)
    if todo.nothing:
        yield Finding(OBJECT, True, f"{objects.LABELS['singular']} is there with all its fields")


def _chosen(plan: Finding | None) -> Finding:
    """What is chosen, and what else there would be."""
    if plan is None or plan.ok:
        told = "the plan offers custom objects as well, see entities.opportunity.shown_as"
    else:
        told = f"this plan has no custom objects: {plan.message}"
    return Finding("opportunities: shown as", True, f"contact fields and tags; {told}", required=False)


def _fields(described: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Finding]:
    fields = contact_fields(described["activecampaign:fields"])
    missing = [*(one.title for one in rollups.lacking(fields)), *(t for t in TAGS if t not in described[metadata.TAGS])]
    for clash in rollups.clashes(fields):
        yield Finding(FIELDS, False, clash, "Rename or remove it in ActiveCampaign.")
    if missing:
        yield Finding(FIELDS, False, f"ActiveCampaign lacks {', '.join(missing)}", APPLY)
    elif not rollups.clashes(fields):
        yield Finding(FIELDS, True, f"all {len(rollups.FIELDS)} fields and {len(TAGS)} tags are there")
    if settings["standard"].get("statecode") is False:
        told = "without the standard mapping of statecode nobody can tell which ones are open, won or lost"
        yield Finding(FIELDS, False, told, "Switch it on under entities.opportunity.standard.")
    if own := [entry["activecampaign"] for entry in settings["fields"] if entry["enabled"]]:
        told = f"mappings of your own are shown in records only: {', '.join(own)}"
        yield Finding(FIELDS, True, told, required=False)


def _events(client: ActiveCampaign) -> Iterator[Finding]:
    tracking = sender(client)
    if tracking is None:
        yield Finding(EVENTS, False, "are left out: nothing says where they go", SETTINGS, required=False)
        return
    try:
        on, known = tracking.tracking_on(lane=Lane.LIVE), tracking.event_names(lane=Lane.LIVE)
    except SyncError as error:
        yield Finding(EVENTS, False, error.message, error.advice, required=False)
        return
    missing = [name for name in rollup_events.NAMES if name not in known]
    if not on:
        yield Finding(EVENTS, False, "are lost: event tracking is switched off", SWITCH_ON, required=False)
    if missing:
        told = f"would be dropped, ActiveCampaign does not know them: {', '.join(missing)}"
        yield Finding(EVENTS, False, told, APPLY, required=False)
    if on and not missing:
        yield Finding(EVENTS, True, "event tracking is on and knows both", required=False)
