"""Editing criteria: a tree is changed at a place, and what comes back is a new tree.

A place is the way from the root: the number of the member in each group. The root itself is (). Trees may be faulty
while they are edited; what is wrong with them is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Place: TypeAlias = tuple[int, ...]
Tree: TypeAlias = dict[str, Any]
WORDS: Final = ("all", "any")


def place_of(text: str) -> Place:
    """The place that is written as `0.2.1`, the root for "". Raises LookupError for anything else."""
    parts = text.split(".") if text else []
    if not all(part.isdecimal() and len(part) < 5 for part in parts):
        raise LookupError(f"{text!r} is no place")
    return tuple(map(int, parts))


def text_of(place: Place) -> str:
    """How a place is written."""
    return ".".join(map(str, place))


def word_of(node: Mapping[str, Any]) -> str:
    """all or any for a group, "" for a condition."""
    return next((word for word in WORDS if word in node), "")


def members(node: Mapping[str, Any]) -> list[Tree]:
    """What is in a group; nothing in a condition."""
    found = node.get(word_of(node)) if word_of(node) else None
    return [member for member in found if isinstance(member, dict)] if isinstance(found, list) else []


def grouped(tree: Mapping[str, Any] | None) -> Tree:
    """The tree with a group at its root, where conditions can be added."""
    if not tree:
        return {"all": []}
    return dict(tree) if word_of(tree) else {"all": [dict(tree)]}


def added(tree: Mapping[str, Any], place: Place, node: Mapping[str, Any]) -> Tree:
    """With one more member at the end of the group at this place. Raises LookupError where there is no group."""

    def append(group: Tree) -> Tree:
        if not word_of(group):
            raise LookupError("there is no group at this place")
        return {word_of(group): [*members(group), dict(node)]}

    return changed(tree, place, append)


def removed(tree: Mapping[str, Any], place: Place) -> Tree | None:
    """Without what is at this place; None when that was the root. Raises LookupError where there is nothing."""
    if not place:
        return None
    *around, index = place

    def drop(group: Tree) -> Tree:
        _member(group, index)
        return {word_of(group): [node for at, node in enumerate(members(group)) if at != index]}

    return changed(tree, tuple(around), drop)


def changed(tree: Mapping[str, Any], place: Place, change: Callable[[Tree], Tree]) -> Tree:
    """With what is at this place replaced by what becomes of it. Raises LookupError where there is nothing."""
    if not place:
        return change(dict(tree))
    index, *rest = place
    _member(tree, index)
    inner = [changed(node, tuple(rest), change) if at == index else node for at, node in enumerate(members(tree))]
    return {word_of(tree): inner}


def _member(group: Mapping[str, Any], index: int) -> Tree:
    found = members(group)
    if not 0 <= index < len(found):
        raise LookupError("there is nothing at this place")
    return found[index]
