"""What an environment holds on its first day: units, people, roles, privileges, currencies, messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simulators.dynamics.access import ADMINISTRATOR, DEPTHS, RIGHTS, SECURITY
from simulators.dynamics.schema.catalog import Catalog, Table, stable_id
from simulators.dynamics.seed_forms import form_rows, resource_rows
from simulators.dynamics.store.loader import Defaults

ROOT_UNIT = stable_id("unit", "contoso")
NORTH_UNIT = stable_id("unit", "north")
ORGANIZATION = stable_id("organization", "contoso")
CURRENCY = stable_id("currency", "EUR")
DOLLAR = stable_id("currency", "USD")
ADMIN = stable_id("user", "mira")
SELLER = stable_id("user", "noor")
LEAVER = stable_id("user", "omar")
TEAM = stable_id("team", "contoso")
PUBLISHER = stable_id("publisher", "default")
DEFAULTS = Defaults(ADMIN, ROOT_UNIT, CURRENCY)
UNITS = (ROOT_UNIT, NORTH_UNIT)

PEOPLE = (
    (ADMIN, "Mira", "Admin", "mira.admin@contoso.example", ROOT_UNIT, False),
    (SELLER, "Noor", "Seller", "noor.seller@contoso.example", ROOT_UNIT, False),
    (LEAVER, "Omar", "Leaver", "omar.leaver@contoso.example", ROOT_UNIT, True),
)
SPECIAL = (
    "prvActOnBehalfOfAnotherUser", "prvBypassCustomBusinessLogic", "prvBypassCustomPlugins",
    "prvOverrideCreatedOnCreatedBy", "prvPublishCustomization", "prvMerge", "prvBulkDelete",
    "prvReadSharePointData", "prvReadSharePointDocument", "prvCreateSharePointData", "prvWriteSharePointData",
    *(f"prv{verb}{what}" for what in ("Entity", "Attribute", "Relationship", "OptionSet", "EntityKey")
      for verb in ("Create", "Read", "Write", "Delete")),
)  # fmt: skip
NEW_ROLE = tuple((f"prv{verb}", 4) for verb in ("ReadSharePointData", "ReadSharePointDocument"))
"""What a role has from the beginning; the service gives every new one a few."""
METADATA = tuple(f"prvRead{what}" for what in ("Entity", "Attribute", "Relationship", "OptionSet", "EntityKey"))
LOOKED_UP = ("SystemUser", "Team", "Role", "BusinessUnit", "TransactionCurrency", "Organization", "PriceLevel")
BUSINESS = ("Lead", "Contact", "Account", "Opportunity")
CUSTOMIZED = (
    "Publisher", "Solution", "SolutionComponent", "WebResource", "SystemForm", "AppAction", "ServiceEndpoint",
    "SdkMessageProcessingStep", "AsyncOperation", "Role",
)  # fmt: skip
MESSAGES = ("Create", "Update", "Delete", "CreateMultiple", "UpdateMultiple", "UpsertMultiple")
INTEGRATION = "Integration"
CONNECTED_AS = (("Stakeholder", 1000), ("Decision Maker", 1000), ("Account Manager", 1001))
"""Connection roles with their categories: Stakeholder and Sales Team."""
ROLES = ("System Administrator", "System Customizer", "Salesperson", INTEGRATION)


def records(catalog: Catalog) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Tables with their first rows, in an order that respects who points at whom."""
    yield (
        "businessunit",
        [
            {"businessunitid": ROOT_UNIT, "name": "contoso"},
            {"businessunitid": NORTH_UNIT, "name": "North", "parentbusinessunitid": ROOT_UNIT},
        ],
    )
    yield (
        "transactioncurrency",
        [_currency(CURRENCY, "Euro", "EUR", "€", 1.0), _currency(DOLLAR, "US Dollar", "USD", "$", 1.1)],
    )
    yield "organization", [_organization()]
    yield "systemuser", [person_row(*person) for person in PEOPLE]
    yield "team", [{"teamid": TEAM, "name": "contoso", "teamtype": 0, "isdefault": 1, "businessunitid": ROOT_UNIT}]
    yield "roletemplate", [{"roletemplateid": ADMINISTRATOR, "name": "System Administrator"}]
    yield "role", [row for name in ROLES for row in role_rows(name)]
    yield "publisher", [{"publisherid": PUBLISHER, "uniquename": "DefaultPublishercontoso", "friendlyname": "Default",
                         "customizationprefix": "new", "customizationoptionvalueprefix": 10000,
                         "isreadonly": 0}]  # fmt: skip
    yield "privilege", [row for table in catalog.tables.values() for row in privilege_rows(table)]
    yield "privilege", [_privilege(name) for name in SPECIAL]
    yield "sdkmessage", [{"sdkmessageid": stable_id("message", name), "name": name} for name in MESSAGES]
    yield "sdkmessagefilter", [row for table in catalog.tables.values() for row in message_rows(table)]
    yield "entity", [entity_row(table) for table in catalog.tables.values()]
    yield "connectionrole", [_connected_as(*one) for one in CONNECTED_AS]
    yield "webresource", list(resource_rows())
    yield "systemform", list(form_rows())
    yield (
        "processstage",
        [
            {
                "processstageid": stable_id("stage", name),
                "stagename": name,
                "stagecategory": at,
                "primaryentitytypecode": "opportunity",
            }
            for at, name in enumerate(("Qualify", "Develop", "Propose", "Close"))
        ],
    )


def grants() -> dict[str, list[tuple[str, int]]]:
    """Privileges per role, by the role's name."""
    everywhere = DEPTHS["Global"]
    read = [(name, everywhere) for name in (*METADATA, *(f"prvRead{what}" for what in LOOKED_UP))]
    rights = ("Create", "Read", "Write", "Append", "AppendTo")
    synced = [(f"prv{right}{table}", everywhere) for table in BUSINESS[:3] for right in rights]
    custom = [(f"prv{right}{what}", everywhere) for what in CUSTOMIZED for right in RIGHTS]
    schema = [
        (name, everywhere)
        for name in SPECIAL
        if "Entity" in name or "Attribute" in name or "Relat" in name or "Opt" in name
    ]
    own = [(f"prv{right}{table}", DEPTHS["Basic"]) for table in (*BUSINESS, "Activity", "Note") for right in RIGHTS]
    return {
        INTEGRATION: [*read, *synced, ("prvReadOpportunity", everywhere)],
        "System Customizer": [
            *read,
            *custom,
            *schema,
            ("prvPublishCustomization", everywhere),
            ("prvAssignRole", everywhere),
        ],
        "Salesperson": [*read, *own],
    }


def role_rows(name: str, root: str | None = None) -> Iterator[dict[str, Any]]:
    """One role as its copies, one per business unit. The root copy's id is the root id of all."""
    root = root or stable_id("role", name)
    for unit in UNITS:
        yield {
            "roleid": root if unit == ROOT_UNIT else stable_id("role", root, unit), "name": name,
            "businessunitid": unit,
            "parentrootroleid": root, "parentroleid": None if unit == ROOT_UNIT else root,
            "roletemplateid": ADMINISTRATOR if name == "System Administrator" else None,
        }  # fmt: skip


def privilege_rows(table: Table) -> Iterator[dict[str, Any]]:
    """The eight privileges of a table. Activities and the list of tables have none of their own."""
    shared = table.logical == "entity" or (table.activity and table.activity != "activitypointer")
    names = [] if shared else RIGHTS
    depths = DEPTHS if table.ownership == "UserOwned" or table.logical in SECURITY else ("Global",)
    for right in names:
        yield _privilege(f"prv{right}{table.privilege_name}", depths)


def message_rows(table: Table) -> Iterator[dict[str, Any]]:
    """Which messages a table has; bulk messages not everywhere."""
    for name in MESSAGES[: 6 if table.bulk else 3]:
        yield {"sdkmessagefilterid": stable_id("filter", table.logical, name), "primaryobjecttypecode": table.logical,
               "sdkmessageid": stable_id("message", name)}  # fmt: skip


def entity_row(table: Table) -> dict[str, Any]:
    """A table as a row of the table of tables."""
    return {"entityid": table.id, "name": table.schema, "logicalname": table.logical, "entitysetname": table.set,
            "objecttypecode": table.otc}  # fmt: skip


def application_row(user: str, client_id: str, name: str) -> dict[str, Any]:
    """An application user: non-interactive, bound to an application's id."""
    return {
        "systemuserid": user, "fullname": name, "lastname": name, "domainname": f"{client_id}@contoso.example",
        "applicationid": client_id, "azureactivedirectoryobjectid": stable_id("principal", client_id), "accessmode": 4,
        "businessunitid": ROOT_UNIT, "islicensed": 0,
    }  # fmt: skip


def _privilege(name: str, depths: Iterable[str] = ("Global",)) -> dict[str, Any]:
    """A privilege, and how deep it can be given: what the organization owns is all or nothing (Microsoft Learn,
    "Security concepts for developers")."""
    possible = {f"canbe{depth.lower()}": int(depth in depths) for depth in DEPTHS}
    return {"privilegeid": stable_id("privilege", name), "name": name, **possible}


def person_row(user: str, first: str, last: str, upn: str, unit: str, disabled: bool) -> dict[str, Any]:
    """Somebody who can sign in."""
    return {
        "systemuserid": user, "firstname": first, "lastname": last, "domainname": upn, "internalemailaddress": upn,
        "azureactivedirectoryobjectid": stable_id("person", upn), "businessunitid": unit, "isdisabled": int(disabled),
        "accessmode": 0, "islicensed": 1,
    }  # fmt: skip


def _connected_as(name: str, category: int) -> dict[str, Any]:
    return {"connectionroleid": stable_id("connected", name), "name": name, "category": category}


def _currency(row_id: str, name: str, code: str, symbol: str, rate: float) -> dict[str, Any]:
    return {"transactioncurrencyid": row_id, "currencyname": name, "isocurrencycode": code, "currencysymbol": symbol,
            "exchangerate": rate, "currencyprecision": 2, "organizationid": ORGANIZATION}  # fmt: skip


def _organization() -> dict[str, Any]:
    return {
        "organizationid": ORGANIZATION, "name": "contoso", "friendlyname": "Contoso", "expirechangetrackingindays": 7,
        "expiresubscriptionsindays": 90, "basecurrencyid": CURRENCY, "languagecode": 1033, "localeid": 1033,
        "timezonecode": 92, "currencydecimalprecision": 2, "pricingdecimalprecision": 2, "schemanameprefix": "new",
        "version": "9.2.25094.00181",
    }  # fmt: skip
