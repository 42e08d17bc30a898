"""The tables that ac365 has in Dynamics, made by a system administrator from their description."""

from __future__ import annotations

import requests
from support.hands import Hands

from mapping import companion_definitions as definitions
from mapping.companion_tables import TABLES

ENGLISH = 1033


def furnish(hands: Hands) -> None:
    """Makes the three tables, and lets ac365's application user work with them."""
    headers = hands.administrator()
    for table in TABLES:
        for path, body in definitions.whole(table, ENGLISH):
            answer = requests.post(f"{hands.crm.url}/api/data/v9.2/{path}", json=body, headers=headers)
            assert answer.ok, (path, answer.text)
        hands.allow(*(f"prv{right}{table.schema}" for right in ("Create", "Read", "Write", "Delete", "Append")))
    hands.allow("prvAppendToLead", "prvAppendToContact")
