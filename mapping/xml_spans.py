"""XML read together with the place of every element in the text, so that a part can be put in or taken out and every
other byte stays as it was. A document that is written anew loses prefixes, blanks and more on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

_OPENING = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")


@dataclass(eq=False)
class Element:
    """An element. Its text goes from byte `start` to `end`, what is inside from `inner` to `outer`; both are -1 where
    it is written as an empty element."""

    name: str
    attributes: dict[str, str]
    parent: Element | None
    start: int
    inner: int = -1
    outer: int = -1
    end: int = -1
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def below(self, *path: str) -> Iterator[Element]:
        """The elements under this path of names."""
        first, *rest = path
        for child in self.children:
            if child.name == first:
                yield from child.below(*rest) if rest else (child,)

    def all(self, name: str) -> Iterator[Element]:
        """Every element of this name, however deep."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def above(self, name: str) -> Element | None:
        """The nearest element around it that is called so."""
        here = self.parent
        while here is not None and here.name != name:
            here = here.parent
        return here


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `end` become `text`."""

    start: int
    end: int
    text: str = ""


def read(text: str) -> Element:
    """The outermost element. Raises ValueError for what is no XML, and for a document type, which has no business
    here and may grow without bounds."""
    source = text.encode()
    reader = _Reader(source)
    try:
        reader.parser.Parse(source, True)
    except expat.ExpatError as error:
        raise ValueError(f"it is no XML: {error}") from None
    return reader.root


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with these edits, which do not overlap; of several at one place the first comes first."""
    source = text.encode()
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda one: one.start):
        pieces += [source[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*pieces, source[at:]]).decode()


def appended(element: Element, text: str) -> Edit:
    """Puts `text` behind everything that is inside."""
    if element.inner >= 0:
        return Edit(element.outer, element.outer, text)
    # `<tabs/>` has no inside yet.
    return Edit(element.end - 2, element.end, f">{text}</{element.name}>")


def without(element: Element) -> Edit:
    """Takes the element out."""
    return Edit(element.start, element.end)


class _Reader:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._open: list[Element] = []
        self.root: Element
        self.parser = expat.ParserCreate("utf-8")
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _start(self, name: str, attributes: Sequence[str]) -> None:
        parent = self._open[-1] if self._open else None
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        made = Element(name, pairs, parent, self.parser.CurrentByteIndex)
        if parent is None:
            self.root = made
        else:
            parent.children.append(made)
        self._open.append(made)

    def _end(self, _: str) -> None:
        done = self._open.pop()
        opening = _OPENING.match(self._source, done.start)
        assert opening is not None  # noqa: S101  The parser has just found it there.
        if opening[0].endswith(b"/>"):
            done.end = opening.end()
            return
        done.inner, done.outer = opening.end(), self.parser.CurrentByteIndex
        done.end = self._source.index(b">", done.outer) + 1

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text

    def _refuse(self, *_: object) -> None:
        raise ValueError("it has a document type")
