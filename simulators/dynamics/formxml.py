"""The definition of a form: tabs with fields and web resources, and the scripts that run when it opens.

Shapes: Microsoft Learn, "Form XML reference" (tab, section, cell, control, parameters) and "FormXml schema"
(formLibraries, events). A web resource stands in a control of one class, named by `Url` or `WebResourceId`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, fromstring

WEB_RESOURCE = "{9FDF5F91-88B1-47F4-AD53-C11EFC01A01D}"
DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Field:
    """A column on the form, by logical name."""

    column: str
    label: str


@dataclass(frozen=True)
class Frame:
    """A web resource on the form. `resource` is its name or, in braces, its id; `closed` restricts scripts across
    frames; `rows` is the height in rows of the form."""

    control: str
    resource: str
    label: str
    data: str = ""
    passes: bool = False
    closed: bool = False
    rows: int = 1


@dataclass(frozen=True)
class Handler:
    """A function of a library that runs when the form opens. `parameters` is the text of further arguments."""

    library: str
    function: str
    parameters: str
    context: bool


@dataclass
class Tab:
    """One tab with what it shows, in order."""

    name: str
    label: str
    items: list[Field | Frame] = field(default_factory=list)


@dataclass
class Form:
    """A form, understood."""

    tabs: list[Tab]
    header: list[Field]
    libraries: list[str]
    handlers: list[Handler]

    def columns(self) -> list[str]:
        """The columns on the form, each once."""
        shown = [*self.header, *(item for tab in self.tabs for item in tab.items)]
        return list(dict.fromkeys(item.column for item in shown if isinstance(item, Field)))


def parsed(xml: str) -> Element:
    """The root element. Raises ValueError for what is no XML, or has a document type."""
    if DOCTYPE.search(xml):
        raise ValueError("a document type is not allowed")
    try:
        root = fromstring(xml)  # noqa: S314  Entities were refused above.
    except ParseError as error:
        raise ValueError(str(error)) from None
    if root.tag != "form":
        raise ValueError(f"'{root.tag}' is not the root element of a form")
    return root


def read_form(xml: str) -> Form:
    """The form of this definition. Raises ValueError."""
    root = parsed(xml)
    tabs = [
        Tab(tab.get("name", ""), _label(tab), list(_items(tab))) for tab in root.iterfind("./tabs/tab") if _seen(tab)
    ]
    header = [item for item in _items(root.find("header")) if isinstance(item, Field)]
    libraries = [one.get("name", "") for one in root.iterfind("./formLibraries/Library")]
    return Form(tabs, header, libraries, list(_handlers(root)))


def _items(part: Element | None) -> Iterator[Field | Frame]:
    for cell in part.iter("cell") if part is not None else ():
        control = cell.find("control")
        if control is None or not _seen(cell):
            continue
        if is_frame(control):
            yield _frame(cell, control)
        elif control.get("datafieldname"):
            yield Field(control.get("datafieldname", "").lower(), _label(cell))


def is_frame(control: Element) -> bool:
    """Whether a control shows a web resource."""
    return control.get("classid", "").upper() == WEB_RESOURCE


def resource_of(control: Element) -> str:
    """The name of the control's web resource or, in braces, its id; "" when it names none."""
    named = control.findtext("./parameters/Url", "").strip().removeprefix("$webresource:")
    return named or control.findtext("./parameters/WebResourceId", "").strip()


def _frame(cell: Element, control: Element) -> Frame:
    def told(name: str) -> bool:
        return control.findtext(f"./parameters/{name}", "").strip().lower() == "true"

    data = control.findtext("./parameters/Data", "")
    rows = cell.get("rowspan", "1")
    return Frame(
        control.get("id", ""), resource_of(control), _label(cell), data, told("PassParameters"), told("Security"),
        int(rows) if rows.isdigit() else 1,
    )  # fmt: skip


def _handlers(root: Element) -> Iterator[Handler]:
    """The attribute `active` says nothing about handlers of customers: forms as delivered have false there."""
    for event in root.iterfind("./events/event"):
        for one in event.iterfind("./Handlers/Handler") if event.get("name", "").lower() == "onload" else ():
            if one.get("enabled", "true").lower() == "true":
                context = one.get("passExecutionContext", "false").lower() == "true"
                yield Handler(
                    one.get("libraryName", ""), one.get("functionName", ""), one.get("parameters", ""), context
                )


def _label(part: Element) -> str:
    found = part.find("./labels/label")
    return found.get("description", "") if found is not None else ""


def _seen(part: Element) -> bool:
    return part.get("visible", "true").lower() != "false"
