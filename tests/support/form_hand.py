"""Forms of the simulated Dynamics: web resources made and placed, by somebody who customizes."""

from __future__ import annotations

import base64
import re
import uuid

from support.dynamics_hand import Hand

CLASS = "{9FDF5F91-88B1-47f4-AD53-C11EFC01A01D}"


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def make_resource(hand: Hand, name: str, text: str, kind: int = 1) -> str:
    """A web resource, published as everything is that is new; answers with its id."""
    return hand.make("webresourceset", name=name, displayname=name, webresourcetype=kind, content=coded(text))


def main_form(hand: Hand, table: str) -> dict[str, str]:
    """Id and definition of the default main form, as the last who customized left it."""
    where = f"objecttypecode eq '{table}' and type eq 2 and isdefault eq true"
    latest = "systemforms/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
    return hand.rows(f"{latest}?$select=formid,formxml&$filter={where}")[0]


def tab(name: str, cells: str) -> str:
    """A tab with one section of these cells."""
    labels = f'<labels><label description="{name}" languagecode="1033"/></labels>'
    section = f'<section name="{name}_section" id="{own_id()}" columns="1">{labels}<rows>{cells}</rows></section>'
    sections = f'<columns><column width="100%"><sections>{section}</sections></column></columns>'
    return f'<tab name="{name}" id="{own_id()}">{labels}{sections}</tab>'


def frame(control: str, url: str, **parameters: str) -> str:
    """A cell with a web resource."""
    told = {"Url": url, "PassParameters": "true", "Security": "false", "Scrolling": "auto", "Border": "false"}
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in {**told, **parameters}.items())
    labels = f'<labels><label description="{control}" languagecode="1033"/></labels>'
    shown = f'<control id="{control}" classid="{CLASS}"><parameters>{inside}</parameters></control>'
    return f'<row><cell id="{own_id()}" showlabel="false" rowspan="12">{labels}{shown}</cell></row>'


def own_id() -> str:
    return f"{{{uuid.uuid4()}}}"


def with_tab(xml: str, made: str) -> str:
    return xml.replace("</tabs>", f"{made}</tabs>")


def with_script(xml: str, library: str, function: str) -> str:
    """A form whose opening runs a function, beside what it ran before."""
    handler = (
        f'<Handler functionName="{function}" libraryName="{library}" handlerUniqueId="{own_id()}" enabled="true" '
        'parameters="" passExecutionContext="true"/>'
    )
    named = f'<Library name="{library}" libraryUniqueId="{own_id()}"/>'
    if "<formLibraries>" in xml:
        return re.sub("</Handlers>", f"{handler}</Handlers>", xml).replace(
            "</formLibraries>", f"{named}</formLibraries>"
        )
    events = f'<events><event name="onload" application="false" active="false"><Handlers>{handler}</Handlers></event>'
    return xml.replace("<Navigation>", f"{events}</events><formLibraries>{named}</formLibraries><Navigation>")


def place(hand: Hand, table: str, xml: str, publish: bool = True) -> None:
    """Gives the default main form of a table this definition."""
    form = main_form(hand, table)["formid"]
    assert hand.send("PATCH", f"systemforms({form})", {"formxml": xml}).status_code == 204
    if publish:
        publish_tables(hand, table)


def publish_tables(hand: Hand, *tables: str) -> None:
    listed = "".join(f"<entity>{name}</entity>" for name in tables)
    wish = {"ParameterXml": f"<importexportxml><entities>{listed}</entities></importexportxml>"}
    answer = hand.send("POST", "PublishXml", wish)
    assert answer.status_code == 204, answer.text
