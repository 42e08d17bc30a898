"""Every kind of column takes from ActiveCampaign what belongs there, in any time zone."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from support.cast import ADA, ADA_AT
from support.story import Story

from config import document as documents
from engine import configure
from simulators.activecampaign.ops import definitions
from sync.model import Entity

ZONES = ("UTC", "Europe/Berlin", "Pacific/Tongatapu", "Pacific/Pago_Pago")
CRM = "Microsoft.Dynamics.CRM."
MIDNIGHT = {
    "UTC": "2026-07-14T00:00:00Z",
    "Europe/Berlin": "2026-07-13T22:00:00Z",
    "Pacific/Tongatapu": "2026-07-13T11:00:00Z",
    "Pacific/Pago_Pago": "2026-07-14T11:00:00Z",
}


def label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def options(*texts: str) -> dict[str, Any]:
    return {"OptionSet": {"Options": [{"Value": 100 + n, "Label": label(text)} for n, text in enumerate(texts)]}}


# column, how it is made, type of the field, options of the field, what ActiveCampaign holds, what Dynamics gets
KINDS: list[tuple[str, dict[str, Any], str, tuple[str, ...], str, Any]] = [
    ("String", {"MaxLength": 50}, "text", (), "Grüße & <b>", "Grüße & <b>"),
    ("Memo", {"MaxLength": 500}, "textarea", (), "one\ntwo", "one\ntwo"),
    ("Integer", {"MinValue": -5, "MaxValue": 9999}, "text", (), " 4711 ", 4711),
    ("Decimal", {"MinValue": 0, "MaxValue": 10000, "Precision": 3}, "text", (), "12.34567", 12.346),
    ("Double", {"MinValue": 0, "MaxValue": 10000, "Precision": 5}, "text", (), "1.5", 1.5),
    ("Money", {"Precision": 2}, "text", (), "1234.5", 1234.5),
    ("Boolean", {}, "dropdown", ("Yes", "No"), "Yes", True),
    ("Picklist", options("Gold", "Silver"), "dropdown", ("Gold", "Silver"), "Silver", 101),
    (
        "MultiSelectPicklist",
        options("Tea", "Chess", "Golf"),
        "listbox",
        ("Tea", "Chess", "Golf"),
        "||Golf||Tea||",
        "100,102",
    ),
    (
        "DateTime",
        {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}},
        "date",
        (),
        "2026-07-14",
        "2026-07-14",
    ),
    (
        "DateTime",
        {"Format": "DateOnly", "DateTimeBehavior": {"Value": "UserLocal"}},
        "date",
        (),
        "2026-07-14",
        MIDNIGHT,
    ),
    (
        "DateTime",
        {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}},
        "datetime",
        (),
        "2026-07-14T08:30:00-05:00",
        "2026-07-14T13:30:00Z",
    ),
    (
        "DateTime",
        {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "TimeZoneIndependent"}},
        "datetime",
        (),
        "2026-07-14T08:30:00+00:00",
        "2026-07-14T08:30:00Z",
    ),
]


def column(number: int) -> str:
    return f"ac_kind{number}"


@pytest.fixture(params=ZONES)
def kinds(request: pytest.FixtureRequest, story: Story) -> Story:
    """Ada on both sides, with a mapped column and field of every kind, all of them empty."""
    for number, (kind, made, field, choices, _, _) in enumerate(KINDS):
        body = {"@odata.type": f"{CRM}{kind}AttributeMetadata", "DisplayName": label(column(number)), **made}
        story._act("EntityDefinitions(LogicalName='contact')/Attributes", **body, SchemaName=f"ac_Kind{number}")
        row = definitions.add_field(story.ac, f"Kind {number}", field, perstag=f"KIND{number}")
        for order, text in enumerate(choices):
            definitions.add_option(story.ac, {"field": row["id"], "value": text, "orderid": order})
    story.refresh()
    mine = [{"dynamics": column(n), "activecampaign": f"KIND{n}"} for n in range(len(KINDS))]
    story.configure(contact={"direction": "both", "fields": mine})
    with story.transaction() as tx:
        version, document = configure.current(tx, story.pump.connection_id)
        wanted = documents.load({**document, "zone": request.param})
        configure.replace(tx, story.pump.connection_id, version, wanted, "test", story.pump.services.now())
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT)
    return story


def test_values_of_every_kind_arrive(kinds: Story) -> None:
    kinds.edit_there(ADA_AT, fields={f"KIND{n}": kind[4] for n, kind in enumerate(KINDS)})
    kinds.sync(Entity.CONTACT)
    zone = kinds.context.document["zone"]
    found = _read(kinds)
    for number, kind in enumerate(KINDS):
        wanted = kind[5][zone] if isinstance(kind[5], dict) else kind[5]
        assert found[column(number)] == wanted, (kind[0], kind[1])
    kinds.verify()
    before = kinds.row("contact", ADA)["versionnumber"]
    kinds.sync(Entity.CONTACT)
    assert kinds.row("contact", ADA)["versionnumber"] == before


def test_values_that_fit_nowhere_are_left_out_one_by_one(kinds: Story) -> None:
    wrong = {"KIND0": "x" * 51, "KIND2": "1,234", "KIND3": "much", "KIND7": "Bronze", "KIND9": "1492-10-12"}
    kinds.edit_there(ADA_AT, fields={**wrong, "KIND6": "No"}, set={"phone": "+44 5"})
    kinds.sync(Entity.CONTACT)
    found = _read(kinds)
    assert [found[column(n)] for n in (0, 2, 3, 7, 9)] == [None] * 5
    assert (found[column(6)], found["telephone1"]) == (False, "+44 5")
    assert any("KIND2 was left out" in reason for reason in kinds.reasons(Entity.CONTACT, ADA))


def _read(story: Story) -> dict[str, Any]:
    """Ada as the Web API shows her."""
    headers = story.administrator()
    found: dict[str, Any] = requests.get(f"{story.crm.url}/api/data/v9.2/contacts({ADA})", headers=headers).json()
    return found
