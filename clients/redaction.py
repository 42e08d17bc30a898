"""Takes credentials and personal data out of what services answer, before it gets into messages and logs."""

from __future__ import annotations

import re

KEPT = 500

_FILTER = re.compile(r"((?:\$|%24)filter=)[^&\"\r\n]*", re.IGNORECASE)
_BEARER = re.compile(r"(bearer\s+)[\w.~+/=-]+", re.IGNORECASE)
_NAMED = re.compile(
    r"((?:api[-_]?(?:token|key)|client_secret|client_assertion|access_token|refresh_token|id_token|password|secret)"
    r"[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;}]+",
    re.IGNORECASE,
)
_JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@+((?:[\w-]+\.)*[\w-]+)")
_LONG_KEY = re.compile(r"\b(?=[\w]*\d)(?=[\w]*[A-Za-z])[A-Za-z0-9_]{32,}\b")
# Values that Dataverse repeats when it refuses them.
_VALUE = re.compile(r"(literal )(?:'|\\u0027).*?(?:'|\\u0027)(?= to the expected)", re.DOTALL)
_TWIN = re.compile(r"(?:<|\\u003c)DuplicateAttributes(?:>|\\u003e).*?(?:/DuplicateAttributes|$)", re.DOTALL)
# Ids and dates look like telephone numbers: they are matched first, and kept.
_NUMBER = re.compile(
    r"(?P<kept>\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?)"
    r"|(?<![\w.-])(?:\+|\(\+?|00)?\d(?:[ ()./-]{0,2}\d){6,}(?!\w)"
)


def redact(text: str, kept: int = KEPT) -> str:
    """At most `kept` characters, without tokens, keys, local parts of addresses, telephone numbers and filters."""
    text = text[: 20 * kept]
    text = _TWIN.sub("***", _VALUE.sub(r"\1'***'", _FILTER.sub(r"\1***", text)))
    text = _JWT.sub("***", _NAMED.sub(r"\1***", _BEARER.sub(r"\1***", text)))
    text = _LONG_KEY.sub("***", _ADDRESS.sub(r"***@\1", text))
    text = _NUMBER.sub(lambda match: match["kept"] or "***", text)
    return text if len(text) <= kept else text[: kept - 1] + "…"
