"""The written pages of the repository, taken apart: headings, tables, code, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@cache
def text(name: str) -> str:
    """A page by its path."""
    return (ROOT / name).read_text(encoding="utf-8")


def names() -> list[str]:
    """The paths of all pages."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "secrets").glob("*.md")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def prose(page: str) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page)


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code that are marked with this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    """What a link into this page may name, spelt as GitHub spells it."""
    titles = (SPAN.sub(r"\1", match[2]) for match in HEADING.finditer(prose(page)))
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def section(name: str, title: str) -> str:
    """What stands under a heading, up to the next one of its rank or a higher one. Raises LookupError without it."""
    page = prose(text(name))
    found = next((match for match in HEADING.finditer(page) if match[2] == title), None)
    if found is None:
        raise LookupError(f"{name} has no heading {title!r}")
    rest = page[found.end() :]
    end = next((match.start() for match in HEADING.finditer(rest) if len(match[1]) <= len(found[1])), len(rest))
    return rest[:end]


def rows(part: str) -> Iterator[list[str]]:
    """The cells of all tables in a part of a page, without their heads."""
    lines = part.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not line.startswith("| ---") and not following.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def named(part: str, column: int = 0) -> list[str]:
    """The code in one column of all tables in a part of a page."""
    return [span for row in rows(part) for span in SPAN.findall(row[column])]
