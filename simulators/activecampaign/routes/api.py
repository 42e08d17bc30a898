"""What the endpoints share: the account behind the application, its lock, and how a request is read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue, RouteCallable

from simulators.activecampaign.core.answers import Problem, forbidden, missing
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, Table, as_id
from simulators.activecampaign.ops import imports
from simulators.activecampaign.state import ActiveCampaign

V3 = "/api/3"


def here() -> ActiveCampaign:
    """The account of the running application."""
    world: ActiveCampaign = current_app.extensions["activecampaign"]
    return world


class Api(Blueprint):
    """Endpoints that run one at a time, with everything that fell due before them done."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: RouteCallable | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        guarded = _guarded(view_func) if view_func else None
        super().add_url_rule(
            rule, endpoint or getattr(view_func, "__name__", None), guarded, provide_automatic_options, **options
        )


def _guarded(view: RouteCallable) -> RouteCallable:
    @functools.wraps(view)
    def run(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        world = here()
        with world.lock:
            imports.catch_up(world)
            answer: ResponseReturnValue = current_app.ensure_sync(view)(*args, **kwargs)
            return answer

    return run


def body(envelope: str) -> Row:
    """The object under the singular key of the request. 400 where there is none."""
    given = request.get_json(force=True, silent=True)
    inner = given.get(envelope) if isinstance(given, dict) else None
    if not isinstance(inner, dict):
        raise Problem(400, {"errors": [{"status": 400, "title": "Bad Request"}]})
    return inner


def root() -> str:
    """The address of the account as the caller wrote it, with a slash at its end."""
    return request.url_root


def page() -> tuple[int, int]:
    """`limit` (20 unless given, at most 100 unless switched) and `offset`. Nonsense counts as not given."""
    most = here().switches["page_limit_max"]
    limit = as_id(request.args.get("limit")) or 20
    return (limit if most is None else min(limit, most)), as_id(request.args.get("offset"))


def paged(key: str, rows: list[Any], shape: Callable[[Any], Row] = dict, total: object = "text") -> Row:
    """One page of `rows` under `key`, with `meta.total` as a string, or as a number where `total` is int."""
    limit, offset = page()
    count = len(rows) if total is int else str(len(rows))
    return {key: [shape(row) for row in rows[offset : offset + limit]], "meta": {"total": count}}


def filtered() -> dict[str, str]:
    """`filters[name]=value` and `filters[name][op]=value` of the query, by what stands in the brackets."""
    pairs = ((key, value) for key, value in request.args.items() if key.startswith("filters[") and key.endswith("]"))
    return {key[len("filters[") : -1].replace("][", "."): value for key, value in pairs}


def the_contact(number: object, status: int = 404, result: str = "Result") -> Contact:
    """The contact with this id, or the answer of the service when there is none."""
    contact = here().contacts.rows.get(as_id(number))
    if contact is None:
        name = ("Subscriber", "contact")[result == "result"]
        raise missing(name, number, status, result)
    return contact


def the_row(table: Table, number: object, model: str, status: int = 404) -> Row:
    """The row with this id, or the answer of the service when there is none."""
    row = table.get(number)
    if row is None:
        raise missing(model, number, status)
    return row


def need(permission: str, what: str) -> None:
    """403 unless the user of the key is an administrator or has this permission."""
    user = g.user
    if not user["admin"] and permission in user["denied"]:
        raise forbidden(f"You do not have permission to {what}.")


def changed(table: str, how: str = "updated") -> None:
    """Counts a row that was changed in place."""
    here().stats.row(table, how)


def wrote(contacts: int = 1) -> None:
    """Counts contacts written, for the statistics."""
    here().stats.wrote(f"{request.method} {request.url_rule}", contacts)
