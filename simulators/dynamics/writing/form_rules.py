"""What the service checks in the definition of a form before it takes it, and which forms need a web resource."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from simulators.dynamics.errors import ApiError, invalid
from simulators.dynamics.formxml import is_frame, parsed, resource_of
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.storage import Session

ID = re.compile(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
PARTS = ("tab", "section", "cell")


def check_form(session: Session, table: Table, xml: str) -> None:
    """Raises ApiError (400): no XML, ids that are missing, wrong or there twice, unknown columns and web resources."""
    try:
        root = parsed(xml)
    except ValueError as error:
        raise invalid(f"The form XML is not valid: {error}.") from None
    for part in PARTS:
        _check_ids(part, [one.get("id", "").strip("{}").lower() for one in root.iter(part)])
    names = [one.get("id", "") for one in root.iter("control")]
    _refuse_twins("control", names)
    for control in root.iter("control"):
        column = control.get("datafieldname")
        if column and column.lower() not in table.columns:
            raise invalid(f"The form XML names the attribute '{column}', which {table.logical} has not.")
    for resource in resources(root):
        if not _known(session, resource):
            raise ApiError(400, "0x80040217", f"Entity 'WebResource' With Name = {resource} Does Not Exist")


def _check_ids(part: str, ids: list[str]) -> None:
    wrong = next((one for one in ids if not ID.fullmatch(one)), None)
    if wrong is not None:
        raise invalid(f"The form XML has a {part} whose id '{wrong}' is no GUID.")
    _refuse_twins(part, ids)


def _refuse_twins(part: str, ids: list[str]) -> None:
    twin = next((one for one, count in Counter(ids).items() if count > 1), None)
    if twin is not None:
        raise invalid(f"The form XML has more than one {part} with the id '{twin}'.")


def resources(root: Element) -> Iterator[str]:
    """The web resources that a form needs: names, or ids in braces; "" for a control that names none."""
    for control in root.iter("control"):
        if is_frame(control):
            yield resource_of(control)
    for library in root.iterfind("./formLibraries/Library"):
        yield library.get("name", "")


def _known(session: Session, resource: str) -> bool:
    if resource.startswith("{"):
        sql, value = "SELECT 1 FROM webresource WHERE webresourceid = ?", resource.strip("{}").lower()
    else:
        sql, value = "SELECT 1 FROM webresource WHERE name = ?", resource
    return session.one(sql, (value,)) is not None


def forms_with(session: Session, name: str, row_id: str) -> int:
    """How many forms, published or not yet, need the web resource."""
    drafts = {
        form: json.loads(vals)
        for form, vals in session.rows("""SELECT id, vals FROM "~drafts" WHERE tbl = 'systemform'""")
    }
    named = {name.lower(), f"{{{row_id}}}"}
    count = 0
    for form, xml in session.rows("SELECT formid, formxml FROM systemform"):
        texts = {xml, drafts.get(form, {}).get("formxml", xml)}
        count += any(named & {one.lower() for one in resources(parsed(text))} for text in texts)
    return count
