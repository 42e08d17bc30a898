"""Contacts and leads from the sample people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simulators.data import columns, ids

Row = dict[str, Any]

COLUMNS = {
    "firstname": "firstname",
    "lastname": "lastname",
    "address": "address1_line1",
    "city": "address1_city",
    "county": "address1_county",
    "state": "address1_stateorprovince",
    "statie": "address1_stateorprovince",
    "zip": "address1_postalcode",
    "postal": "address1_postalcode",
    "phone1": "telephone1",
    "phone2": "mobilephone",
    "email": "emailaddress1",
    "web": "websiteurl",
    "website": "websiteurl",
}
"""The files' columns, in all their spellings, and the Dynamics column each fills."""


def contacts(rows: Iterable[dict[str, str]], account_ids: list[str]) -> Iterator[Row]:
    """The file's company is none of the accounts: it stands in the description, beside a real parent account."""
    for cells, row in _people("contact", rows):
        row["address1_country"] = "United States"
        row["description"] = f"Company: {cells['companyname']}" if cells.get("companyname") else None
        if account_ids:
            parent = ids.pick(account_ids, row["contactid"])
            row |= {"_parentcustomerid_value": parent, "parentcustomerid_type": "account"}
        yield row


def leads(rows: Iterable[dict[str, str]], account_ids: list[str]) -> Iterator[Row]:
    """The company is text on a lead. Its subject, which Dynamics asks for, tells the survey it came from."""
    for cells, row in _people("lead", rows):
        row["address1_country"] = "United Kingdom"
        row["companyname"] = cells.get("companyname") or None
        row["subject"] = cells.get("survey") or row["fullname"]
        if account_ids:
            row["_parentaccountid_value"] = ids.pick(account_ids, row["leadid"])
        yield row


def _people(table: str, rows: Iterable[dict[str, str]]) -> Iterator[tuple[dict[str, str], Row]]:
    seen: dict[str, int] = {}
    for cells in rows:
        key = "|".join(cells.get(name, "") for name in ("email", "firstname", "lastname"))
        seen[key] = seen.get(key, 0) + 1
        row: Row = {f"{table}id": ids.named(table, f"{key}|{seen[key]}"), "statecode": 0, "statuscode": 1}
        row |= {to: columns.cut(table, to, cells[name]) for name, to in COLUMNS.items() if cells.get(name)}
        row["lastname"] = row.get("lastname") or "?"
        row["fullname"] = f"{row.get('firstname', '')} {row['lastname']}".strip()
        yield cells, row
