"""Accounts, users and opportunities from the CRM Sales Opportunities data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from simulators.data import ids
from simulators.data.columns import INDUSTRIES, cut
from simulators.data.table import iso, number, plain

Row = dict[str, Any]

SECTORS = {"medical": "Doctor's Offices and Clinics", "services": "Business Services"}
"""Sectors whose industry starts with another word. Several fit no industry and stay text in the description."""

STAGES: dict[str, Row] = {
    "Prospecting": {"statecode": 0, "statuscode": 1, "salesstage": 0},
    "Engaging": {"statecode": 0, "statuscode": 1, "salesstage": 1},
    "Won": {"statecode": 1, "statuscode": 3, "salesstage": 3},
    "Lost": {"statecode": 2, "statuscode": 5, "salesstage": 3},
}


def users(rows: Iterable[dict[str, str]]) -> Iterator[Row]:
    """Managers first, then their agents. Addresses are made up, the file has none."""
    agents = list(rows)
    managers = sorted({row["manager"] for row in agents if row.get("manager")})
    yield from (_user(manager) for manager in managers)
    for row in agents:
        manager = {"_parentsystemuserid_value": user_id(row["manager"])} if row.get("manager") else {}
        yield _user(row["salesagent"]) | manager


def user_id(name: str) -> str:
    """The id of the user of that name."""
    return ids.named("systemuser", name)


def _user(name: str) -> Row:
    first, _, last = name.partition(" ")
    address = f"{plain(first)}.{plain(last)}@sales.example"
    return {
        "systemuserid": user_id(name),
        "fullname": name,
        "firstname": first,
        "lastname": last,
        "internalemailaddress": address,
        "domainname": address,
    }


def industry(sector: str) -> int | None:
    """The industrycode whose label the sector names or begins; none fits most of them."""
    wanted = SECTORS.get(sector, sector).lower()[:6]
    found = [code for code, label in enumerate(INDUSTRIES, 1) if wanted and label.lower().startswith(wanted)]
    return found[0] if found else None


def accounts(rows: Iterable[dict[str, str]]) -> Iterator[Row]:
    """Parents before their subsidiaries. Revenue is in millions in the file; the country is the office's location."""
    companies = sorted(rows, key=lambda row: bool(row.get("subsidiaryof")))
    names = {cells["account"] for cells in companies}
    for cells in companies:
        revenue = number(cells.get("revenue", ""))
        parent = cells.get("subsidiaryof")
        yield {
            "accountid": ids.named("account", cells["account"]),
            "name": cut("account", "name", cells["account"]),
            "industrycode": industry(cells.get("sector", "")),
            "revenue": None if revenue is None else round(revenue * 1_000_000, 4),
            "numberofemployees": int(cells["employees"]) if cells.get("employees") else None,
            "address1_country": cells.get("officelocation") or None,
            "description": f"Sector: {cells.get('sector', '')}\nFounded: {cells.get('yearestablished', '')}",
            "_parentaccountid_value": ids.named("account", parent) if parent in names else None,
            "statecode": 0,
            "statuscode": 1,
        }


class Pipeline:
    """Makes opportunities that point at the accounts and contacts that were loaded."""

    def __init__(self, accounts: list[Row], contacts: list[Row], products: Iterable[dict[str, str]]) -> None:
        self._accounts = {row["accountid"] for row in accounts}
        self._people: dict[str | None, list[str]] = defaultdict(list)
        for row in contacts:
            self._people[row.get("_parentcustomerid_value")].append(row["contactid"])
            self._people[None].append(row["contactid"])
        # The pipeline spells "GTXPro" what the price list calls "GTX Pro".
        self._prices = {plain(row["product"]): number(row.get("salesprice", "")) for row in products}

    def opportunity(self, cells: dict[str, str]) -> Row:
        """The customer is the account; one without an account gets a contact, as Dynamics demands a customer."""
        stage = cells["dealstage"]
        value = number(cells.get("closevalue", ""))
        row: Row = {
            "opportunityid": ids.named("opportunity", cells["opportunityid"]),
            "name": f"{cells['product']} for {cells.get('account') or 'a new customer'}",
            "stepname": stage,
            "estimatedvalue": self._prices.get(plain(cells["product"])) if value is None else value,
            **STAGES.get(stage, STAGES["Prospecting"]),
            **_dates(cells),
            **self._customer(cells),
        }
        if cells.get("salesagent"):
            row |= {"_ownerid_value": user_id(cells["salesagent"]), "ownerid_type": "systemuser"}
        if row["statecode"]:
            row |= {"actualvalue": value, "actualclosedate": iso(cells.get("closedate", ""))}
        return row

    def _customer(self, cells: dict[str, str]) -> Row:
        account = ids.named("account", cells["account"]) if cells.get("account") else None
        account = account if account in self._accounts else None
        row: Row = {"_parentaccountid_value": account, "_customerid_value": account, "customerid_type": "account"}
        people = self._people[account]
        if people:
            row["_parentcontactid_value"] = ids.pick(people, ids.named("opportunity", cells["opportunityid"]))
            if account is None:
                row |= {"_customerid_value": row["_parentcontactid_value"], "customerid_type": "contact"}
        return row if row["_customerid_value"] else {}


def _dates(cells: dict[str, str]) -> Row:
    """Created when the agent engaged, modified when it closed; one that is only prospected has no dates yet."""
    engaged, closed = iso(cells.get("engagedate", "")), iso(cells.get("closedate", ""))
    if engaged is None:
        return {}
    return {"createdon": f"{engaged}T00:00:00Z", "modifiedon": f"{closed or engaged}T00:00:00Z"}
