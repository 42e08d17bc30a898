"""Addresses: segments of a path and the keys in parentheses.

Which characters break an alternate key: Microsoft Learn, "Work with alternate keys".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from simulators.dynamics.errors import bad_query

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SEGMENT = re.compile(r"([^(]+)(?:\((.*)\))?", re.DOTALL)
PART = re.compile(r"\s*(\w+)\s*=\s*('(?:[^']|'')*'|[^,']+)\s*(?:,|$)")
DANGEROUS = frozenset("/<>*%&:\\?+")
QUOTED = re.compile(r"'(?:[^']|'')*'")

Named = dict[str, str]
Value = str | int | float | None


@dataclass(frozen=True)
class Segment:
    """One step of a path. `key` is the text between the parentheses, None without them."""

    name: str
    key: str | None


def segments(raw: str) -> list[Segment]:
    """A raw path, percent-encoded, as segments. Slashes inside quoted text do not separate."""
    hidden = QUOTED.sub(lambda found: found[0].replace("/", "\0"), raw)
    return [_segment(unquote(part.replace("\0", "/"))) for part in hidden.strip("/").split("/") if part]


def _segment(text: str) -> Segment:
    found = SEGMENT.fullmatch(text)
    if not found:
        raise bad_query(f"Resource not found for the segment '{text}'.", 404)
    return Segment(found[1], found[2])


def guid(text: str) -> str | None:
    """The text as an id in lower case, None when it is none."""
    return text.lower() if GUID.fullmatch(text) else None


def named_parts(text: str) -> Named:
    """`a='x',b=3` as raw values by name. Raises ApiError (400)."""
    parts: Named = {}
    position = 0
    while position < len(text):
        found = PART.match(text, position)
        if not found:
            raise bad_query(f"Bad Request - Error in query syntax at '{text[position:]}'.")
        parts[found[1]] = found[2].strip()
        position = found.end()
    return parts


def key_value(raw: str) -> Value:
    """One raw value of a key: quoted text, an id, a number or null. Raises ApiError (400)."""
    if raw.startswith("'"):
        text = raw[1:-1].replace("''", "'")
        if DANGEROUS & set(text):
            found = next(letter for letter in text if letter in DANGEROUS)
            raise bad_query(f"A potentially dangerous Request.Path value was detected from the client ({found}).")
        return text
    if raw == "null":
        return None
    if guid(raw):
        return raw.lower()
    try:
        return int(raw) if raw.lstrip("-").isdigit() else float(raw)
    except ValueError:
        raise bad_query(f"Bad Request - Error in query syntax at '{raw}'.") from None
