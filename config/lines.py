"""Where in a YAML text each value stands."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.faults import Fault

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp"))


def lines_and_faults(root: Node) -> tuple[dict[str, int], list[Fault]]:
    """The line (1-based) of every path, and what a document must not hold.

    Those are keys that occur twice, anchors (one node in two places) and values other than plain data.
    """
    lines: dict[str, int] = {}
    faults: list[Fault] = []
    seen: set[int] = set()
    waiting = deque([("", root, root.start_mark.line + 1)])
    while waiting:
        path, node, line = waiting.popleft()
        lines[path] = line
        fault = "is a YAML alias, which is not used here." if id(node) in seen else _strange(node)
        seen.add(id(node))
        if fault:
            faults.append(Fault(path, fault, line))
            continue
        for child_path, child, child_line in _children(path, node):
            if child_path in lines:
                faults.append(Fault(child_path, f"occurs twice, first in line {lines[child_path]}.", child_line))
            lines[child_path] = child_line
            waiting.append((child_path, child, child_line))
    return lines, sorted(faults, key=lambda fault: fault.line or 0)


def line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of a path, or of the nearest thing around it that is written down."""
    parts = [part for part in re.split(r"[.\[\]]", path) if part]
    while parts:
        if ".".join(parts) in lines:
            return lines[".".join(parts)]
        parts.pop()
    return lines.get("")


def _children(path: str, node: Node) -> Iterator[tuple[str, Node, int]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield _join(path, str(key.value)), value, key.start_mark.line + 1
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            yield _join(path, str(index)), value, value.start_mark.line + 1


def _strange(node: Node) -> str:
    tag = str(node.tag)
    if isinstance(node, ScalarNode) and tag not in _PLAIN_TAGS:
        return f"has the YAML tag {tag}, which is not used here."
    if isinstance(node, MappingNode) and not all(isinstance(key, ScalarNode) for key, _ in node.value):
        return "has a key that is not a name; put a text with {{ }} between quotes."
    return ""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
