"""The security roles of ac365, right by right.

Depths and rights: learn.microsoft.com/power-platform/admin/security-roles-privileges. The privileges of a table are
looked up in the environment, since their names do not always follow from the table's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from mapping import companion

OWN: Final = "Basic"
ALL: Final = "Global"
DEPTHS: Final = (OWN, "Local", "Deep", ALL)

Rights = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Role:
    """A role. rights: depths by right by table, such as `{"lead": {"Read": "Global"}}`; beside: privileges that belong
    to no table, each for the whole organisation."""

    name: str
    rights: Rights
    beside: tuple[str, ...] = field(default=())


def _all(*rights: str) -> dict[str, str]:
    return dict.fromkeys(rights, ALL)


_SYNCED: Final = ("lead", "contact", "account")
# What opportunities are put together from, where the environment has it.
_OF_OPPORTUNITIES: Final = (
    "opportunity", "opportunitysalesprocess", "processstage", "connection", "connectionrole", "transactioncurrency",
)  # fmt: skip
# Who may open the console, and what the environment is.
_OF_PEOPLE: Final = ("systemuser", "team", "role", "businessunit", "organization")
# What `ac365 check` looks at, to say what is missing. Nothing here holds data of anybody's.
_OF_COMPANION: Final = (
    "publisher", "solution", "solutioncomponent", "webresource", "systemform", "serviceendpoint",
    "sdkmessageprocessingstep",
)  # fmt: skip
_READ: Final = (*_OF_OPPORTUNITIES, *_OF_PEOPLE, *_OF_COMPANION)
DEFINITIONS: Final = (
    "prvReadEntity", "prvReadAttribute", "prvReadRelationship", "prvReadOptionSet", "prvReadEntityKey",
)  # fmt: skip
IMPERSONATION: Final = "prvActOnBehalfOfAnotherUser"
"""A requester's right to a record is looked up by asking for the record in the requester's name."""

USER: Final = Role(
    companion.USER_ROLE,
    {
        companion.ACTIVITY: _all("Read"),
        companion.CHOICE: _all("Read"),
        # No Write and no Delete: whoever asked can't alter what was answered.
        companion.REQUEST: dict.fromkeys(("Create", "Read", "Append"), OWN),
    },
)
ADMIN: Final = Role(
    companion.ADMIN_ROLE,
    {
        companion.ACTIVITY: _all("Read", "Delete"),
        companion.CHOICE: _all("Read", "Delete"),
        companion.REQUEST: {"Create": OWN, "Append": OWN, **_all("Read", "Delete")},
    },
)
APPLICATION: Final = Role(
    companion.APPLICATION_ROLE,
    {
        **{table: _all("Create", "Read", "Write", "Append", "AppendTo") for table in _SYNCED},
        **{table: _all("Read") for table in _READ},
        companion.ACTIVITY: _all("Create", "Read", "Write", "Append", "Delete"),
        companion.CHOICE: _all("Create", "Read", "Write", "Delete"),
        companion.REQUEST: _all("Read", "Write"),
    },
    (*DEFINITIONS, IMPERSONATION),
)
ROLES: Final = (ADMIN, USER, APPLICATION)
OWN_TABLES: Final = (companion.ACTIVITY, companion.CHOICE, companion.REQUEST)
COMPANION_NEEDS: Final = {table: APPLICATION.rights[table] for table in OWN_TABLES}


def narrower(held: str, wanted: str) -> bool:
    """Whether a privilege held so far, "" for not at all, does not reach as far as it should."""
    return (DEPTHS.index(held) if held in DEPTHS else -1) < DEPTHS.index(wanted)


def each(rights: Rights) -> Iterator[tuple[str, str, str]]:
    """Table, right and depth of every entry."""
    for table, by_right in rights.items():
        for right, depth in by_right.items():
            yield table, right, depth
