"""Every family of endpoints."""

from __future__ import annotations

from simulators.activecampaign.routes import (
    account_fields,
    accounts,
    automations,
    campaigns,
    contact_parts,
    contacts,
    deal_fields,
    deals,
    events,
    feeds,
    field_values,
    fields,
    imports,
    lists,
    notes,
    objects,
    pipelines,
    schemas,
    tags,
    users,
    v1,
    webhooks,
)  # fmt: skip
from simulators.activecampaign.routes.api import Api

FAMILIES: tuple[Api, ...] = tuple(
    module.api
    for module in (
        account_fields, accounts, automations, campaigns, contact_parts, contacts, deal_fields, deals, events,
        feeds, field_values, fields, imports, lists, notes, objects, pipelines, schemas, tags, users, v1, webhooks,
    )
)  # fmt: skip
