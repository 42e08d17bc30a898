"""The page of a record: `/main.aspx?pagetype=entityrecord&etn=lead&id=...`, with the published main form.

Addresses: Microsoft Learn, "Open apps, forms, views, dialogs and reports with a URL". What a web resource on the form
is told in its query string: "Webpage (HTML) web resources".
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as Reply

from simulators.common.app import CONTROL
from simulators.dynamics import seed
from simulators.dynamics.access import require
from simulators.dynamics.errors import ApiError
from simulators.dynamics.formxml import Form, Frame, read_form
from simulators.dynamics.identity import caller_of, signed_in
from simulators.dynamics.odata.address import guid
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.service import Request, serve
from simulators.dynamics.site.resources import name_of
from simulators.dynamics.state import Dynamics

ENGLISH = 1033
SANDBOX = "allow-scripts allow-forms"
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
MAIN = """SELECT formid, formxml, name FROM systemform WHERE objecttypecode = ? AND type = 2
          ORDER BY formid <> ?, isdefault DESC, name LIMIT 1"""


def add_form_page(site: Blueprint, state: Dynamics) -> None:
    """Registers `/main.aspx`."""

    @site.get("/main.aspx")
    def main() -> Reply:
        """`formid` chooses another main form, `theme=dark` dark colours. 403 for a record out of the person's reach."""
        try:
            user = signed_in(state, request.headers, request.host)
        except ApiError as error:
            if error.status == 401:
                return redirect(f"{CONTROL}/sign_in?{urlencode({'to': request.full_path})}")
            return _refused(error.status, error.message)
        table = state.catalog.tables.get(request.args.get("etn", ""))
        if table is None or request.args.get("pagetype") != "entityrecord":
            return _refused(404, "This page doesn't exist.")
        return _page(state, table, user)


def _page(state: Dynamics, table: Table, user: str) -> Response:
    with state.storage.read() as session:
        found = session.one(MAIN, (table.logical, guid(request.args.get("formid", "")) or ""))
        name = session.value("SELECT fullname FROM systemuser WHERE systemuserid = ?", (user,))
    if found is None:
        return _refused(404, "This table has no main form.")
    form, row_id = read_form(found[1]), guid(request.args.get("id", "").strip("{}"))
    status, row = _row(state, table, form, row_id)
    if status != 200:
        return _refused(status, row.get("error", {}).get("message", "The record is not available."))
    told = _told(state, table, form, row_id, found[0])
    told.update(user={"id": _braced(user), "name": name}, values=row, url=request.host_url.rstrip("/"))
    shown = {"form": form, "row": row, "title": row.get(table.name) or f"New {table.labels[0]}", "page": told,
             "json": json.dumps(told).replace("<", "\\u003c"), "value": _value(table, row), "table": table}  # fmt: skip
    text = render_template("form.html", **shown, frame=Frame, theme=_theme())
    return Response(
        text, 200, {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN"}, mimetype="text/html"
    )


def _row(state: Dynamics, table: Table, form: Form, row_id: str | None) -> tuple[int, dict[str, Any]]:
    """The record's columns on the form, read as the person through the Web API; nothing for a record not yet saved."""
    headers = Headers({"Cookie": request.headers.get("Cookie", ""), "Prefer": 'odata.include-annotations="*"'})
    if row_id is None:
        try:
            require(caller_of(state, headers, request.host), "Create", table)
        except ApiError as error:
            return error.status, {"error": {"message": error.message}}
        return 200, {}
    columns = [table.columns[name] for name in form.columns() if name in table.columns and table.columns[name].visible]
    wanted = ",".join(dict.fromkeys([*(column.wire for column in columns), table.name]))
    target = f"/api/data/v9.2/{table.set}({row_id})?$select={wanted}"
    reply = serve(state, Request("GET", request.host_url.rstrip("/"), target, headers, b""))
    return reply.status, json.loads(reply.body or b"{}")


def _told(state: Dynamics, table: Table, form: Form, row_id: str | None, form_id: str) -> dict[str, Any]:
    """What the script of the page knows."""
    frames = [item for tab in form.tabs for item in tab.items if isinstance(item, Frame)]
    columns = {name: table.columns[name] for name in form.columns() if name in table.columns}
    return {
        "table": table.logical, "id": _braced(row_id) if row_id else "", "form": form_id, "name": table.name,
        "organization": {"name": "contoso", "id": seed.ORGANIZATION, "language": ENGLISH},
        "version": "9.2.25094.00181", "handlers": [asdict(one) for one in form.handlers],
        "frames": {one.control: _frame(state, table, one, row_id, form_id) for one in frames},
        "columns": {name: {"kind": one.kind, "wire": one.wire} for name, one in columns.items()},
        "tables": {one.logical: [one.set, one.key] for one in state.catalog.tables.values()},
    }  # fmt: skip


def _frame(state: Dynamics, table: Table, one: Frame, row_id: str | None, form_id: str) -> dict[str, str]:
    """Address and sandbox of a web resource on the form. Pages can't open windows or dialogs of the browser here."""
    told: dict[str, str] = {}
    if one.passes:
        own = {"id": _braced(row_id)} if row_id else {}
        told = {**own, "typename": table.logical, "type": str(table.otc), "orgname": "contoso",
                "orglcid": str(ENGLISH), "userlcid": str(ENGLISH), "formid": form_id, "pagemode": "iframe"}  # fmt: skip
    if one.data:
        told["data"] = one.data
    address = f"/WebResources/{quote(name_of(state, one.resource))}"
    own_origin = "" if one.closed else " allow-same-origin"
    return {"url": f"{address}?{urlencode(told)}" if told else address, "sandbox": f"{SANDBOX}{own_origin}"}


def _value(table: Table, row: dict[str, Any]) -> dict[str, str]:
    """What the fields show, by column."""
    shown = {}
    for column in table.columns.values():
        value = row.get(f"{column.wire}@OData.Community.Display.V1.FormattedValue", row.get(column.wire))
        shown[column.name] = "" if value is None else str(value)
    return shown


def _braced(row_id: str) -> str:
    """An id as the Client API writes it."""
    return f"{{{row_id.upper()}}}"


def _theme() -> str:
    return {"dark": "dark", "light": "light"}.get(request.args.get("theme", ""), "light dark")


def _refused(status: int, why: str) -> Response:
    return Response(render_template("refused.html", why=why, status=status), status, mimetype="text/html")
