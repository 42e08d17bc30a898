"""Qualifying leads, winning and losing opportunities.

Parameters and effects: Microsoft Learn, "QualifyLead Action", "WinOpportunity Action", "LoseOpportunity Action".
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import privilege_of, require_row
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, invalid, not_found
from simulators.dynamics.odata.address import guid
from simulators.dynamics.reading.keys import locate
from simulators.dynamics.store.rows import Row
from simulators.dynamics.store.storage import Session
from simulators.dynamics.writing.payload import ADDRESS
from simulators.dynamics.writing.records import Writer

SHARED = (
    "telephone1", "fax", "websiteurl", "emailaddress1", "donotemail", "donotbulkemail", "donotphone", "donotfax",
    "donotpostalmail", "donotsendmm", "address1_line1", "address1_line2", "address1_line3", "address1_city",
    "address1_stateorprovince", "address1_postalcode", "address1_country", "description",
)  # fmt: skip
TO_CONTACT = {
    "firstname": "firstname", "lastname": "lastname", "middlename": "middlename", "jobtitle": "jobtitle",
    "salutation": "salutation", "mobilephone": "mobilephone", "emailaddress2": "emailaddress2",
    **{name: name for name in SHARED},
}  # fmt: skip
TO_ACCOUNT = {"companyname": "name", "numberofemployees": "numberofemployees", "revenue": "revenue", "sic": "sic",
              "industrycode": "industrycode", **{name: name for name in SHARED}}  # fmt: skip
TO_OPPORTUNITY = {"subject": "name", "description": "description", "estimatedamount": "estimatedvalue", "need": "need",
                  "estimatedclosedate": "estimatedclosedate", "budgetamount": "budgetamount"}  # fmt: skip
CLOSED = {"WinOpportunity": 1, "LoseOpportunity": 2}


def qualify(call: Call) -> Reply:
    """QualifyLead, bound to a lead: makes what was asked for and closes the lead."""
    given = call.body("leads")
    tables = call.state.catalog.tables
    with call.writing() as session:
        writer = Writer(call.state, session, call.caller, acting=True)
        lead = writer.row(tables["lead"], locate(session, call.state, tables["lead"], call.path[0].key or ""))
        if lead["statecode"] != 0:
            raise ApiError(400, "0x80040233", "The lead is already closed.")
        require_row(session, call.caller, "Write", tables["lead"], lead["leadid"])
        made = _make(call, writer, lead, given)
        pointers = {pointer: made[kind] for kind, pointer in POINTERS.items() if kind in made}
        writer.put(tables["lead"], lead, {"statecode": 1, "statuscode": given.get("Status", 3), **pointers})
    rows = [{"@odata.type": f"#Microsoft.Dynamics.CRM.{kind}", tables[kind].key: key} for kind, key in made.items()]
    return answer(call, {"@odata.context": f"{call.root}$metadata#crmbaseentity", "value": rows}, cost_s=0.4)


POINTERS = {"account": "parentaccountid", "contact": "parentcontactid", "opportunity": "qualifyingopportunityid"}


def _make(call: Call, writer: Writer, lead: Row, given: dict[str, Any]) -> dict[str, str]:
    """Account, contact and opportunity, as asked for, by logical name."""
    made: dict[str, str] = {}
    origin = {"originatingleadid@odata.bind": f"/leads({lead['leadid']})"}
    if given.get("CreateAccount") and lead.get("companyname"):
        if not call.caller.depth(privilege_of("Create", call.state.catalog.tables["account"])):
            raise ApiError(403, "0x80081018", "You don't have the required permissions to create an account.")
        made["account"] = _copy(call, writer, "account", TO_ACCOUNT, lead, origin)
    account = made.get("account") or lead.get("parentaccountid")
    if given.get("CreateContact") and (lead.get("lastname") or lead.get("firstname")):
        parent = {"parentcustomerid_account@odata.bind": f"/accounts({account})"} if account else {}
        made["contact"] = _copy(call, writer, "contact", TO_CONTACT, lead, {**origin, **parent})
    contact = made.get("contact") or lead.get("parentcontactid")
    if given.get("CreateOpportunity"):
        made["opportunity"] = _opportunity(call, writer, lead, given, account, contact, origin)
    return made


def _opportunity(
    call: Call, writer: Writer, lead: Row, given: dict[str, Any], account: str | None, contact: str | None, origin: Row
) -> str:
    binds = {**origin}
    if account:
        binds["parentaccountid@odata.bind"] = f"/accounts({account})"
    if contact:
        binds["parentcontactid@odata.bind"] = f"/contacts({contact})"
    currency = (given.get("OpportunityCurrencyId") or {}).get("transactioncurrencyid")
    if currency:
        binds["transactioncurrencyid@odata.bind"] = f"/transactioncurrencies({currency})"
    return _copy(call, writer, "opportunity", TO_OPPORTUNITY, lead, binds)


def _copy(call: Call, writer: Writer, kind: str, names: dict[str, str], lead: Row, more: Row) -> str:
    table = call.state.catalog.tables[kind]
    body: dict[str, Any] = dict(more)
    for source, name in names.items():
        value = lead.get(source)
        if value is not None:
            body[name] = bool(value) if table.columns[name].kind == "Boolean" else value
    return writer.create(table, body)


def close(call: Call, message: str) -> Reply:
    """WinOpportunity and LoseOpportunity: an activity that closes, and the opportunity's new state."""
    given = call.body("opportunities")
    activity = given.get("OpportunityClose")
    if not isinstance(activity, dict):
        raise invalid("The parameter 'OpportunityClose' is missing.")
    with call.writing() as session:
        _close(call, session, CLOSED[message], given.get("Status", -1), activity)
    return Reply(204, cost_s=0.2)


def _close(call: Call, session: Session, state: int, reason: int, activity: dict[str, Any]) -> None:
    tables = call.state.catalog.tables
    writer = Writer(call.state, session, call.caller, acting=True)
    row_id = _closed_id(activity)
    opportunity = writer.row(tables["opportunity"], row_id)
    if opportunity["statecode"] != 0:
        raise ApiError(400, "0x80040233", f"The opportunity is already closed. (Id = {row_id})")
    require_row(session, call.caller, "Write", tables["opportunity"], row_id)
    trusted = Writer(call.state, session, call.state.person(call.caller.user), acting=True)
    bind = {"opportunityid@odata.bind": f"/opportunities({row_id})"}
    plain = {name: value for name, value in activity.items() if "@" not in name and name != "opportunityid"}
    trusted.create(tables["opportunityclose"], {**plain, **bind, "statecode": 1, "statuscode": 2})
    revenue = activity.get("actualrevenue", opportunity["estimatedvalue"] if state == 1 else 0)
    values: Row = {"statecode": state, "actualvalue": revenue, "actualclosedate": call.state.clock.stamp()[:10]}
    writer.put(tables["opportunity"], opportunity, values if reason == -1 else {**values, "statuscode": reason})


def _closed_id(activity: dict[str, Any]) -> str:
    bound = ADDRESS.fullmatch(str(activity.get("opportunityid@odata.bind", "")))
    inner = activity.get("opportunityid")
    named = bound[2] if bound else inner.get("opportunityid") if isinstance(inner, dict) else None
    found = guid(str(named))
    if found is None:
        raise not_found("opportunity", str(named))
    return found
