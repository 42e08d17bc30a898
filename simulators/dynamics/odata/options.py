"""System query options and the Prefer header.

Options and limits: Microsoft Learn, "Query data using the Web API".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import unquote, unquote_plus

from simulators.dynamics.errors import ApiError, bad_query

MOST_ROWS = 5_000
MOST_EXPANDS = 15
KNOWN = frozenset(
    {"$select", "$filter", "$orderby", "$top", "$expand", "$count", "$apply", "$skiptoken", "$deltatoken"}
)


@dataclass
class Options:
    """What a query asks for. `aliases` are the @p1 parameters as raw text."""

    select: list[str] | None = None
    filter: str | None = None
    orderby: list[tuple[str, bool]] = field(default_factory=list)
    top: int | None = None
    count: bool = False
    expand: list[Expand] = field(default_factory=list)
    skiptoken: str | None = None
    deltatoken: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    raw: str = ""


@dataclass
class Expand:
    """One navigation property to expand, with its nested options."""

    name: str
    options: Options


@dataclass
class Prefer:
    """The preferences of a request. `honoured` collects those to echo."""

    track: bool = False
    page_size: int | None = None
    annotations: tuple[str, ...] = ()
    representation: bool = False
    go_on: bool = False
    honoured: list[str] = field(default_factory=list)

    def wants(self, annotation: str) -> bool:
        """Whether an annotation of this full name is asked for."""
        return any(fnmatchcase(annotation, pattern) for pattern in self.annotations)


def read_options(raw: str) -> Options:
    """The options of a raw query string. Raises ApiError (400) for what the service does not support."""
    pairs = [part.partition("=")[::2] for part in raw.split("&") if part]
    given = {unquote_plus(name): value for name, value in pairs}
    values = {name: unquote_plus(value) for name, value in given.items() if name.startswith(("$", "@"))}
    if "$skiptoken" in given:
        values["$skiptoken"] = unquote(given["$skiptoken"])
    aliases = {name: value for name, value in values.items() if name.startswith("@")}
    options = make_options({name: value for name, value in values.items() if name.startswith("$")})
    options.aliases, options.raw = aliases, raw
    return options


def make_options(values: Mapping[str, str]) -> Options:
    """Options from decoded values by name. Raises ApiError (400)."""
    _refuse_unknown(values)
    options = Options(filter=values.get("$filter"), skiptoken=values.get("$skiptoken"))
    options.deltatoken = values.get("$deltatoken")
    options.select = _names(values["$select"]) if "$select" in values else None
    options.orderby = [_order(part) for part in _names(values.get("$orderby", ""))]
    options.top = _number(values["$top"], "$top") if "$top" in values else None
    options.count = values.get("$count", "false") == "true"
    options.expand = [_expand(part) for part in split_outside(values.get("$expand", ""), ",")]
    if len(options.expand) > MOST_EXPANDS:
        raise ApiError(400, "0x8004430d", f"The number of $expand options exceeds the maximum of {MOST_EXPANDS}.")
    return options


def _refuse_unknown(values: Mapping[str, str]) -> None:
    for name in values:
        if name == "$skip":
            raise bad_query("Skip Clause is not supported in CRM")
        if name == "$apply":
            raise ApiError(501, "0x80060888", "$apply is not simulated.")
        if name not in KNOWN:
            raise bad_query(f"The query parameter {name} is not supported.")


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _order(text: str) -> tuple[str, bool]:
    name, _, direction = text.partition(" ")
    if direction.strip() not in ("", "asc", "desc"):
        raise bad_query(f"Syntax error at position {len(name) + 1} in '{text}'.")
    return name, direction.strip() == "desc"


def _number(text: str, name: str) -> int:
    if not text.isdigit():
        raise bad_query(f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def _expand(text: str) -> Expand:
    found = re.fullmatch(r"\s*([\w.]+)\s*(?:\((.*)\))?\s*", text, re.DOTALL)
    if not found:
        raise bad_query(f"Term '{text}' is not valid in a $select or $expand expression.")
    nested = dict(part.strip().partition("=")[::2] for part in split_outside(found[2] or "", ";"))
    return Expand(found[1], make_options(nested))


def split_outside(text: str, separator: str) -> list[str]:
    """Splits where the separator stands outside quotes and parentheses."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, letter in enumerate(text):
        quoted ^= letter == "'"
        if not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == separator and depth == 0:
                parts.append(text[start:at])
                start = at + 1
    return [part for part in [*parts, text[start:]] if part.strip()]


def read_prefer(header: str) -> Prefer:
    """The preferences of a Prefer header; unknown ones are ignored."""
    prefer = Prefer()
    for part in _preferences(header):
        name, _, value = part.partition("=")
        if _apply(prefer, name.strip().lower(), value.strip().strip('"')):
            prefer.honoured.append(part)
    return prefer


def _preferences(header: str) -> list[str]:
    return [found.strip() for found in re.findall(r'[^,"]+(?:"[^"]*")?', header) if found.strip()]


def _apply(prefer: Prefer, name: str, value: str) -> bool:
    if name == "odata.track-changes":
        prefer.track = True
    elif name == "odata.maxpagesize" and value.isdigit() and int(value) > 0:
        prefer.page_size = min(int(value), MOST_ROWS)
    elif name == "odata.include-annotations":
        prefer.annotations = tuple(part.strip() for part in value.split(","))
    elif name == "return" and value == "representation":
        prefer.representation = True
    elif name == "odata.continue-on-error":
        prefer.go_on = value != "false"
    else:
        return False
    return True
