"""What people do by hand in both services, between two runs of the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import requests

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import TENANT, Dynamics
from simulators.dynamics.store.rows import exists

CONTOSO = "cccccccc-1111-4000-8000-000000000001"
FABRIKAM = "cccccccc-1111-4000-8000-000000000002"


class Hands:
    """Both simulators, and whoever works in them."""

    def __init__(self, crm: Dynamics, ac: ActiveCampaign) -> None:
        self.crm, self.ac = crm, ac
        self.ids: list[str] = []

    # What is in ActiveCampaign

    def edit_there(self, *whom: str, **what: Any) -> None:
        """A person changes contacts in ActiveCampaign: `set` core fields, `fields`, `tags`, `lists`, `delete`,
        `create`."""
        for one in whom:
            requests.post(f"{self.ac.url}/_sim/edit", json={"contact": one, **what}).raise_for_status()

    def edit_account_there(self, name: str, **what: Any) -> None:
        """A person changes an account in ActiveCampaign."""
        requests.post(f"{self.ac.url}/_sim/edit", json={"account": name, **what}).raise_for_status()

    def move_there(self, address: str, company: str | None) -> None:
        """A person of ActiveCampaign comes to belong to another account, or to none."""
        contact = self.ac.contact(address)
        assert contact is not None
        present = self.ac.links.get(contact.account) if contact.account else None
        headers = {"Api-Token": "simulated-key"}
        root = f"{self.ac.url}/api/3/accountContacts"
        if company is None:
            requests.delete(f"{root}/{contact.account}", headers=headers).raise_for_status()
            return
        row = self.ac.accounts.first(name=company)
        body = {"accountContact": {"account": row["id"], "contact": contact.id}}
        method, where = ("PUT", f"{root}/{contact.account}") if present else ("POST", root)
        requests.request(method, where, json=body, headers=headers).raise_for_status()

    # What is in Dynamics

    def account(self, record_id: str = CONTOSO, name: str = "Contoso", **more: Any) -> str:
        self.crm.load("account", [{"accountid": record_id, "name": name, **more}])
        return record_id

    def contact(self, record_id: str, address: str | None, account: str | None = None, **more: Any) -> str:
        row = {"contactid": record_id, "lastname": "Byron", "emailaddress1": address, **more}
        if account:
            row |= {"_parentcustomerid_value": account, "parentcustomerid_type": "account"}
        self.crm.load("contact", [row])
        return record_id

    def lead(self, record_id: str, address: str | None, **more: Any) -> str:
        row = {"leadid": record_id, "lastname": "Byron", "subject": "Web", "emailaddress1": address, **more}
        self.crm.load("lead", [row])
        return record_id

    def opportunity(self, record_id: str, contact: str | None = None, account: str | None = None, **more: Any) -> str:
        """An opportunity with this primary contact; the customer is the account, or else the contact."""
        customer = (account, "account") if account else (contact, "contact")
        row = {"opportunityid": record_id, "name": "Licences", "_customerid_value": customer[0], **more}
        row |= {"customerid_type": customer[1], "_parentcontactid_value": contact, "_parentaccountid_value": account}
        self.crm.load("opportunity", [row])
        return record_id

    def stakeholder(self, opportunity_id: str, contact: str, role: str = "Stakeholder") -> None:
        """Somebody adds a contact to the stakeholders of an opportunity, or connects it in another role."""
        ends = {"record1id_opportunity@odata.bind": f"/opportunities({opportunity_id})"}
        ends |= {"record2id_contact@odata.bind": f"/contacts({contact})"}
        as_this = {"record2roleid@odata.bind": f"/connectionroles({stable_id('connected', role)})"}
        self._post({"table": "connection", "create": {**ends, **as_this}})

    def move_stage(self, opportunity_id: str, stage: str) -> None:
        """A process of this opportunity moves to this stage, while its own row stays untouched."""
        process = {"businessprocessflowinstanceid": opportunity_id, "_opportunityid_value": opportunity_id}
        with self.crm.storage.read() as session:
            begun = exists(session, self.crm.catalog.tables["opportunitysalesprocess"], opportunity_id)
        if not begun:
            self.crm.load("opportunitysalesprocess", [{**process, "name": "Sales"}])
        to = {"activestageid@odata.bind": f"/processstages({stable_id('stage', stage)})"}
        self.edit("opportunitysalesprocess", opportunity_id, **to)

    def win(self, opportunity_id: str, revenue: float) -> None:
        """A salesperson closes an opportunity as won."""
        close = {"subject": "Won", "opportunityid@odata.bind": f"/opportunities({opportunity_id})"}
        self._act("WinOpportunity", Status=3, OpportunityClose={**close, "actualrevenue": revenue})

    def crowd(self, number: int, **more: Any) -> list[str]:
        """Many contacts: person1@example.com and so on."""
        found = range(len(self.ids) + 1, len(self.ids) + number + 1)
        ids = [f"eeeeeeee-0000-4000-8000-{one:012d}" for one in found]
        self.ids += ids
        self.crm.load(
            "contact",
            [
                {"contactid": i, "lastname": f"Person {n}", "emailaddress1": f"person{n}@example.com", **more}
                for i, n in zip(ids, found, strict=True)
            ],
        )
        return ids

    def edit(self, table: str, record_id: str, **values: Any) -> None:
        """A person changes a record in Dynamics."""
        self._post({"table": table, "id": record_id, "set": values})

    def edit_all(self, table: str, ids: Iterable[str], **values: Any) -> None:
        self._post(*({"table": table, "id": one, "set": values} for one in ids))

    def delete(self, table: str, record_id: str) -> None:
        """A person deletes a record in Dynamics."""
        self._post({"table": table, "delete": record_id})

    def qualify(self, lead_id: str) -> None:
        """A salesperson qualifies a lead: it becomes a contact."""
        self._act(f"leads({lead_id})/Microsoft.Dynamics.CRM.QualifyLead", CreateContact=True, Status=3)

    def merge(self, survivor: str, loser: str, **content: Any) -> None:
        """Two contacts become one."""
        kind = "Microsoft.Dynamics.CRM.contact"
        both = {
            name: {"contactid": one, "@odata.type": kind}
            for name, one in (("Target", survivor), ("Subordinate", loser))
        }
        self._act("Merge", **both, UpdateContent={"@odata.type": kind, **content})

    def _act(self, action: str, **parameters: Any) -> None:
        """An action of Dynamics, done by a system administrator."""
        url = f"{self.crm.url}/api/data/v9.2/{action}"
        requests.post(url, json=parameters, headers=self.administrator()).raise_for_status()

    def administrate(self, method: str, path: str, body: Any = None) -> None:
        """A call of a system administrator to Dynamics' Web API."""
        url = f"{self.crm.url}/api/data/v9.2/{path}"
        requests.request(method, url, json=body, headers=self.administrator()).raise_for_status()

    def administrator(self) -> dict[str, str]:
        """Headers that sign a system administrator in to the Web API."""
        client = "99999999-9999-4999-8999-999999999999"
        self.crm.add_application(client, "other", "Mira's own", ["System Administrator"])
        form = {"client_id": client, "client_secret": "other", "grant_type": "client_credentials"}
        scope = {"scope": f"{self.crm.url}/.default"}
        token = requests.post(f"{self.crm.url}/{TENANT}/oauth2/v2.0/token", data=form | scope).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def forbid(self, *privileges: str) -> None:
        """An administrator of Dynamics takes privileges from ac365's role."""
        self._privileges(dict.fromkeys(privileges))

    def allow(self, *privileges: str) -> None:
        self._privileges(dict.fromkeys(privileges, "Global"))

    def _privileges(self, wanted: dict[str, str | None]) -> None:
        wish = {"role": "Integration", "set": wanted}
        requests.post(f"{self.crm.url}/_sim/privileges", json=wish).raise_for_status()

    def _post(self, *edits: dict[str, Any]) -> None:
        requests.post(f"{self.crm.url}/_sim/edit", json=list(edits)).raise_for_status()
