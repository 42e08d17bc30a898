"""How a person names a record: by its id in Dynamics, or by the e-mail address of a person."""

from __future__ import annotations

from uuid import UUID

from engine.explain_words import with_article
from sync.model import PEOPLE, Entity


def parsed(entity: Entity | None, key: str) -> UUID | str:
    """The id, or the address in lower case. Raises ValueError for what is neither, or an address of what has none."""
    key = key.strip()
    if "@" in key and "\0" not in key:
        if entity and entity not in PEOPLE:
            raise ValueError(f"{with_article(entity)} has no e-mail address: name it by its id")
        return key.lower()
    try:
        return UUID(key)
    except ValueError:
        raise ValueError(
            f"{key!r} is neither an e-mail address nor an id like 5531d753-95af-e711-a94e-000d3a11e605"
        ) from None
