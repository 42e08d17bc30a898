"""What pages and API both do about marketing: what a person received, what may be asked for, and asking for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from flask import abort
from flask_login import current_user

from console import desk, looking
from engine.activities import shown
from engine.activities.shown import Happened
from engine.requests import asked_here, offers
from engine.requests.asked_here import Asker, Wish
from engine.requests.offers import Choice, Stay
from mapping.companion import Ask
from mapping.companion_tables import NAME_LENGTH
from store import links, requests, users
from sync.errors import SyncError
from sync.model import Entity

AT_ONCE: Final = 20
ONLY_PEOPLE: Final = "Only leads and contacts have marketing."
NAMES: Final = {ask.name.lower(): ask for ask in Ask}
NO_CONTACT: Final = "This record is not in ActiveCampaign yet."

COLOURS: Final = {"done": "good", "refused": "bad", "failed": "bad", "unconfirmed": "warn"}
STATES: Final = {"asked": "waiting", "checked": "in progress", "acting": "in progress", "unconfirmed": "not confirmed"}
WORDS: Final = {
    "word": asked_here.word,
    "COLOURS": COLOURS,
    "STATES": STATES,
    "Ask": Ask,
    "NO_CONTACT": NO_CONTACT,
}
"""What the templates say it with."""


@dataclass(frozen=True, slots=True)
class Marketing:
    """Of one record. running: the automations it is in, None where that isn't known; remarks: what was not read."""

    activities: list[Happened] = field(default_factory=list)
    running: list[Stay] | None = None
    choices: list[Choice] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def person(connection_id: int, entity: str) -> Entity:
    """The entity of a path. Answers 404 for what nobody can write to, and where there is no such connection."""
    desk.connection(connection_id)
    named = looking.entity_of(entity)
    if named not in asked_here.PEOPLE:
        abort(404, ONLY_PEOPLE)
    return named


def switched(connection_id: int) -> tuple[bool, bool]:
    """Whether activities are shown, and whether anything may be asked for."""
    _, document = desk.document(connection_id)
    return tuple(bool((document.get(name) or {}).get("enabled")) for name in ("activities", "panel"))  # type: ignore[return-value]


def marketing(connection_id: int, entity: Entity, record_id: UUID) -> Marketing:
    """What both services say of a record; a service that is away is named."""
    try:
        context = desk.context(connection_id)
    except SyncError as error:
        return Marketing(remarks=[error.message])
    activities, remark = shown.of_record(context, entity, str(record_id)) if switched(connection_id)[0] else ([], "")
    found = Marketing(activities, remarks=[remark] if remark else [])
    running, choices = found.running, found.choices
    try:
        running = offers.running(context, entity, str(record_id))
        choices = offers.choices(context)
    except SyncError as error:
        found.remarks.append(error.message)
    return Marketing(activities, running, choices, list(dict.fromkeys(found.remarks)))


def choices(connection_id: int) -> list[Choice]:
    """What may be picked. Raises SyncError."""
    return offers.choices(desk.context(connection_id))


def choice(connection_id: int, ask: Ask, key: str) -> Choice | None:
    """What a key means to who asks for this; None where nobody offers it, or no service can say."""
    try:
        return offers.choice_of(desk.context(connection_id), ask, key)
    except SyncError:
        return None


def address(connection_id: int, entity: Entity, record_id: UUID) -> str:
    """The address of a record as of the last sync, "" where it is not known."""
    with desk.desk().transaction() as tx:
        link = links.of_records(tx, connection_id, entity, [str(record_id)]).get(str(record_id))
    return (link.address or "") if link else ""


def asked(connection_id: int, entity: Entity, record_id: UUID) -> list[dict[str, Any]]:
    """What was asked for on a record, in Dynamics and here, the newest first."""
    with desk.desk().transaction() as tx:
        return [dict(row) for row in requests.of_record(tx, connection_id, entity, str(record_id), AT_ONCE)]


def ask(connection_id: int, entity: Entity, record_id: UUID, said: dict[str, Any]) -> dict[str, Any]:
    """Asks for something, once. said: {id, ask, target}. Raises asked_here.Refused."""
    wanted, services = NAMES[said["ask"]], desk.desk().services
    enabled = switched(connection_id)[1]
    named = choice(connection_id, wanted, said["target"]) if enabled else None
    name = named.name[:NAME_LENGTH] if named else ""
    wish = Wish(str(said["id"]), wanted, said["target"], name, entity, str(record_id))
    with desk.desk().transaction() as tx:
        who = _asker(tx)
        row, wakes = asked_here.file(tx, connection_id, wish, who, services.now(), enabled=enabled)
    desk.desk().send(wakes)
    return dict(row)


def _asker(tx: Any) -> Asker:
    row = users.get(tx, current_user.user_id) if current_user.user_id else None
    if row is None:
        return Asker(desk.author(), f"the program {current_user.name}")
    directory_id = str(row["directory_id"]) if row["directory_id"] else None
    return Asker(desk.author(), f"{current_user.name} ({current_user.login})", directory_id)
