"""Everything one simulated account holds, without behaviour: what happens to it is in `ops`."""

from __future__ import annotations

import random
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from simulators.activecampaign.core.clock import Clock
from simulators.activecampaign.core.limits import Window
from simulators.activecampaign.core.switches import DEFAULTS
from simulators.activecampaign.model.contacts import Contacts
from simulators.activecampaign.model.table import Row, Table
from simulators.activecampaign.model.written import Written
from simulators.common.courier import Courier
from simulators.common.faults import Faults
from simulators.common.writes import WriteLog

NAMES = (
    "users", "fields", "field_options", "field_rels", "field_groups", "group_members", "tags", "lists", "list_groups",
    "exclusions", "accounts", "account_fields", "account_values", "links", "automations", "enrolments", "campaigns",
    "messages", "campaign_links", "logs", "clicks", "activities", "bounces", "tracking", "notes", "webhooks",
    "object_events", "deals", "deal_groups", "deal_stages", "deal_fields", "deal_values",
)  # fmt: skip
# Tables whose rows the statistics count, by the service's own names. The others follow from these.
COUNTED = {
    "fields": "field", "field_options": "fieldOption", "field_rels": "fieldRel", "field_groups": "groupDefinition",
    "group_members": "groupMember", "tags": "tag", "lists": "list", "list_groups": "listGroup", "accounts": "account",
    "account_fields": "accountCustomFieldMeta", "account_values": "accountCustomFieldData", "links": "accountContact",
    "enrolments": "contactAutomation", "logs": "log", "tracking": "trackingLog", "notes": "note",
    "webhooks": "webhook", "deals": "deal", "deal_groups": "dealGroup", "deal_stages": "dealStage",
    "deal_fields": "dealCustomFieldMeta", "deal_values": "dealCustomFieldData",
}  # fmt: skip


class World:
    """The account. Whoever reads or writes holds `lock`. Tables are attributes with the names above."""

    users: Table
    fields: Table
    field_options: Table
    field_rels: Table
    field_groups: Table
    group_members: Table
    tags: Table
    lists: Table
    list_groups: Table
    exclusions: Table
    accounts: Table
    account_fields: Table
    account_values: Table
    links: Table
    automations: Table
    enrolments: Table
    campaigns: Table
    messages: Table
    campaign_links: Table
    logs: Table
    clicks: Table
    activities: Table
    bounces: Table
    tracking: Table
    notes: Table
    webhooks: Table
    object_events: Table
    deals: Table
    deal_groups: Table
    deal_stages: Table
    deal_fields: Table
    deal_values: Table

    def __init__(self, clock: Clock | None = None, seed: int = 0) -> None:
        self.lock = threading.RLock()
        self.switches: dict[str, Any] = {}
        self.faults, self.stats, self.log = Faults(seed), Written(), WriteLog()
        self.courier = Courier((clock or Clock()).now)
        self.empty(clock or Clock(), seed)

    def empty(self, clock: Clock, seed: int = 0) -> None:
        """Forgets everything, switches and statistics too. An application that serves the account stays valid."""
        self.courier.forget()
        self.clock, self.random, self.courier = clock, random.Random(seed), Courier(clock.now)
        self.faults.reset()
        self.stats.reset()
        self.log.reset()
        self.switches.clear()
        self.switches.update(deepcopy(DEFAULTS))
        self.windows = {"calls": Window(1.0), "tracking": Window(1.0), "imports": Window(60.0), "single": Window(60.0)}
        for name in NAMES:
            setattr(self, name, Table(self._counter(name)))
        self._empty_people()
        self._empty_rest()

    def _empty_people(self) -> None:
        self.contacts = Contacts()
        self.tagged: defaultdict[int, set[int]] = defaultdict(set)
        self.listed: defaultdict[int, set[int]] = defaultdict(set)
        self.enrolled: defaultdict[int, list[Row]] = defaultdict(list)
        self.feeds: defaultdict[int, list[Row]] = defaultdict(list)
        self.counts: dict[Any, Any] = {}
        self.account_names: dict[str, int] = {}

    def _empty_rest(self) -> None:
        self.batches: dict[str, Row] = {}
        self.waiting: list[Row] = []
        self.schemas: dict[str, Row] = {}
        self.records: dict[str, dict[str, Row]] = {}
        self.externals: dict[tuple[str, str], str] = {}
        self.event_names = ["__pagevisit"]
        self.tracking_enabled = False
        self.outbox: list[Row] = []
        self.deliveries: deque[Row] = deque(maxlen=10_000)

    def _counter(self, name: str) -> Callable[[str], None] | None:
        table = COUNTED.get(name)
        return (lambda how: self.stats.row(table, how)) if table else None

    def now(self) -> int:
        """The present second. Almost every date of the service has no finer part."""
        return int(self.clock.now())
