"""Web resources, forms and publishing.

What is saved is not what people see: a plain read answers with what was published, and whoever edits that throws away
what others saved since. Sources: learn.microsoft.com, pages model-driven-apps/publish-customizations and
create-web-resources, the function RetrieveUnpublishedMultiple, references of webresource and systemform.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clients.dynamics_definer import Definer
from sync.model import Lane

UNPUBLISHED: Final = "Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
MAIN: Final = 2
"""The type of a main form."""
FORM: Final = "formid,name,objecttypecode,formxml,iscustomizable"
RESOURCE: Final = "webresourceid,name,content"


@dataclass(frozen=True, slots=True)
class Form:
    """A main form. xml: as it was saved last; published: as people see it."""

    id: str
    name: str
    table: str
    xml: str
    published: str
    customizable: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """A web resource. content: as it was saved last; published: as people get it."""

    id: str
    name: str
    content: bytes
    published: bytes


class Forms(Definer):
    """What is shown on forms."""

    def main_forms(self, tables: Sequence[str], *, lane: Lane) -> list[Form]:
        """Every main form of these tables, in the order of table and name."""
        of = " or ".join(f"objecttypecode eq '{table}'" for table in tables)
        wanted = {"$select": FORM, "$filter": f"type eq {MAIN} and ({of})"}
        shown = {row["formid"]: row["formxml"] or "" for row in self.all_rows("systemforms", wanted, lane=lane)}
        saved = self.all_rows(f"systemforms/{UNPUBLISHED}", wanted, lane=lane)
        forms = [_form(row, shown.get(row["formid"], "")) for row in saved]
        return sorted(forms, key=lambda form: (form.table, form.name, form.id))

    def change_form(self, form: str, xml: str, *, lane: Lane) -> None:
        """Saves a form; people see it once its table is published. Raises as `define`."""
        self.define("PATCH", f"systemforms({form})", {"formxml": xml}, lane=lane)

    def resources(self, names: Sequence[str], *, lane: Lane) -> dict[str, Resource]:
        """The web resources of these names that exist."""
        wanted = {"$select": RESOURCE, "$filter": " or ".join(f"name eq '{name}'" for name in names)}
        shown = {row["webresourceid"]: row["content"] for row in self.all_rows("webresourceset", wanted, lane=lane)}
        saved = self.all_rows(f"webresourceset/{UNPUBLISHED}", wanted, lane=lane)
        return {row["name"]: _resource(row, shown.get(row["webresourceid"])) for row in saved}

    def make_resource(self, name: str, label: str, kind: int, content: str, solution: str, *, lane: Lane) -> None:
        """kind: 1 a page, 3 a script. Raises as `define`."""
        body = {"name": name, "displayname": label, "webresourcetype": kind, "content": _coded(content)}
        self.define("POST", "webresourceset", body, solution=solution, lane=lane)

    def change_resource(self, resource: str, content: str, *, lane: Lane) -> None:
        """Saves its content; people get it once it is published. Raises as `define`."""
        self.define("PATCH", f"webresourceset({resource})", {"content": _coded(content)}, lane=lane)

    def drop_resource(self, resource: str, *, lane: Lane) -> None:
        """Deletes a web resource, which nothing may show any more. Raises as `define`."""
        self.drop(f"webresourceset({resource})", lane=lane)

    def publish(self, tables: Iterable[str], resources: Iterable[str] = (), *, lane: Lane) -> None:
        """Publishes tables by logical name, with whatever others saved there, and web resources by id. Doing it twice
        does no harm. Raises Customizing while another one runs, and as `define`."""
        entities = "".join(f"<entity>{table}</entity>" for table in tables)
        pages = "".join(f"<webresource>{{{one}}}</webresource>" for one in resources)
        parts = [f"<entities>{entities}</entities>"] if entities else []
        parts += [f"<webresources>{pages}</webresources>"] if pages else []
        body = {"ParameterXml": f"<importexportxml>{''.join(parts)}</importexportxml>"}
        self.define("POST", "PublishXml", body, lane=lane)


def _form(row: dict[str, Any], published: str) -> Form:
    may = row.get("iscustomizable")
    customizable = bool(may.get("Value", True)) if isinstance(may, dict) else may is not False
    return Form(row["formid"], row["name"] or "", row["objecttypecode"], row["formxml"] or "", published, customizable)


def _resource(row: dict[str, Any], published: str | None) -> Resource:
    return Resource(row["webresourceid"], row["name"], _plain(row["content"]), _plain(published))


def _coded(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


def _plain(content: str | None) -> bytes:
    return base64.b64decode(content or "")
