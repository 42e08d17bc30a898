"""Privileges of Dataverse: which ones writing needs, how far they reach, and what they are in plain words.

Source: learn.microsoft.com/power-platform/admin/security-roles-privileges.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from clients.tables import FACTS
from sync.model import Entity

DEPTHS = ("Basic", "Local", "Deep", "Global")
NAMED = re.compile(r"prv(Create|Read|Write|Delete|AppendTo|Append|Assign|Share)(\w+)")
VERBS = {"AppendTo": "append to"}
WHERE = "Power Platform admin center, Settings, Users + permissions, Security roles"


def wider(one: str, other: str) -> str:
    """The depth that reaches further, from Basic (own records) to Global (everything)."""
    return max(one, other, key=lambda depth: DEPTHS.index(depth) if depth in DEPTHS else -1)


def lacking(entity: Entity, held: Mapping[str, str]) -> list[str]:
    """Which of the privileges that writing `entity` needs are not held. Whoever creates a record owns it, so creating
    needs no width; changing and tying together concern everybody's records."""
    name = FACTS[entity].logical.capitalize()
    wide = (f"prvWrite{name}", f"prvAppend{name}", "prvAppendToAccount")
    narrow = [] if f"prvCreate{name}" in held else [f"prvCreate{name}"]
    return narrow + [one for one in wide if held.get(one) != "Global"]


def in_words(privilege: str) -> str:
    """`prvWriteContact (write, contacts)`; the bare name when it belongs to no table."""
    found = NAMED.fullmatch(privilege)
    if not found:
        return privilege
    tables = {facts.logical: facts.entity_set for facts in FACTS.values()}
    return f"{privilege} ({VERBS.get(found[1], found[1].lower())}, {tables.get(found[2].lower(), found[2])})"


def advice(*privileges: str) -> str:
    """What an administrator does about missing privileges."""
    named = " and ".join(in_words(one) for one in privileges)
    noun = "privilege" if len(privileges) == 1 else "privileges"
    return f"Give the role of the application user the {noun} {named} for the whole organisation: {WHERE}."
