"""What a filter means in SQL.

Wildcards in text, null and case: Microsoft Learn, "Filter rows using the Web API". That query functions know attributes
by their logical names only, not as `_x_value`: seen in reports of integrations.
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulators.dynamics.access import Caller, require
from simulators.dynamics.clock import Clock
from simulators.dynamics.errors import bad_query, unknown_property
from simulators.dynamics.odata.dates import STAMP, date_range, to_stamp
from simulators.dynamics.odata.filters import Both, Compare, Crm, Literal, Negated, Node, Path, Some, Text, parse
from simulators.dynamics.schema.catalog import Catalog, Column, Link, Table
from simulators.dynamics.sql.pieces import Operand, Sql, between, containing, edm, equal, fitted, like, within
from simulators.dynamics.store.storage import quoted

SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


@dataclass
class Scope:
    """What names mean at one place of a filter: the row's table and alias, and variables of lambdas."""

    table: Table
    alias: str
    variables: dict[str, tuple[Table, str]] = field(default_factory=dict)


class FilterSql:
    """Translates filters for one request."""

    def __init__(self, catalog: Catalog, switches: dict[str, Any], clock: Clock, caller: Caller) -> None:
        self._catalog = catalog
        self._switches = switches
        self._clock = clock
        self._caller = caller
        self._aliases: dict[str, str] = {}
        self._made = 0

    def where(self, text: str, table: Table, alias: str, aliases: dict[str, str] | None = None) -> Sql:
        """A filter as a condition. Raises ApiError (400)."""
        self._aliases = aliases or {}
        return self._node(parse(text), Scope(table, alias))

    def _node(self, node: Node, scope: Scope) -> Sql:
        if isinstance(node, Both):
            parts = [self._node(part, scope) for part in node.parts]
            joint = " OR " if node.either else " AND "
            return Sql(f"({joint.join(part.text for part in parts)})", [v for part in parts for v in part.values])
        if isinstance(node, Negated):
            inner = self._node(node.inner, scope)
            return Sql(f"NOT coalesce({inner.text}, 0)", inner.values)
        if isinstance(node, Compare):
            return self._compare(node, scope)
        if isinstance(node, Text):
            return self._text(node, scope)
        if isinstance(node, Crm):
            return self._crm(node, scope)
        return self._some(node, scope)

    def _compare(self, node: Compare, scope: Scope) -> Sql:
        left, right = self._side(node.left, scope), self._side(node.right, scope)
        if isinstance(left, Literal) and isinstance(right, Operand):
            left, right, operator = right, left, MIRRORED.get(node.operator, node.operator)
        else:
            operator = node.operator
        if not isinstance(left, Operand):
            raise bad_query("A comparison needs a property.")
        if isinstance(right, Operand):
            return Sql(f"{left.sql} {SIGNS[operator]} {right.sql}")
        return self._with_literal(left, operator, right)

    def _side(self, side: Path | Literal, scope: Scope) -> Operand | Literal:
        if isinstance(side, Literal):
            return side
        if side.parts[0].startswith("@"):
            return self._alias(side.parts[0])
        return self.operand(side.parts, scope)

    def _alias(self, name: str) -> Literal:
        if name not in self._aliases:
            return Literal("null", None)
        node = parse(f"x eq {self._aliases[name]}")
        if not isinstance(node, Compare) or not isinstance(node.right, Literal):
            raise bad_query(f"The value of the parameter alias '{name}' is no literal.")
        return node.right

    def operand(self, parts: tuple[str, ...], scope: Scope) -> Operand:
        """A property of the row, of a lambda's variable, or of a row one step away, whose table the caller may read.

        Raises ApiError (400, 403).
        """
        table, alias = scope.table, scope.alias
        if parts[0] in scope.variables:
            (table, alias), parts = scope.variables[parts[0]], parts[1:]
        if len(parts) == 1:
            return Operand(f"{alias}.{quoted(visible(table, parts[0]).name)}", visible(table, parts[0]))
        link = self._catalog.links_from(table).get(parts[0])
        if link is None or len(parts) != 2:
            raise unknown_property(parts[0], table.logical)
        require(self._caller, "Read", link.target)
        column = visible(link.target, parts[1])
        near = f"r.{quoted(link.target.key)} = {alias}.{quoted(link.column.name)}{_typed(link, alias)}"
        return Operand(f"(SELECT r.{quoted(column.name)} FROM {quoted(link.target.logical)} r WHERE {near})", column)

    def _with_literal(self, left: Operand, operator: str, right: Literal) -> Sql:
        if right.kind == "null":
            return Sql(f"{left.sql} IS {'NOT ' if operator == 'ne' else ''}NULL" if operator in ("eq", "ne") else "0")
        value = fitted(left.column, right, operator)
        if left.column.kind in ("String", "Memo"):
            return self._with_text(left, operator, value)
        if operator == "ne" and self._switches["ne_matches_null"]:
            return Sql(f"{left.sql} IS NOT ?", [value])
        return Sql(f"{left.sql} {SIGNS[operator]} ?", [value])

    def _with_text(self, left: Operand, operator: str, value: str) -> Sql:
        if operator in ("eq", "ne") and self._switches["eq_wildcards"] and set("%_[") & set(value):
            matched = like(left.sql, value)
        elif operator in ("eq", "ne"):
            matched = equal(left.sql, value)
        else:
            return Sql(f"{left.sql} {SIGNS[operator]} ? COLLATE NOCASE", [value])
        if operator == "eq":
            return matched
        kept = f" OR {left.sql} IS NULL" if self._switches["ne_matches_null"] else ""
        return Sql(f"(NOT {matched.text}{kept})", matched.values)

    def _text(self, node: Text, scope: Scope) -> Sql:
        left, right = self._side(node.left, scope), self._side(node.right, scope)
        if not isinstance(left, Operand) or not isinstance(right, Literal) or right.kind != "string":
            raise bad_query(
                f"No function signature for the function with name '{node.function}' matches the arguments."
            )
        if edm(left.column) != "Edm.String":
            raise bad_query(
                f"No function signature for the function with name '{node.function}' matches the arguments."
            )
        before = "%" if node.function in ("contains", "endswith") else ""
        after = "%" if node.function in ("contains", "startswith") else ""
        return like(left.sql, f"{before}{right.value}{after}")

    def _some(self, node: Some, scope: Scope) -> Sql:
        name = node.path.parts[-1]
        link = self._catalog.links_to(scope.table).get(name)
        if link is None or len(node.path.parts) > 1:
            raise unknown_property(name, scope.table.logical)
        self._made += 1
        alias = f"s{self._made}"
        inner = Sql("1")
        if node.inner is not None:
            variables = {**scope.variables, node.variable: (link.table, alias)}
            inner = self._node(node.inner, Scope(scope.table, scope.alias, variables))
        near = f"{alias}.{quoted(link.column.name)} = {scope.alias}.{quoted(scope.table.key)}{_typed(link, alias)}"
        condition = f"NOT coalesce({inner.text}, 0)" if node.every else inner.text
        found = f"EXISTS (SELECT 1 FROM {quoted(link.table.logical)} {alias} WHERE {near} AND {condition})"
        return Sql(f"NOT {found}" if node.every else found, inner.values)

    def _crm(self, node: Crm, scope: Scope) -> Sql:
        name = node.arguments.get("PropertyName")
        if name is None or name.kind != "string":
            raise bad_query(f"The function '{node.name}' needs a PropertyName.")
        operand = self._attribute(str(name.value), scope)
        given = node.arguments.get("PropertyValues") or node.arguments.get("PropertyValue")
        values = given.value if given and given.kind == "list" else [given.value] if given else []
        made = self._crm_set(node.name, operand, values) or self._crm_date(node.name, operand, values)
        if made is None:
            raise bad_query(f"An unknown function with name 'Microsoft.Dynamics.CRM.{node.name}' was found.")
        return made

    def _attribute(self, name: str, scope: Scope) -> Operand:
        """What a function names: an attribute by its logical name, a lookup too. Raises ApiError (400)."""
        if "/" in name:
            return self.operand(tuple(name.split("/")), scope)
        column = scope.table.columns.get(name)
        if column is None or not column.visible:
            raise bad_query(f"'{scope.table.schema}' entity doesn't contain attribute with Name = '{name}'")
        return Operand(f"{scope.alias}.{quoted(name)}", column)

    def _crm_set(self, name: str, operand: Operand, values: list[Any]) -> Sql | None:
        functions: dict[str, Callable[[], Sql]] = {
            "In": lambda: within(operand, values),
            "NotIn": lambda: _not(within(operand, values)),
            "ContainValues": lambda: containing(operand, values),
            "DoesNotContainValues": lambda: _not(containing(operand, values)),
            "EqualUserId": lambda: Sql(f"{operand.sql} = ?", [self._caller.user]),
            "NotEqualUserId": lambda: Sql(f"{operand.sql} IS NOT ?", [self._caller.user]),
            "Between": lambda: between(operand, values),
            "NotBetween": lambda: _not(between(operand, values)),
        }
        return functions[name]() if name in functions else None

    def _crm_date(self, name: str, operand: Operand, values: list[Any]) -> Sql | None:
        if operand.column.kind != "DateTime":
            return None
        if name in ("On", "OnOrAfter", "OnOrBefore"):
            day = to_stamp(str(values[0]))[:10]
            sign = {"On": "=", "OnOrAfter": ">=", "OnOrBefore": "<="}[name]
            return Sql(f"substr({operand.sql}, 1, 10) {sign} ?", [day])
        reach = date_range(name, int(values[0]) if values else 0, self._clock.now())
        if reach is None:
            return None
        length = 10 if edm(operand.column) == "Edm.Date" else 20
        bounds = [
            (sign, moment.strftime(STAMP)[:length]) for sign, moment in zip((">=", "<"), reach, strict=True) if moment
        ]
        return Sql(f"({' AND '.join(f'{operand.sql} {sign} ?' for sign, _ in bounds)})", [value for _, value in bounds])


def visible(table: Table, name: str) -> Column:
    """The readable column of this name in JSON. Raises ApiError (400)."""
    column = table.wired(name)
    if column is None or not column.read:
        raise unknown_property(name, table.logical)
    return column


def _typed(link: Link, alias: str) -> str:
    """For a lookup with several targets: that it points at this one."""
    if not link.column.typed:
        return ""
    return f" AND {alias}.{quoted(link.column.name + '__type')} = '{link.target.logical}'"


def _not(inner: Sql) -> Sql:
    return Sql(f"NOT coalesce({inner.text}, 0)", inner.values)
