"""Publishing: PublishXml, PublishAllXml, and reads of what is not yet published.

Schema of ParameterXml: Microsoft Learn, "Publish request schema". Only one customization runs at a time; the error of a
second one: "Concurrent solution operation failures" on Microsoft Learn, with the code that public clients retry.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element, ParseError, fromstring

from simulators.dynamics.access import require_named
from simulators.dynamics.call import Call, Reply
from simulators.dynamics.errors import ApiError, invalid
from simulators.dynamics.metadata.options import publish_options
from simulators.dynamics.odata.address import guid
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.storage import Session
from simulators.dynamics.writing import drafts

FORMS_OF = "SELECT formid FROM systemform WHERE objecttypecode = ?"
DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
BUSY = (
    "Cannot start another [{wanted}] because there is a previous [{running}] running at this moment. Use Solution "
    "History for more details."
)


def publish(call: Call, everything: bool) -> Reply:
    """PublishXml and PublishAllXml. With the switch on, delta links of the tables die.

    Forms become visible with their table, a web resource when it is named by id. Raises ApiError: 400 for a
    ParameterXml that is none or names what does not exist, and as `customization_busy_status` says while another
    customization runs.
    """
    require_named(call.caller, "prvPublishCustomization")
    with customizing(call, "PublishAll" if everything else "Publish"):
        tables, resources = _all(call) if everything else _named(call)
        with call.state.schema_lock:
            for table in tables:
                table.change_tracking = table.extra.pop("change_tracking", table.change_tracking)
                publish_options(table)
            call.state.catalog.version += 1
        _show(call, tables, resources)
        time.sleep(call.state.switches["publish_s"])
    call.state.stats.changing()
    if call.state.switches["publish_invalidates_tokens"]:
        call.state.expire_tokens(tables)
    return Reply(204, cost_s=3.0)


@contextmanager
def customizing(call: Call, what: str) -> Iterator[None]:
    """The one customization that runs. Raises ApiError while another one does."""
    state = call.state
    if not state.customizing.acquire(blocking=False):
        message = BUSY.format(wanted=what, running=state.customization)
        raise ApiError(state.switches["customization_busy_status"], "0x80071151", message)
    state.customization = what
    try:
        yield
    finally:
        state.customizing.release()


def _all(call: Call) -> tuple[list[Table], list[str]]:
    with call.reading() as session:
        return list(call.state.catalog.tables.values()), [
            row[0] for row in session.rows("SELECT webresourceid FROM webresource")
        ]


def _named(call: Call) -> tuple[list[Table], list[str]]:
    root = _parameters(str(call.body().get("ParameterXml", "")))
    tables = []
    for one in root.iterfind("./entities/entity"):
        name = (one.text or "").strip().lower()
        if name not in call.state.catalog.tables:
            raise ApiError(400, "0x80041102", f"The entity with a name = '{name}' was not found in the MetadataCache.")
        tables.append(call.state.catalog.tables[name])
    resources = [_resource(call, (one.text or "").strip()) for one in root.iterfind("./webresources/webresource")]
    return tables, resources


def _parameters(xml: str) -> Element:
    if DOCTYPE.search(xml):
        raise invalid("The ParameterXml holds a document type.")
    try:
        root = fromstring(xml)  # noqa: S314  Entities were refused above.
    except ParseError as error:
        raise invalid(f"The ParameterXml is not well-formed: {error}") from None
    if root.tag != "importexportxml":
        raise invalid(f"The root element of ParameterXml is '{root.tag}', expected 'importexportxml'.")
    return root


def _resource(call: Call, text: str) -> str:
    row_id = guid(text.strip("{}"))
    with call.reading() as session:
        if row_id is None or session.one("SELECT 1 FROM webresource WHERE webresourceid = ?", (row_id,)) is None:
            raise ApiError(400, "0x80040217", f"Entity 'WebResource' With Id = {text} Does Not Exist")
    return row_id


def _show(call: Call, tables: list[Table], resources: list[str]) -> None:
    forms, files = (call.state.catalog.tables[name] for name in ("systemform", "webresource"))
    with call.writing() as session:
        for table in tables:
            for (form,) in session.rows(FORMS_OF, (table.logical,)):
                drafts.publish(session, forms, form)
        for resource in resources:
            drafts.publish(session, files, resource)


class _Done(Exception):
    """Rolls the session of a read back."""


def read_latest(call: Call, table: Table, read: Callable[[Call, Table], Reply]) -> Reply:
    """RetrieveUnpublished of a record and RetrieveUnpublishedMultiple of a table, by the read of what is published."""
    reply = Reply(500)
    try:
        with call.state.storage.write() as session:
            reply = _read(call, table, read, session)
            raise _Done
    except _Done:
        return reply


def _read(call: Call, table: Table, read: Callable[[Call, Table], Reply], session: Session) -> Reply:
    drafts.show_latest(session, call.state.catalog, table.logical)
    call.session = session
    return read(call, table)
