"""Parses $filter into a small tree. What the tree means is decided by those who hold records or definitions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

from simulators.dynamics.errors import ApiError, bad_query

PREFIX = "Microsoft.Dynamics.CRM."


@dataclass(frozen=True)
class Path:
    """A property, or one behind single-valued navigation: ('primarycontactid', 'fullname')."""

    parts: tuple[str, ...]


@dataclass(frozen=True)
class Literal:
    """A value. `kind` is string, guid, moment, day, number, boolean, null, enum or list."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Compare:
    """eq, ne, gt, ge, lt or le."""

    operator: str
    left: Path | Literal
    right: Path | Literal


@dataclass(frozen=True)
class Text:
    """contains, startswith or endswith."""

    function: str
    left: Path | Literal
    right: Path | Literal


@dataclass(frozen=True)
class Crm:
    """A function of Microsoft.Dynamics.CRM with named parameters."""

    name: str
    arguments: dict[str, Literal]


@dataclass(frozen=True)
class Some:
    """any or all over a collection. `inner` is None for any()."""

    path: Path
    every: bool
    variable: str
    inner: Node | None


@dataclass(frozen=True)
class Both:
    """All parts must hold, or, with `either`, one of them."""

    parts: tuple[Node, ...]
    either: bool


@dataclass(frozen=True)
class Negated:
    """not."""

    inner: Node


Node = Compare | Text | Crm | Some | Both | Negated


class _Builder(Transformer[Token, Any]):
    """Lark calls one method per rule."""

    def or_(self, parts: list[Node]) -> Both:
        return Both(tuple(parts), either=True)

    def and_(self, parts: list[Node]) -> Both:
        return Both(tuple(parts), either=False)

    def negated(self, parts: list[Node]) -> Negated:
        return Negated(parts[0])

    def compare(self, parts: list[Any]) -> Compare:
        return Compare(str(parts[1]), parts[0], parts[2])

    def text(self, parts: list[Any]) -> Text:
        return Text(str(parts[0]), parts[1], parts[2])

    def crm(self, parts: list[Any]) -> Crm:
        return Crm(str(parts[0]).removeprefix(PREFIX), dict(part for part in parts[1:] if part))

    def argument(self, parts: list[Any]) -> tuple[str, Literal]:
        value = parts[1]
        return str(parts[0]), Literal("list", json.loads(value)) if isinstance(value, Token) else value

    def lambda_(self, parts: list[Any]) -> Some:
        variable, inner = (str(parts[2]), parts[3]) if len(parts) > 2 else ("", None)
        return Some(_path(parts[0]), parts[1] == "/all", variable, inner)

    def truth(self, parts: list[Token]) -> Compare:
        return Compare("eq", _path(parts[0]), Literal("boolean", True))

    def path(self, parts: list[Token]) -> Path:
        return _path(parts[0])

    def string(self, parts: list[Token]) -> Literal:
        return Literal("string", str(parts[0])[1:-1].replace("''", "'"))

    def guid(self, parts: list[Token]) -> Literal:
        return Literal("guid", str(parts[0]).lower())

    def moment(self, parts: list[Token]) -> Literal:
        return Literal("moment", str(parts[0]))

    def day(self, parts: list[Token]) -> Literal:
        return Literal("day", str(parts[0]))

    def number(self, parts: list[Token]) -> Literal:
        text = str(parts[0])
        return Literal("number", int(text) if text.lstrip("-").isdigit() else float(text))

    def enum(self, parts: list[Token]) -> Literal:
        return Literal("enum", str(parts[0]).split("'", 1)[1][:-1])

    def null(self, _: list[Token]) -> Literal:
        return Literal("null", None)

    def true(self, _: list[Token]) -> Literal:
        return Literal("boolean", True)

    def false(self, _: list[Token]) -> Literal:
        return Literal("boolean", False)


def _path(token: Token) -> Path:
    return Path(tuple(str(token).split("/")))


GRAMMAR = resources.files("simulators.dynamics.odata").joinpath("filters.lark").read_text("utf-8")
PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Builder())


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a filter. Raises ApiError (400) for what is no filter."""
    try:
        tree: Node = PARSER.parse(text)  # type: ignore[assignment]
    except LarkError as error:
        raise _refusal(text, error) from None
    return tree


def _refusal(text: str, error: LarkError) -> ApiError:
    position = getattr(error, "pos_in_stream", None) or 0
    if text[max(0, position - 4) : position + 1].startswith("guid") or "guid'" in text:
        return bad_query(f"Unrecognized 'Edm.String' literal 'guid'' at '{position}' in '{text}'.")
    return bad_query(f"Syntax error at position {position} in '{text}'.")
