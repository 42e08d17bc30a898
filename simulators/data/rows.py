"""One generated row of each table, with Dynamics' column names."""

from __future__ import annotations

from random import Random
from typing import Any

from simulators.data import draws, ids, parts, people, trouble

Row = dict[str, Any]


class Make:
    """Makes rows for one seed. The counts say which rows exist, so that lookups point at some.

    Within a table rows are made in order: what is not computed from the row's number is drawn one after the other.
    """

    def __init__(self, seed: int, accounts: int, contacts: int) -> None:
        self.seed = seed
        self.accounts = accounts
        self.contacts = contacts

    def account(self, draw: Random, index: int) -> Row:
        """Every fiftieth bears the name of the one before; every seventh has a parent."""
        named = index - 1 if index % 50 == 5 else index
        row: Row = {"accountid": ids.numbered(self.seed, "account", index), "name": parts.company(named)}
        row |= {
            "accountnumber": f"A-{index:07d}",
            "websiteurl": None if index % 6 == 5 else f"https://www.company{index}.example",
            "emailaddress1": None if index % 4 else f"office@company{index}.example",
            "revenue": draws.money(draw),
            "numberofemployees": int(draw.random() ** 4 * 1_000_000),
        }
        if index % 7 == 3:
            row["_parentaccountid_value"] = ids.numbered(self.seed, "account", index // 2)
        return self._finish("account", draw, index, row)

    def contact(self, draw: Random, index: int) -> Row:
        """Belongs to an account mostly, to a person now and then, to nobody otherwise."""
        someone = people.person(self.seed, "contact", index)
        row: Row = {"contactid": someone.id, **parts.named(someone), **parts.human(draw, index)}
        row["emailaddress1"] = people.contact_address(self.seed, index, someone.address)
        row |= {"birthdate": draws.day(draw), "annualincome": draws.money(draw) if index % 3 else None}
        row |= self._parent(index)
        if index % 400 == 60:
            row |= {"merged": True, "_masterid_value": ids.numbered(self.seed, "contact", index - 1)}
        return self._finish("contact", draw, index, row)

    def lead(self, draw: Random, index: int) -> Row:
        """Half of those who are also a contact were qualified into it."""
        someone = people.person(self.seed, "lead", index)
        row: Row = {"leadid": someone.id, **parts.named(someone), **parts.human(draw, index)}
        row["emailaddress1"] = people.lead_address(self.seed, index, someone.address, self.contacts)
        row |= {
            "subject": f"{someone.first} {someone.last} asks for an offer",
            "companyname": parts.company(index),
            "revenue": draws.money(draw),
            "estimatedamount": draws.money(draw) if index % 2 else None,
            "estimatedclosedate": draws.day(draw),
        }
        if self.accounts and index % 4 == 0:
            row["_parentaccountid_value"] = ids.numbered(self.seed, "account", index * 17 % self.accounts)
        other = people.partner(index, self.contacts)
        if other is not None and index % 20 == 13:
            row |= {"statecode": 1, "statuscode": 3, "_parentcontactid_value": self._contact_id(other)}
        return self._finish("lead", draw, index, row)

    def opportunity(self, draw: Random, index: int) -> Row:
        """The customer is an account, every fifth time a contact."""
        row: Row = {"opportunityid": ids.numbered(self.seed, "opportunity", index)}
        row |= {
            "name": f"{1 + index % 40} seats for {parts.company(index)}",
            "estimatedvalue": draws.money(draw),
            "estimatedclosedate": draws.day(draw),
            "closeprobability": int(draw.random() * 101),
            "stepname": ("1-Qualify", "2-Develop", "3-Propose", "4-Close")[index % 4],
            "customerneed": "More of the same",
        }
        row |= self._customer(index)
        row = self._finish("opportunity", draw, index, row)
        if row["statecode"]:
            row |= {"actualvalue": row["estimatedvalue"], "actualclosedate": row["modifiedon"][:10]}
        return row

    def _contact_id(self, index: int) -> str:
        return ids.numbered(self.seed, "contact", index)

    def _parent(self, index: int) -> Row:
        if index % 333 == 100:
            return parts.customer("parentcustomerid", "contact", self._contact_id(index - 1))
        if not self.accounts or index % 9 == 0:
            return {}
        return parts.customer(
            "parentcustomerid", "account", ids.numbered(self.seed, "account", index * 31 % self.accounts)
        )

    def _customer(self, index: int) -> Row:
        row: Row = {}
        if self.contacts:
            contact = self._contact_id(index * 13 % self.contacts)
            row = {"_parentcontactid_value": contact, **parts.customer("customerid", "contact", contact)}
        if self.accounts and index % 5:
            account = ids.numbered(self.seed, "account", index * 11 % self.accounts)
            row |= {"_parentaccountid_value": account, **parts.customer("customerid", "account", account)}
        return row

    def _finish(self, table: str, draw: Random, index: int, row: Row) -> Row:
        if table != "opportunity":
            row |= parts.place(index)
        row |= parts.chosen(table, index, row)
        created = draws.moment(draw)
        row["createdon"] = draws.text(created)
        row["modifiedon"] = draws.text(draws.later(draw, created))
        trouble.stir(table, index, row)
        if "lastname" in row:
            row["fullname"] = f"{row.get('firstname', '')} {row['lastname']}".strip()[:160]
        return row
