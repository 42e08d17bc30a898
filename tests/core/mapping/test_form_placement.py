"""The panel's place on a form: put in once, taken out without a trace, and nothing else is touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping import companion
from mapping.form_placement import CONTROL, HANDLER, TAB, place, placement, take_out
from mapping.xml_spans import read

FORM = "8448b78f-8f42-454e-8e2a-f8196b0419af"
GENERAL = (
    '<tab name="SUMMARY" id="{1FBDD9C5-6B11-4B7D-9C1A-0B9C4B9B4B61}"><labels><label description="Übersicht &amp; mehr" '
    'languagecode="1031" /></labels>\n  <columns><column width="100%"><sections/></column></columns></tab>'
)
OTHERS = {
    "nothing": "",
    "comment": "<!-- a remark --><Navigation/>",
    "prefix": '<a:x xmlns:a="urn:a" a:b="1 &gt; 0"/><![CDATA[ <tabs> ]]>',
    "libraries": '<formLibraries><Library name="new_/x.js" libraryUniqueId="{a}" /></formLibraries>',
    "on load": (
        '<events><event name="onload" application="true"><InternalHandlers><Handler functionName="f" libraryName="l" '
        'handlerUniqueId="h"/></InternalHandlers></event></events>'
    ),
    "another event": '<events><event name="onsave"><Handlers><Handler libraryName="l"/></Handlers></event></events>',
    "handlers": '<events><event name="onload"><Handlers><Handler libraryName="l"/></Handlers></event></events>',
}


def form(others: str = "", tabs: str = GENERAL) -> str:
    return f'<form showImage="true" note="a &gt; b">\r\n<tabs>{tabs}</tabs>{others}</form>'


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS.keys())
def test_what_is_put_in_is_taken_out_without_a_trace(others: str) -> None:
    before = form(others)
    made = place(before, FORM)
    assert not placement(before).any
    assert placement(made).complete
    assert take_out(made) == before


@given(st.lists(st.sampled_from(list(OTHERS.values())), max_size=3, unique=True), st.integers(1, 5))
def test_everything_else_stays_byte_for_byte(others: list[str], tabs: int) -> None:
    before = form("".join(one for one in others if "events" not in one), GENERAL * tabs)
    made = place(before, FORM)
    assert take_out(made) == before
    assert made.count("<tab ") == tabs + 1


def test_putting_it_in_twice_is_putting_it_in_once() -> None:
    made = place(form(), FORM)
    assert place(made, FORM) == made
    assert place(form(), FORM) == made


def test_no_id_occurs_twice() -> None:
    both = place(form(), FORM) + place(form(), FORM[::-1])
    ids = re.findall(r'(?:[iI]d)="(\{[0-9a-f-]{36}\})"', both)
    assert len(ids) == len(set(ids)) == 10


def test_the_tab_speaks_the_language_of_the_form() -> None:
    tabs = list(read(place(form(), FORM)).below("tabs", "tab"))
    label = next(tabs[-1].below("labels", "label"))
    assert (tabs[-1].attributes["name"], label.attributes["languagecode"]) == (TAB, "1031")


def test_only_what_is_missing_is_added() -> None:
    by_hand = form(tabs=GENERAL + panel("new_tab", "new_section"))
    made = place(by_hand, FORM)
    assert (made.count(companion.PANEL), made.count(HANDLER)) == (1, 1)
    assert placement(made).complete


def panel(tab: str, section: str, beside: str = "") -> str:
    shown = f"<control id='x'><parameters><Url>$webresource:{companion.PANEL}</Url></parameters></control>"
    cells = f"<cell id='c'>{shown}</cell>{beside}"
    sections = f"<sections><section name='{section}'><rows><row>{cells}</row></rows></section></sections>"
    return f"<tab name='{tab}'><columns><column width='100%'>{sections}</column></columns></tab>"


def test_an_own_tab_of_somebody_loses_the_panel_and_nothing_else() -> None:
    beside = "<cell id='d'><control id='phone'/></cell>"
    left = take_out(form(tabs=GENERAL + panel("new_tab", "new_section", beside)))
    assert companion.PANEL not in left
    assert "new_section" in left
    assert beside in left


def test_our_tab_stays_where_somebody_put_more_into_it() -> None:
    more = (
        "</section><section name='theirs'><rows><row><cell id='d'><control id='phone'/></cell></row></rows></section>"
    )
    made = place(form(), FORM)
    widened = made.replace("</section>", more, 1)
    left = take_out(widened)
    assert (CONTROL in left, "theirs" in left, TAB in left) == (False, True, True)


def test_a_handler_that_somebody_switched_off_stays_so() -> None:
    off = place(form(), FORM).replace('enabled="true"', 'enabled="false"')
    assert place(off, FORM) == off


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        ("<form><tabs>", "no XML"),
        ("<form/>", "no form with tabs"),
        ("<dashboard><tabs/></dashboard>", "no form"),
        ('<!DOCTYPE form [<!ENTITY a "b">]><form><tabs><tab/></tabs></form>', "document type"),
        (form(tabs=GENERAL * 100), "100 tabs"),
        (form("<formLibraries>" + '<Library name="a"/>' * 50 + "</formLibraries>"), "50 libraries"),
    ],
)
def test_where_there_is_no_room_or_no_form_it_is_said(xml: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        place(xml, FORM)
