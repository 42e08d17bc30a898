"""The panel's place on a main form of Dynamics: a tab with the web resource, and the script that runs on load.

Everything that is there stays as it is, byte for byte, and only our own pieces are ever taken out. Shape of the
document: MicrosoftDocs/powerapps-docs, developer/model-driven-apps/form-xml-schema.md. The class of the control that
shows a page: as FormXml of public repositories has it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from mapping import companion
from mapping.xml_spans import Edit, Element, appended, edited, read, without

HANDLER: Final = "ac365.onLoad"
TAB: Final = "ac365_activecampaign"
SECTION: Final = "ac365_panel"
CONTROL: Final = "WebResource_ac365_panel"
LABEL: Final = "ActiveCampaign"
PAGE: Final = "{9FDF5F91-88B1-47f4-AD53-C11EFC01A01D}"
ROWS: Final = 20
MOST_TABS, MOST_LIBRARIES, MOST_HANDLERS = 100, 50, 50
ENGLISH: Final = "1033"
_IDS: Final = uuid.UUID("5d1f7b52-33d0-4c43-9a65-3d0f0f6f2b0a")


@dataclass(frozen=True, slots=True)
class Placement:
    """Which of the three pieces are on a form."""

    panel: bool
    library: bool
    handler: bool

    @property
    def complete(self) -> bool:
        """Whether the panel works there."""
        return self.panel and self.library and self.handler

    @property
    def any(self) -> bool:
        """Whether anything of ours is there."""
        return self.panel or self.library or self.handler


def placement(xml: str) -> Placement:
    """What is on the form. Raises ValueError for what is no form."""
    form = _form(xml)
    library = any(_libraries(form))
    return Placement(any(_controls(form)), library, any(_heard(one) for one in _handlers(form)))


def place(xml: str, form_id: str) -> str:
    """The form with whatever it lacks; complete already, it is the same text. Ids follow from the form's own, so that
    repeating it is the same again. Raises ValueError where there is no room or no form."""
    there, form = placement(xml), _form(xml)
    edits = [] if there.panel else [_tab(form, form_id)]
    edits += [] if there.library else [_library(form, form_id)]
    edits += [] if there.handler else [_handler(form, form_id)]
    made = edited(xml, edits)
    read(made)
    return made


def take_out(xml: str) -> str:
    """The form without our pieces; without any it is the same text. Our tab goes as a whole where it holds nothing but
    the panel, else the panel alone. Raises ValueError for what is no form."""
    form = _form(xml)
    ours = [_around(control) for control in _controls(form)]
    ours += [_emptied(one, "formLibraries") for one in _libraries(form)]
    ours += [_emptied(one, "events") for one in _handlers(form)]
    return edited(xml, [without(one) for one in dict.fromkeys(ours)])


def _form(xml: str) -> Element:
    form = read(xml)
    if form.name != "form" or not any(form.below("tabs")):
        raise ValueError("it is no form with tabs")
    return form


def _controls(form: Element) -> Iterator[Element]:
    for control in form.all("control"):
        shown = next(control.below("parameters", "Url"), None)
        if shown is not None and shown.text.strip().removeprefix("$webresource:") == companion.PANEL:
            yield control


def _libraries(form: Element) -> Iterator[Element]:
    for one in form.below("formLibraries", "Library"):
        if one.attributes.get("name") == companion.FORM_SCRIPT:
            yield one


def _handlers(form: Element) -> Iterator[Element]:
    for one in form.below("events", "event", "Handlers", "Handler"):
        if one.attributes.get("libraryName") == companion.FORM_SCRIPT:
            yield one


def _heard(handler: Element) -> bool:
    """Whether it is called on load. One that an administrator has switched off stays so: it is there."""
    event = handler.above("event")
    named = handler.attributes.get("functionName") == HANDLER
    return named and event is not None and event.attributes.get("name") == "onload"


def _tab(form: Element, form_id: str) -> Edit:
    tabs = next(form.below("tabs"))
    if len(tabs.children) >= MOST_TABS:
        raise ValueError(f"it has {MOST_TABS} tabs, and no form may have more")
    return appended(tabs, _tab_xml(form_id, _language(form)))


def _library(form: Element, form_id: str) -> Edit:
    one = f'<Library name="{companion.FORM_SCRIPT}" libraryUniqueId="{_id(form_id, "library")}"/>'
    there = next(form.below("formLibraries"), None)
    if there is None:
        return appended(form, f"<formLibraries>{one}</formLibraries>")
    if len(there.children) >= MOST_LIBRARIES:
        raise ValueError(f"it has {MOST_LIBRARIES} libraries, and no form may have more")
    return appended(there, one)


def _handler(form: Element, form_id: str) -> Edit:
    one = (
        f'<Handler functionName="{HANDLER}" libraryName="{companion.FORM_SCRIPT}" '
        f'handlerUniqueId="{_id(form_id, "handler")}" enabled="true" parameters="" passExecutionContext="true"/>'
    )
    handlers = f"<Handlers>{one}</Handlers>"
    on_load = f'<event name="onload" application="false" active="false">{handlers}</event>'
    events = next(form.below("events"), None)
    if events is None:
        return appended(form, f"<events>{on_load}</events>")
    event = next((e for e in events.below("event") if e.attributes.get("name") == "onload"), None)
    if event is None:
        return appended(events, on_load)
    there = next(event.below("Handlers"), None)
    if there is None:
        return appended(event, handlers)
    if len(there.children) >= MOST_HANDLERS:
        raise ValueError(f"it calls {MOST_HANDLERS} functions on load, and no form may call more")
    return appended(there, one)


def _tab_xml(form_id: str, language: str) -> str:
    label = f'<labels><label description={quoteattr(LABEL)} languagecode="{language}"/></labels>'
    parameters = (
        f"<parameters><Url>{companion.PANEL}</Url><PassParameters>true</PassParameters><Security>false</Security>"
        "<Scrolling>auto</Scrolling><Border>false</Border><ShowOnMobileClient>true</ShowOnMobileClient></parameters>"
    )
    control = f'<control id="{CONTROL}" classid="{PAGE}">{parameters}</control>'
    size = f'showlabel="false" rowspan="{ROWS}" colspan="1" auto="false"'
    cell = f'<cell id="{_id(form_id, "cell")}" {size}>{label}{control}</cell>'
    section = (
        f'<section name="{SECTION}" id="{_id(form_id, "section")}" IsUserDefined="1" showlabel="false" showbar="false" '
        f'columns="1" locklevel="0">{label}<rows><row>{cell}</row>{"<row/>" * (ROWS - 1)}</rows></section>'
    )
    return (
        f'<tab name="{TAB}" id="{_id(form_id, "tab")}" IsUserDefined="1" locklevel="0" showlabel="true" '
        f'expanded="true" verticallayout="true">{label}<columns><column width="100%"><sections>{section}</sections>'
        "</column></columns></tab>"
    )


def _id(form_id: str, what: str) -> str:
    """No element of a form may share its id with another one, so that no id is the same on two forms either."""
    return f"{{{uuid.uuid5(_IDS, f'{form_id.lower()}/{what}')}}}"


def _language(form: Element) -> str:
    """That of the form's own labels."""
    codes = (label.attributes.get("languagecode", "") for label in form.all("label"))
    return next((code for code in codes if code.isdigit()), ENGLISH)


def _around(control: Element) -> Element:
    """The largest piece that holds nothing but the panel and is ours: the tab, the section, or the cell."""
    for name, own in (("tab", TAB), ("section", SECTION)):
        around = control.above(name)
        if around is not None and around.attributes.get("name") == own and len(list(around.all("control"))) == 1:
            return around
    return control.above("cell") or control


def _emptied(piece: Element, outermost: str) -> Element:
    """The piece, with whatever around it would be left empty, which is not allowed everywhere."""
    around = piece.parent
    while around is not None and len(around.children) == 1:
        piece, around = around, around.parent
        if piece.name == outermost:
            break
    return piece
