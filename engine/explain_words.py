"""What may happen to one field, in the words that every explanation uses."""

from __future__ import annotations

from typing import Final

WRITTEN: Final = "written"
CLEARED: Final = "cleared"
KEPT: Final = "kept"
UNCHANGED: Final = "unchanged"
LEFT_OUT: Final = "left out"
LOSES: Final = "loses"
WAITS: Final = "waits for you"

PARKED: Final = "both sides changed it; decide with `ac365 conflicts`"


def with_article(word: str) -> str:
    """`a contact`, `an account`."""
    return f"{'an' if word[0] in 'aeio' else 'a'} {word}"
