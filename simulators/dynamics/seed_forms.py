"""The main forms that an environment is delivered with: a header, tabs, sections, and what customers added to them.

Shapes: Microsoft Learn, "Form XML reference"; ids of control classes as public solutions show them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from simulators.dynamics.schema.catalog import stable_id

TEXT, LOOKUP = "{4273EDBD-AC1D-40D3-9FB2-095C621B552D}", "{270BD3DB-D9AF-4782-9025-509E298DEC0A}"
CHOICE, FLAG = "{3EF39988-22BB-4F0B-BBBE-64B5A3748AEE}", "{67FAC785-CD58-4F9F-ABB3-4B7DDC6ED5ED}"
LIBRARY = "contoso_/lead.js"
SCRIPT = "var Contoso = { leadOpened: function (executionContext) { executionContext.getFormContext(); } };"
OWNER = ("ownerid", "Owner", LOOKUP)
NAME = (("firstname", "First Name", TEXT), ("lastname", "Last Name", TEXT), ("jobtitle", "Job Title", TEXT))
REACHED = (("emailaddress1", "Email", TEXT), ("telephone1", "Business Phone", TEXT), ("mobilephone", "Mobile", TEXT))
ADDRESS = (("address1_line1", "Street 1", TEXT), ("address1_city", "City", TEXT), ("address1_country", "Country", TEXT))
CONSENT = (("donotemail", "Do not allow Emails", FLAG), ("donotbulkemail", "Do not allow Bulk Emails", FLAG))
COMPANY = ("parentcustomerid", "Account Name", LOOKUP)

FORMS: tuple[tuple[str, str, bool, tuple[Any, ...]], ...] = (
    ("lead", "Lead", True, (
        ("Summary", "Summary", (("CONTACT", "Contact", (*NAME, *REACHED)), ("COMPANY", "Company",
                                (("companyname", "Company", TEXT), ("websiteurl", "Website", TEXT))))),
        ("Details", "Details", (("DETAILS", "Details", (("leadsourcecode", "Source", CHOICE), *ADDRESS)),
                                ("CONTACT_METHODS", "Contact methods", CONSENT))),
    )),
    ("contact", "Contact", True, (
        ("SUMMARY_TAB", "Summary", (("CONTACT_INFORMATION", "Contact information", (*NAME, COMPANY, *REACHED)),)),
        ("DETAILS_TAB", "Details", (("PERSONAL", "Personal information", ADDRESS), ("CONSENT", "Contact", CONSENT))),
    )),
    ("contact", "Sales Insights", False, (
        ("SUMMARY_TAB", "Summary", (("CONTACT_INFORMATION", "Contact information", (*NAME, *REACHED)),)),
        ("DETAILS_TAB", "Details", (("ADDRESS", "Address", ADDRESS),)),
    )),
    ("account", "Account", True, (
        ("SUMMARY_TAB", "Summary", (("ACCOUNT", "Account", (("name", "Account Name", TEXT),)),)),
    )),
    ("opportunity", "Opportunity", True, (
        ("Summary", "Summary", (("opportunity_information", "Opportunity", (("name", "Topic", TEXT),)),)),
    )),
)  # fmt: skip


def form_rows() -> Iterator[dict[str, Any]]:
    """One row per main form. The lead's runs a script of the customer's."""
    for table, name, default, tabs in FORMS:
        made = _Form(table, name)
        yield {"formid": stable_id("form", table, name), "name": name, "objecttypecode": table, "type": 2,
               "formxml": made.xml(tabs, scripted=table == "lead"), "isdefault": int(default)}  # fmt: skip


def resource_rows() -> Iterator[dict[str, Any]]:
    """The customer's own web resource."""
    yield {"webresourceid": stable_id("webresource", LIBRARY), "name": LIBRARY, "displayname": "Lead form",
           "webresourcetype": 3, "content": base64.b64encode(SCRIPT.encode()).decode()}  # fmt: skip


class _Form:
    """Writes one form."""

    def __init__(self, table: str, name: str) -> None:
        self._names = ("form", table, name)

    def xml(self, tabs: Iterable[Any], scripted: bool) -> str:
        listed = "".join(self._tab(*tab) for tab in tabs)
        header = self._rows("header", [OWNER])
        handler = (
            f'<Handlers><Handler functionName="Contoso.leadOpened" libraryName="{LIBRARY}" handlerUniqueId='
            f'"{self._id("handler")}" enabled="true" parameters="" passExecutionContext="true"/></Handlers>'
        )
        events = f'<events><event name="onload" application="false" active="false">{handler}</event></events>'
        library = f'<Library name="{LIBRARY}" libraryUniqueId="{self._id("library")}"/>'
        scripts = f"{events}<formLibraries>{library}</formLibraries>" if scripted else ""
        return (
            f'<form headerdensity="HighWithControls" showImage="true"><tabs>{listed}</tabs>'
            f'<header id="{self._id("header")}" celllabelposition="Top" columns="111" labelwidth="115" '
            f'celllabelalignment="Left">{header}</header><footer id="{self._id("footer")}" celllabelposition="Top" '
            f'columns="111" labelwidth="115" celllabelalignment="Left"><rows><row/></rows></footer>{scripts}'
            "<Navigation><NavBar/></Navigation>"
            '<DisplayConditions Order="1" FallbackForm="true"><Everyone/></DisplayConditions></form>'
        )

    def _tab(self, name: str, label: str, sections: Iterable[Any]) -> str:
        listed = "".join(self._section(name, *section) for section in sections)
        return (
            f'<tab verticallayout="true" id="{self._id(name)}" IsUserDefined="1" name="{name}" expanded="true" '
            f'showlabel="true" labelid="{self._id(name, "label")}">{_labels(label)}<columns><column width="100%">'
            f"<sections>{listed}</sections></column></columns></tab>"
        )

    def _section(self, tab: str, name: str, label: str, fields: Iterable[Any]) -> str:
        return (
            f'<section showlabel="true" showbar="false" name="{name}" id="{self._id(tab, name)}" IsUserDefined="0" '
            f'columns="1" labelwidth="115" celllabelalignment="Left" celllabelposition="Left" '
            f'labelid="{self._id(tab, name, "label")}">{_labels(label)}{self._rows(f"{tab}/{name}", fields)}</section>'
        )

    def _rows(self, part: str, fields: Iterable[Any]) -> str:
        return f"<rows>{''.join(self._row(part, *one) for one in fields)}</rows>"

    def _row(self, part: str, column: str, label: str, kind: str) -> str:
        name = f"header_{column}" if part == "header" else column
        return (
            f'<row><cell id="{self._id(part, column)}" showlabel="true" locklevel="0">{_labels(label)}'
            f'<control id="{name}" classid="{kind}" datafieldname="{column}" disabled="false"/></cell></row>'
        )

    def _id(self, *names: str) -> str:
        return f"{{{stable_id(*self._names, *names)}}}"


def _labels(label: str) -> str:
    return f'<labels><label description={quoteattr(label)} languagecode="1033"/></labels>'
