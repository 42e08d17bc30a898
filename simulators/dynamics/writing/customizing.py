"""What the service checks in rows that customize it: publishers, solutions, web resources, forms and roles.

Rules: Microsoft Learn, "Create solutions and publishers", "Web resources" (names), "Form XML reference" and "Security
roles"; codes: "Web service error codes". Where no code is published, InvalidArgument stands.
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from simulators.dynamics.errors import ApiError, invalid
from simulators.dynamics.schema.catalog import Catalog, Table
from simulators.dynamics.store.rows import Row
from simulators.dynamics.store.storage import Session, quoted
from simulators.dynamics.writing.form_rules import check_form, forms_with

PREFIX = re.compile(r"(?!mscrm)[A-Za-z][A-Za-z0-9]{1,7}", re.IGNORECASE)
SOLUTION = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
VERSION = re.compile(r"\d+(\.\d+){1,3}")
RESOURCE = re.compile(r"(?!mscrm)[A-Za-z][A-Za-z0-9]{1,7}_[\w./]+", re.IGNORECASE)
NEEDED = {
    "publisher": ("uniquename", "friendlyname", "customizationprefix"),
    "solution": ("uniquename", "friendlyname", "version", "publisherid"),
    "webresource": ("name", "webresourcetype"),
    "systemform": ("name", "objecttypecode", "type", "formxml"),
    "role": ("name", "businessunitid"),
    "serviceendpoint": ("name", "contract", "authtype", "url"),
    "sdkmessageprocessingstep": ("sdkmessageid", "eventhandler", "stage", "mode"),
}
IN_USE = "The {kind}({row_id}) component cannot be deleted because it is referenced by {count} other components. For a "
WHICH = "list of referenced components, use the RetrieveDependenciesForDeleteRequest."


def check(session: Session, catalog: Catalog, table: Table, row_id: str, values: Row, old: Row | None) -> None:
    """Raises ApiError (400, 412) for a row that the service would not take. `old` is None for a new one."""
    for name in NEEDED.get(table.logical, ()):
        if not values.get(name, (old or {}).get(name)) and values.get(name, (old or {}).get(name)) != 0:
            raise _missing(table, name)
    checked = CHECKS.get(table.logical)
    if checked:
        checked(session, catalog, row_id, values)


def _missing(table: Table, name: str) -> ApiError:
    if (table.logical, name) == ("publisher", "uniquename"):
        return ApiError(400, "0x8004F01C", "Publisher uniquename is required.")
    return ApiError(400, "0x80040200", f"Required field missing: '{name}' of {table.logical}.")


def _publisher(session: Session, _: Catalog, row_id: str, values: Row) -> None:
    prefix = values.get("customizationprefix")
    if prefix is not None and not PREFIX.fullmatch(prefix):
        raise invalid(f"The customization prefix '{prefix}' must be 2 to 8 letters and digits, and not mscrm.")
    if "uniquename" in values and _taken(session, "publisher", "uniquename", values["uniquename"], row_id):
        raise _twin()


def _solution(session: Session, _: Catalog, row_id: str, values: Row) -> None:
    name, version = values.get("uniquename"), values.get("version")
    if name is not None and not SOLUTION.fullmatch(name):
        message = (
            "Invalid character specified for solution unique name. Only characters within the ranges [A-Z], [a-z], "
        )
        raise ApiError(400, "0x8004F002", message + "[0-9] or _ are allowed.")
    if name is not None and _taken(session, "solution", "uniquename", name, row_id):
        message = f"The solution unique name '{name}' is already being used and cannot be used again."
        raise ApiError(400, "0x8004F023", message)
    if version is not None and not VERSION.fullmatch(version):
        raise ApiError(400, "0x8004F01E", "An invalid solution version was specified.")


def _web_resource(session: Session, _: Catalog, row_id: str, values: Row) -> None:
    name, content = values.get("name"), values.get("content")
    if name is not None and (not RESOURCE.fullmatch(name) or "//" in name):
        raise invalid(
            f"The web resource name '{name}' must begin with a prefix and hold letters, digits, '.', '/', '_'."
        )
    if name is not None and _taken(session, "webresource", "name", name, row_id):
        raise _twin()
    try:
        base64.b64decode(content or "", validate=True)
    except binascii.Error:
        raise invalid("The content of a web resource must be encoded in base64.") from None


def _form(session: Session, catalog: Catalog, row_id: str, values: Row) -> None:
    table = values.get("objecttypecode") or session.value(
        "SELECT objecttypecode FROM systemform WHERE formid = ?", (row_id,)
    )
    if table not in catalog.tables:
        raise ApiError(400, "0x80041102", f"The entity with a name = '{table}' was not found in the MetadataCache.")
    if values.get("formxml") is not None:
        check_form(session, catalog.tables[table], values["formxml"])


def _role(session: Session, _: Catalog, row_id: str, values: Row) -> None:
    """One name per business unit; copies in units below follow their root."""
    found = session.one("SELECT name, businessunitid, parentrootroleid FROM role WHERE roleid = ?", (row_id,))
    if found and found[2] and found[2] != row_id:
        raise ApiError(400, "0x80044152", "Inherited roles cannot be modified.")
    name, unit = values.get("name", found and found[0]), values.get("businessunitid", found and found[1])
    other = session.value(
        "SELECT roleid FROM role WHERE name = ? AND businessunitid = ? AND roleid <> ?", (name, unit, row_id)
    )
    if other:
        message = f"A role with the specified name '{name}' already exists on business unit {unit}. Role id: {other}"
        raise ApiError(400, "0x80041403", message)


CHECKS: dict[str, Callable[[Session, Catalog, str, Row], None]] = {
    "publisher": _publisher, "solution": _solution, "webresource": _web_resource, "systemform": _form, "role": _role,
}  # fmt: skip


def _taken(session: Session, table: str, column: str, value: str, row_id: str) -> bool:
    sql = f"SELECT 1 FROM {table} WHERE {column} = ? AND {quoted(table + 'id')} <> ?"
    return session.one(sql, (value, row_id)) is not None


def _twin() -> ApiError:
    return ApiError(412, "0x80040237", "A record with matching key values already exists.")


def check_deletion(session: Session, table: Table, row_id: str) -> None:
    """Raises ApiError: 400 for a component that others need, 405 for a role that somebody has."""
    if table.logical == "webresource":
        name = session.value("SELECT name FROM webresource WHERE webresourceid = ?", (row_id,))
        refuse_in_use("WebResource", row_id, forms_with(session, name, row_id))
    if table.logical == "serviceendpoint":
        sql = "SELECT count(*) FROM sdkmessageprocessingstep WHERE eventhandler = ?"
        refuse_in_use("ServiceEndpoint", row_id, session.value(sql, (row_id,)))
    if table.logical == "role" and session.one(ASSIGNED, {"role": row_id}):  # type: ignore[arg-type]
        raise ApiError(405, "0x80040227", "The role cannot be deleted because it is associated with another object.")
    if table.logical == "systemform":
        _refuse_last_form(session, row_id)


ASSIGNED = """
SELECT 1 FROM "~links" JOIN role ON roleid = second AND coalesce(parentrootroleid, roleid) = :role
WHERE "~links".name IN ('systemuserroles_association', 'teamroles_association')
"""
OTHERS = """SELECT 1 FROM systemform other JOIN systemform this ON this.formid = ? AND other.type = this.type
            AND other.objecttypecode = this.objecttypecode AND other.formid <> this.formid"""


def _refuse_last_form(session: Session, row_id: str) -> None:
    if session.one(OTHERS, (row_id,)) is None:
        message = "You cannot delete this form because it is the only fallback form of its type for the entity."
        raise ApiError(400, "0x8004F654", message)


def refuse_in_use(kind: str, row_id: str, count: int) -> None:
    """CannotDeleteInUseComponent: raises ApiError (400) when other components need this one."""
    if count:
        raise ApiError(400, "0x8004f01f", IN_USE.format(kind=kind, row_id=row_id, count=count) + WHICH)
