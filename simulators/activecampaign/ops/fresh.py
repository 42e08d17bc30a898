"""What a fresh account holds: one administrator, two lists, the usual fields, two automations, two campaigns."""

from __future__ import annotations

from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import builder, definitions

TEXT_FIELDS = {
    "JOB_TITLE": "Job Title", "MOBILE_PHONE": "Mobile Phone", "ADDRESS": "Address", "CITY": "City", "STATE": "State",
    "POSTAL_CODE": "Postal Code", "COUNTRY": "Country", "WEBSITE": "Website", "COMPANY": "Company",
}  # fmt: skip
LEAD_SOURCES = (
    "Advertisement", "Employee Referral", "External Referral", "Partner", "Public Relations", "Seminar", "Trade Show",
    "Web", "Word of Mouth", "Other",
)  # fmt: skip
INTERESTS = ("News", "Offers", "Events")
ACCOUNT_FIELDS = {
    "Description": "textarea", "Address 1": "text", "Address 2": "text", "City": "text", "State/Province": "text",
    "Postal Code": "text", "Country": "text", "Phone Number": "text", "Industry/Vertical": "text",
    "Number of Employees": "number", "Annual Revenue": "currency",
}  # fmt: skip


def furnish(world: World, key: str) -> None:
    """Fills an empty account. `key` is the API key of its administrator."""
    world.users.add(username="admin", firstName="Ada", lastName="Admin", email="admin@activecampaign.example", key=key,
                    admin=True, denied=[])  # fmt: skip
    _lists(world)
    _contact_fields(world)
    for label, kind in ACCOUNT_FIELDS.items():
        currency = {"fieldDefaultCurrency": "USD"} if kind == "currency" else {}
        definitions.add_account_field(world, {"fieldLabel": label, "fieldType": kind, **currency})
    _automations(world)
    for name, lists in (("September news", [2]), ("Invitation to the fair", [1, 2])):
        _campaign(world, name, lists)


def _lists(world: World) -> None:
    now = world.now()
    for name in ("D365 Marketing", "Newsletter"):
        world.lists.add(name=name, stringid=name.lower().replace(" ", "-"), sender_url="https://contoso.example",
                        sender_reminder="You asked for it.", channel="email", cdate=now, udate=now,
                        send_last_broadcast=0)  # fmt: skip


def _contact_fields(world: World) -> None:
    kinds = {
        **dict.fromkeys(TEXT_FIELDS, "text"),
        "LEAD_SOURCE": "dropdown",
        "INTERESTS": "listbox",
        "BIRTHDAY": "date",
    }
    for perstag, kind in kinds.items():
        title = TEXT_FIELDS.get(perstag) or perstag.replace("_", " ").title()
        field = definitions.add_field(world, title, kind, perstag=perstag)
        world.field_rels.add(field=field["id"], relid=0, cdate=world.now())
        options = {"LEAD_SOURCE": LEAD_SOURCES, "INTERESTS": INTERESTS}.get(perstag, ())
        for place, value in enumerate(options, 1):
            definitions.add_option(world, {"field": field["id"], "value": value, "orderid": place})


def _automations(world: World) -> None:
    for name, multientry, starts_on_list in (("Nurture", 1, None), ("Welcome", 0, 2)):
        builder.build(world, {"name": name, "multientry": multientry, "starts_on_list": starts_on_list})


def _campaign(world: World, name: str, lists: list[int]) -> Row:
    now = world.now()
    message = world.messages.add(name="", subject=name, fromname="Contoso", fromemail="news@contoso.example",
                                 reply2="news@contoso.example", preheader_text="", html=f"<p>{name}</p>", text=name,
                                 cdate=now)  # fmt: skip
    counters = dict.fromkeys(("send_amt", "opens", "linkclicks", "forwards", "hardbounces", "softbounces",
                              "unsubscribes", "replies"), 0)  # fmt: skip
    campaign = world.campaigns.add(name=name, type="single", status=5, lists=lists, message=message["id"], cdate=now,
                                   **counters)  # fmt: skip
    for link, title in (("open", "Read Tracker"), ("https://contoso.example/offer", "Offer")):
        world.campaign_links.add(campaign=campaign["id"], message=message["id"], link=link, name=title)
    return campaign
