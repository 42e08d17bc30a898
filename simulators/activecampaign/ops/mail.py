"""What becomes of mail: sent, opened, clicked, bounced, unsubscribed, forwarded, shared, answered."""

from __future__ import annotations

from collections.abc import Callable

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import feed, hooks, journal, people


def sent(world: World, contact: Contact, campaign: Row) -> Row:
    """Sends the campaign to this one contact: counters, a log row, the feed. The webhook names no contact."""
    contact.note("sent", contact.seldom("sent", 0) + 1)
    campaign["send_amt"] += 1
    row = _log(world, contact, campaign)
    feed.add(world, contact, "log", "", row["id"])
    hooks.emit(world, "sent", "system", extra=_block(world, campaign))
    return row


def _log(world: World, contact: Contact, campaign: Row) -> Row:
    return world.logs.add(contact=contact.id, campaign=campaign["id"], message=campaign["message"], at=world.now())


def machine_opened(world: World, contact: Contact, campaign: Row) -> None:
    """A mail program fetched the pixel by itself (Apple's privacy protection): an open with a date of its own."""
    contact.note("mpp", 1)
    _opened(world, contact, campaign, "last_mpp_open")


def opened(world: World, contact: Contact, campaign: Row) -> None:
    """An open moves `updated_timestamp`, `edate` and `last_open_date`, not `udate` (S32)."""
    _opened(world, contact, campaign, "last_open")


def _opened(world: World, contact: Contact, campaign: Row, key: str) -> None:
    _engaged(world, contact, key)
    campaign["opens"] += 1
    feed.add(world, contact, "link", "open", _link(world, campaign, pixel=True)["id"])
    hooks.emit(world, "open", "public", contact, extra=_block(world, campaign))


def clicked(world: World, contact: Contact, campaign: Row) -> None:
    """A click on the campaign's first real link, with the same dates as an open."""
    _engaged(world, contact, "last_click")
    link = _link(world, campaign, pixel=False)
    campaign["linkclicks"] += 1
    world.clicks.add(contact=contact.id, campaign=campaign["id"], link=link["id"], at=world.now())
    feed.add(world, contact, "link", "click", link["id"])
    extra = {"link[id]": link["id"], "link[url]": link["link"]}
    hooks.emit(world, "click", "public", contact, extra={**_block(world, campaign), **extra})


def _engaged(world: World, contact: Contact, key: str) -> None:
    now = world.now()
    contact.touched = now
    contact.note(key, now)
    contact.note("edate", now)
    world.contacts.version += 1
    if world.switches["opens_move_udate"]:
        world.contacts.touch(contact, now)


def bounced(world: World, contact: Contact, campaign: Row, hard: bool = True) -> None:
    """A bounce. After a hard one the address is not imported any more.

    Whether it shows on the lists or moves `udate` is not published; the switches leave both as they were.
    """
    kind = "bounced_hard" if hard else "bounced_soft"
    contact.note(kind, contact.seldom(kind, 0) + 1)
    contact.note("bounced_at", world.now())
    campaign["hardbounces" if hard else "softbounces"] += 1
    code = "5.1.1" if hard else "4.2.2"
    row = world.bounces.add(contact=contact.id, campaign=campaign["id"], message=campaign["message"], at=world.now(),
                            email=contact.email, code=code)  # fmt: skip
    _show_bounce(world, contact, hard)
    # The feed speaks of the mail; why it came back stands in the bounce logs only.
    mails = [each for each in world.feeds[contact.id] if each["model"] == "log" and each["action"] == ""]
    mine = [each for each in mails if world.logs.rows[each["reference"]]["campaign"] == row["campaign"]]
    log = mine[-1]["reference"] if mine else _log(world, contact, campaign)["id"]
    feed.add(world, contact, "log", "bounce", log)
    extra = {"bounce[type]": "hard" if hard else "soft", "bounce[code]": code, "bounce[description]": "Undeliverable"}
    hooks.emit(world, "bounce", "system", contact, extra={**_block(world, campaign), **extra})


def _show_bounce(world: World, contact: Contact, hard: bool) -> None:
    journal.contact(world, "bounced", "system", contact, hard=hard)
    status = world.switches["hard_bounce_list_status"]
    joined = [number for number, each in contact.lists.items() if each.status == people.SUBSCRIBED]
    for number in joined if hard and status is not None else ():
        people.enlist(world, contact, number, status, world.now(), "system")
    people.moved(world, contact, "bounce")


def soft_bounced(world: World, contact: Contact, campaign: Row) -> None:
    """A bounce that may pass."""
    bounced(world, contact, campaign, hard=False)


def unsubscribed(world: World, contact: Contact, campaign: Row) -> None:
    """The contact leaves every list of the campaign by the link in the mail."""
    campaign["unsubscribes"] += 1
    for number in campaign["lists"]:
        membership = people.enlist(world, contact, number, people.UNSUBSCRIBED, world.now(), "public")
        membership.campaign, membership.message = campaign["id"], campaign["message"]
        membership.reason = "Too many mails"
        feed.add(world, contact, "contact-list", "unsubscribe", membership.id)
        extra = {"campaign[id]": campaign["id"], "unsubscribe[reason]": membership.reason, "form[id]": 0}
        hooks.emit(world, "unsubscribe", "public", contact, number, extra)
    people.moved(world, contact, "list")


def _told(event: str, counter: str | None = None, **extra: object) -> Callable[[World, Contact, Row], None]:
    def happen(world: World, contact: Contact, campaign: Row) -> None:
        if counter:
            campaign[counter] += 1
        feed.add(world, contact, "campaign", event, campaign["id"])
        hooks.emit(world, event, "public", contact, extra={**_block(world, campaign), **extra})

    return happen


KINDS: dict[str, Callable[[World, Contact, Row], object]] = {
    "sent": sent,
    "open": opened,
    "machine_open": machine_opened,
    "click": clicked,
    "bounce": bounced,
    "soft_bounce": soft_bounced,
    "unsubscribe": unsubscribed,
    "forward": _told("forward", "forwards", **{"forward[count]": 1}),
    "share": _told("share", None, **{"share[network]": "facebook", "share[content]": ""}),
    "reply": _told("reply", "replies", message="Thank you", result=""),
}


def _link(world: World, campaign: Row, pixel: bool) -> Row:
    links = [row for row in world.campaign_links if row["campaign"] == campaign["id"]]
    return next(row for row in links if (row["link"] == "open") is pixel)


def _block(world: World, campaign: Row) -> dict[str, object]:
    message = world.messages.rows[campaign["message"]]
    return {
        "campaign[id]": campaign["id"], "campaign[name]": campaign["name"], "campaign[status]": campaign["status"],
        "campaign[type]": campaign["type"], "campaign[recipients]": campaign["send_amt"],
        "campaign[message][id]": message["id"], "campaign[message][subject]": message["subject"],
        "campaign[webcopy_url]": "",
    }  # fmt: skip
