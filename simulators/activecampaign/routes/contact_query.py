"""The query of GET /contacts as conditions. What the service does not know it ignores without a word (S13)."""

from __future__ import annotations

from flask import request

from simulators.activecampaign.core.answers import generic
from simulators.activecampaign.core.dates import parse
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops.query import FEW, ORDERS, Query, Test
from simulators.activecampaign.routes.api import filtered, page

_DATES = ("created_after", "created_before", "updated_after", "updated_before")


def conditions(world: World) -> Query:
    """What the request asks for, its order and its window of ids."""
    args = request.args
    _refuse_unknown(world)
    query = Query(key=_key())
    query.above, query.below = as_id(args.get("id_greater")), as_id(args.get("id_less")) or None
    _order(query)
    _by_person(world, query)
    _by_group(world, query)
    for name in _DATES:
        _by_date(world, query, name)
    return query


def _key() -> tuple[object, ...]:
    skipped = ("id_greater", "id_less", "limit", "offset", "include")
    return tuple(sorted(item for item in request.args.items(multi=True) if item[0] not in skipped))


def _refuse_unknown(world: World) -> None:
    unknown = [name for name in filtered() if name not in _DATES]
    if unknown and world.switches["unknown_filters"] == "422":
        raise generic(422, "Invalid filter field", unknown[0])


def _order(query: Query) -> None:
    # Which order holds when none is asked for is not published; newest first trips whoever relies on another.
    for name in ORDERS:
        wanted = request.args.get(f"orders[{name}]")
        if wanted:
            query.order, query.descending = name, wanted.lower() == "desc"
            return


def _by_person(world: World, query: Query) -> None:
    args = request.args
    numbers = [as_id(each) for each in args.getlist("ids[]")]
    if numbers:
        query.pools.append(set(numbers))
    if "email" in args:
        found = world.contacts.find(args["email"])
        query.pools.append({found.id} if found else set())
    if args.get("exclude"):
        excluded = as_id(args["exclude"])
        query.tests.append(lambda each: each.id != excluded)
    query.tests += [test for test in (_email_like(), _phone(), _search()) if test]


def _email_like() -> Test | None:
    part = request.args.get("email_like", "").lower()
    return (lambda each: part in each.email.lower()) if part else None


def _phone() -> Test | None:
    start = request.args.get("phone", "")
    return (lambda each: each.phone.startswith(start)) if start else None


def _search() -> Test | None:
    part = request.args.get("search", "").lower()
    return (lambda each: part in f"{each.first} {each.last} {each.phone} {each.email}".lower()) if part else None


def _by_group(world: World, query: Query) -> None:
    args = request.args
    if as_id(args.get("tagid")):
        query.pools.append(world.tagged.get(as_id(args["tagid"]), set()))
    if as_id(args.get("listid")):
        query.pools.append(world.listed.get(as_id(args["listid"]), set()))
    if as_id(args.get("seriesid")):
        series = as_id(args["seriesid"])
        query.pools.append({row["contact"] for row in world.enrolments if row["automation"] == series})
    if any(as_id(args.get(name)) for name in ("formid", "segmentid", "waitid")):
        query.pools.append(set())
    status = args.get("status", "-1")
    if status in ("0", "1", "2", "3"):
        query.tests.append(_has_status(status, as_id(args.get("listid"))))


def _has_status(status: str, list_id: int) -> Test:
    wanted = {"0": (0, 3), "1": (1,), "2": (2,)}.get(status, ())

    def test(contact: Contact) -> bool:
        if status == "3":
            return bool(contact.seldom("bounced_hard"))
        states = [each for number, each in contact.lists.items() if not list_id or number == list_id]
        return any(each.status in wanted for each in states)

    return test


def _by_date(world: World, query: Query, name: str) -> None:
    moment = parse(request.args.get(f"filters[{name}]", ""), world.switches["naive_zone"])
    if moment is None:
        return
    by_touch = name == "updated_after" and world.switches["updated_after_compares"] == "updated_timestamp"
    if by_touch:
        query.tests.append(lambda each: each.touched > moment)
        return
    attribute = "udate" if name.startswith("updated") else "cdate"
    later = name.endswith("after")
    if name == "updated_after" and world.contacts.log.count_since(moment) <= FEW:
        query.pools.append(world.contacts.log.since(moment))
    query.tests.append(_dated(attribute, moment, later))


def _dated(attribute: str, moment: float, later: bool) -> Test:
    if later:
        return lambda each: getattr(each, attribute) >= moment
    return lambda each: getattr(each, attribute) < moment


def page_input() -> Row:
    """How the service repeats what it understood."""
    limit, offset = page()
    args = request.args
    numbers = {name: as_id(args.get(name)) for name in ("formid", "listid", "tagid", "seriesid", "waitid")}
    status = args.get("status", "-1")
    return {"segmentid": None, **numbers, "limit": limit, "offset": offset, "search": args.get("search"), "sort": None,
            "status": int(status) if status.lstrip("-").isdigit() else -1, "forceQuery": 0,
            "cacheid": "9f0c1d2e3a4b5c6d7e8f9a0b1c2d3e4f"}  # fmt: skip
