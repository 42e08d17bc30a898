"""What the settings of an entity are called and what they do, in plain words, with what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mapping.standard import PEOPLE
from sync.merge import Policy

Choices = tuple[tuple[str, str], ...]

WAYS: Final[Choices] = (
    ("outbound", "to ActiveCampaign only"),
    ("inbound", "to Dynamics only"),
    ("both", "both ways"),
)
POLICIES: Final[Choices] = (
    (Policy.DYNAMICS_WINS.value, "Dynamics wins"),
    (Policy.ACTIVECAMPAIGN_WINS.value, "ActiveCampaign wins"),
    (Policy.NEWEST_WINS.value, "the record that was changed last wins"),
    (Policy.KEEP_IF_EMPTY.value, "a value wins against an empty one, else Dynamics"),
    (Policy.ASK.value, "ask a person each time"),
)
ON_EMPTY: Final[Choices] = (("mirror", "clear the other side too"), ("keep", "leave the other side as it is"))
UNKNOWN_OPTION: Final[Choices] = (
    ("skip", "leave the value out, with a remark"),
    ("text", "write its label as text"),
    ("add", "add the option to the field"),
)
SCOPES: Final[Choices] = (
    ("all", "all records"),
    ("criteria", "those that meet criteria"),
    ("manual", "those that are picked by hand"),
)
RELATIONS: Final[Choices] = (
    ("primary", "the contact field of the opportunity"),
    ("customer", "the customer, where that is a contact"),
    ("account", "the primary contact of the account"),
    ("stakeholder", "a stakeholder, who was added first"),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. kind: switch, choice, text, list (of ActiveCampaign) or order (of several words)."""

    name: str
    kind: str
    label: str
    hint: str = ""
    choices: Choices = ()

    def words(self, value: object) -> str:
        """How a value of it reads."""
        return dict(self.choices).get(str(value), "") or plain(value)


def plain(value: object) -> str:
    """A value without a name of its own."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(plain(one) for one in value) or "(none)"
    return "(none)" if value in (None, "", {}) else str(value)


_ENABLED: Final = Setting("enabled", "switch", "Synced", "Its first sync starts when you start it, not by itself.")
_DIRECTION: Final = Setting(
    "direction", "choice", "Direction", "Single mappings can be narrower than this, not wider.", WAYS
)
_CONFLICT: Final = Setting(
    "conflict",
    "choice",
    "When both sides changed a field",
    "Every conflict is recorded with both values, whoever wins. An opt-out always wins.",
    POLICIES,
)
_REMOVED: Final = Setting(
    "on_removed",
    "choice",
    "When it was deleted in ActiveCampaign",
    "Nothing is ever deleted in Dynamics.",
    (
        ("nothing", "respect that: the record is not made again"),
        ("recreate", "make it again in ActiveCampaign"),
        ("deactivate", "deactivate the record in Dynamics"),
    ),
)
_PERSON: Final = (
    _ENABLED,
    _DIRECTION,
    _CONFLICT,
    Setting(
        "create",
        "choice",
        "New records in Dynamics",
        "Somebody is requested by the integration's tags or by a webhook.",
        (("requested", "for people that are requested"), ("never", "never")),
    ),
    Setting("list", "list", "List for new people", "They are subscribed to it unless they opted out in Dynamics."),
    Setting(
        "on_deleted",
        "choice",
        "When it was deleted in Dynamics",
        "The contact is never deleted.",
        (
            ("tag", "tag the contact with [D365: Deleted]"),
            ("unsubscribe", "tag it, and unsubscribe it from its lists"),
            ("nothing", "leave the contact as it is"),
        ),
    ),
    _REMOVED,
    Setting(
        "tag_out_of_scope",
        "text",
        "Tag for who left the scope",
        "A tag of your own. It goes when the record comes back; empty for no tag.",
    ),
)
_LEAD: Final = (
    Setting("tag_qualified", "switch", "Tag qualified leads", "Their contact also gets [D365: Qualified]."),
    Setting("tag_disqualified", "switch", "Tag disqualified leads", "Their contact also gets [D365: Disqualified]."),
)
_ACCOUNT: Final = (
    _ENABLED,
    _DIRECTION,
    _CONFLICT,
    Setting(
        "create",
        "choice",
        "New records in Dynamics",
        "Accounts of ActiveCampaign that Dynamics doesn't have.",
        (("all", "for every account"), ("never", "never")),
    ),
    _REMOVED,
)
_OPPORTUNITY: Final = (
    _ENABLED,
    Setting(
        "shown_as",
        "choice",
        "Shown in ActiveCampaign as",
        "Not every plan has custom objects. When this changes, everything is written the new way, after a question.",
        (
            ("object", "records of a custom object"),
            ("contact_fields", "fields and tags of their contacts"),
            ("deals", "deals in a pipeline of their own"),
        ),
    ),
    Setting(
        "contacts",
        "order",
        "Which contact it belongs to",
        "The first relation counts that leads to a contact; opportunities without any stay behind.",
        RELATIONS,
    ),
    Setting(
        "history",
        "choice",
        "The very first opportunities",
        "Each one can start automations.",
        (("ask", "ask before they are written"), ("load", "write them without a question")),
    ),
    Setting(
        "on_deleted",
        "choice",
        "When it was deleted in Dynamics",
        "",
        (
            ("status", "set the status of its record to Deleted"),
            ("delete", "delete its record"),
            ("nothing", "leave its record as it is"),
        ),
    ),
)
SETTINGS: Final[Mapping[str, tuple[Setting, ...]]] = {
    "account": _ACCOUNT,
    **{name: (*_PERSON, *(_LEAD if name == "lead" else ())) for name in PEOPLE},
    "opportunity": _OPPORTUNITY,
}
"""In the order in which they are shown. Scope, mappings and defaults have forms of their own."""

MAPPING: Final = (
    Setting("direction", "choice", "Direction", "", (("", "as the entity"), *WAYS)),
    Setting("conflict", "choice", "When both sides changed it", "", (("", "as the entity"), *POLICIES)),
    Setting("on_empty", "choice", "Emptied in Dynamics", "", ON_EMPTY),
    Setting("on_empty_inbound", "choice", "Emptied in ActiveCampaign", "", ON_EMPTY),
)
"""What one mapping can say for itself."""

OTHERS: Final[Mapping[str, str]] = {
    "sync.enabled": "Global switch",
    "sync.frequency": "Frequency",
    "zone": "Time zone",
    "limits.headroom": "Share of the request limits left to others",
    "limits.calls_per_second": "Calls per second",
    "guards.creates": "Ask when more than this share would be created",
    "guards.changes": "Ask when more than this share would be changed",
    "guards.deletes": "Ask when more than this share would be deleted",
    "guards.from": "Ask from so many records on",
    "consent.enabled": "Opting out and in travels",
    "consent.lists": "Lists that count for consent",
    "consent.do_not_email": "An unsubscribe also stops every e-mail",
    "consent.bounces": "A bounced address counts as opted out",
}
"""Settings that belong to no entity."""
