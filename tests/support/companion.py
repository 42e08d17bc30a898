"""What ac365 has in Dynamics, made by somebody who customizes: tables, roles, the panel on both forms, and rows."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.dynamics_hand import Hand
from support.form_hand import frame, main_form, make_resource, place, tab, with_script, with_tab

from mapping import companion
from mapping import companion_definitions as definitions
from mapping.companion import Offer, State
from mapping.companion_tables import ACTIVITY, CHOICE, REQUEST, TABLES
from panel import assemble
from simulators.dynamics import seed
from simulators.dynamics.access import DEPTHS, grant
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import Dynamics

ENGLISH = 1033
NOOR, PIA = "noor.seller@contoso.example", "pia.seller@contoso.example"
PIA_ID = stable_id("user", "pia")
CONTROL = "WebResource_ac365_panel"
LOOKS = {"lead": "leads", "contact": "contacts"}
_events = itertools.count(1)


def install(admin: Hand) -> None:
    """Tables, roles, and the panel on a tab of both forms. Noor may ask, Pia has no role of ac365."""
    for table in TABLES:
        for path, body in definitions.whole(table, ENGLISH):
            reply = admin.send("POST", path, body)
            assert reply.status_code == 204, reply.text
    make_resource(admin, companion.PANEL, assemble.page())
    make_resource(admin, companion.FORM_SCRIPT, assemble.form_script(), kind=3)
    for table in LOOKS:
        cell = frame(CONTROL, f"$webresource:{companion.PANEL}")
        xml = with_tab(main_form(admin, table)["formxml"], tab("ActiveCampaign", cell))
        place(admin, table, with_script(xml, companion.FORM_SCRIPT, "ac365.onLoad"))
    crm = admin.state
    people(crm)
    reads = [(f"prvRead{table.schema}", "Global") for table in (ACTIVITY, CHOICE)]
    own = [(f"prv{right}{REQUEST.schema}", "Basic") for right in ("Create", "Read", "Append")]
    allow(crm, companion.USER_ROLE, *reads, *own)
    give(crm, seed.SELLER, companion.USER_ROLE)


def allow(crm: Dynamics, role: str, *privileges: tuple[str, str]) -> None:
    """A role with these privileges, by name and depth, made unless the environment has it."""
    if role not in seed.ROLES:
        crm.load("role", seed.role_rows(role))
    with crm.storage.write() as session:
        grant(session, stable_id("role", role), [(name, DEPTHS[depth]) for name, depth in privileges])
    crm.access.forget()


def give(crm: Dynamics, user: str, role: str) -> None:
    with crm.storage.write() as session:
        crm.link(session, "systemuserroles_association", user, stable_id("role", role))


def happened(crm: Dynamics, kind: int, at: datetime, source: str = "", **more: Any) -> None:
    """Something that a person did or received, as ac365 writes it; `lead` or `contact` says who, else it is Ada."""
    whom = {f"_ac365_{table}id_value": more.pop(table) for table in LOOKS if table in more}
    row = {f"ac365_{name}": value for name, value in more.items()}
    fixed = {"ac365_name": source or "Something", "ac365_kind": kind, "ac365_source": source or None}
    moment = {"ac365_occurredon": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "ac365_eventid": f"e{next(_events)}"}
    crm.load(ACTIVITY.logical, [{**fixed, **moment, **(whom or {"_ac365_contactid_value": ADA}), **row}])


def offer(crm: Dynamics, kind: Offer, key: str, name: str, **more: Any) -> None:
    row = {f"ac365_{column}": value for column, value in more.items()}
    fixed = {"ac365_name": name, "ac365_kind": kind, "ac365_key": key, "ac365_offered": 1}
    crm.load(CHOICE.logical, [{**fixed, **row}])


def asked(admin: Hand) -> list[dict[str, Any]]:
    """All requests, oldest first."""
    return admin.rows(f"{REQUEST.set}?$orderby=createdon")


def answer(admin: Hand, request: str, state: State, words: str = "") -> None:
    """ac365 answers a request."""
    told = {"ac365_state": state, "ac365_answer": words, "ac365_answeredon": admin.state.clock.stamp()}
    sent = admin.send("PATCH", f"{REQUEST.set}({request})", told)
    assert sent.status_code == 204, sent.text


def people(crm: Dynamics) -> None:
    """Noor and Pia, who may read leads and contacts and tie something to them; Ada and Ben."""
    crm.load("systemuser", [seed.person_row(PIA_ID, "Pia", "Seller", PIA, seed.ROOT_UNIT, False)])
    give(crm, PIA_ID, "Salesperson")
    rights = [(f"prv{right}{one}", "Global") for right in ("Read", "AppendTo") for one in ("Lead", "Contact")]
    allow(crm, "Salesperson", *rights)
    ada = {"contactid": ADA, "firstname": "Ada", "lastname": "Byron", "emailaddress1": ADA_AT, "jobtitle": "Analyst"}
    crm.load("contact", [{**ada, "fullname": "Ada Byron", "createdby": seed.SELLER}])
    ben = {"leadid": BEN, "firstname": "Ben", "lastname": "Okoro", "emailaddress1": BEN_AT, "donotbulkemail": 1}
    crm.load("lead", [{**ben, "fullname": "Ben Okoro", "subject": "Web enquiry"}])
