"""A whole story with data that is easily recognised and logs at their wordiest: it is only where it has to be."""

from __future__ import annotations

import os
import re
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis
import requests
from support.pages import named, section
from support.plant import ROOT, Plant, until
from support.ports import free_ports
from support.sides import edit

from cli.stack import Stack
from console.access.people import hashed, new_secret
from engine.asked import Purpose
from engine.hook_paths import Signer
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.faults import Fault
from simulators.dynamics.state import SECRET, Dynamics
from store import api_tokens, failures
from worker import settings

ZOE = "aaaaaaaa-0000-4000-8000-0000000000f1"
FIRST, LAST, LOCAL, JOB, PHONE = "Zoeletta", "Quuxington", "zoeletta.quuxington", "Kwisatzmeister", "5550199"
PEOPLE = (FIRST, LAST, LOCAL, JOB, PHONE, "brokenperson")
SIMULATED = (SECRET, "simulated-key", "a key for tests")

pytestmark = pytest.mark.usefixtures("lifted")


class Overheard:
    """Every word that anybody says to Redis: messages with their arguments, keys and values."""

    def __init__(self, url: str) -> None:
        self._url, self.lines = url, list[str]()
        threading.Thread(target=self._listen, daemon=True).start()
        assert until(lambda: redis.Redis.from_url(url).ping() and self.lines)

    def _listen(self) -> None:
        # The server ends before it does.
        with suppress(redis.RedisError), redis.Redis.from_url(self._url, socket_timeout=None).monitor() as heard:
            for one in heard.listen():
                self.lines.append(str(one["command"]))


@pytest.fixture
def overheard(redis_url: str) -> Overheard:
    return Overheard(redis_url)


@pytest.fixture
def wordy(plant: Plant, short: Path) -> tuple[Plant, str, str]:
    """Workers, beat, receiver and console at DEBUG; with the addresses of the last two."""
    console, hooks = free_ports(2)
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    ports = {"AC365_CONSOLE_PORT": str(console), "AC365_WEBHOOKS_PORT": str(hooks)}
    plant.stack = Stack({**os.environ, **ports, "PYTHONPATH": paths, "AC365_LOG_LEVEL": "DEBUG"}, short / "log")
    plant.stack.add("webhooks", [sys.executable, "-m", "webhooks"])
    plant.stack.add("console", [sys.executable, "-m", "console"])
    plant.start()
    return plant, f"http://127.0.0.1:{console}", f"http://127.0.0.1:{hooks}"


def people(crm: Dynamics) -> None:
    """Zoe in all her glory, and somebody whom ActiveCampaign refuses."""
    told = {"firstname": FIRST, "lastname": LAST, "jobtitle": JOB, "telephone1": f"+49 171 {PHONE}"}
    crm.load("contact", [{"contactid": ZOE, "emailaddress1": f"{LOCAL}@contoso.example", **told}])
    crm.load("lead", [{"subject": JOB, "lastname": LAST, "emailaddress1": "brokenperson@@contoso"}])


def secrets_of(plant: Plant, token: str, path: str) -> list[str]:
    return [*SIMULATED, *settings.read().secret_keys, token, path.rpartition("/")[2]]


def test_secrets_and_people_are_nowhere_but_where_they_have_to_be(
    overheard: Overheard, wordy: tuple[Plant, str, str], crm: Dynamics, ac: ActiveCampaign, short: Path
) -> None:
    plant, console, receiver = wordy
    people(crm)
    plant.ended(plant.begin())
    edit(crm, "contact", ZOE, jobtitle=f"{JOB} II", description=f"{FIRST} {LAST} +49 171 {PHONE}")
    body = f'{{"m": "{LOCAL}@contoso.example"}}'
    ac.faults.add(Fault("status", path="/api/3/contacts.*", status=422, times=3, body=body))
    plant.ended(plant.begin())
    token = new_secret()
    with plant.services.db.transaction() as tx:
        api_tokens.make(tx, "program", "administrator", hashed(token), "test", None)
    row = {"id": plant.connection_id, "webhook_generation": 1}
    path = Signer(settings.read().secret_keys).paths(row)[Purpose.CHANGED]
    assert until(lambda: answers(f"{console}/alive") and answers(f"{receiver}/hooks/health"))
    use(console, receiver, token, path)
    assert until(lambda: not plant.services.redis.llen("live"))
    secrets = secrets_of(plant, token, path)
    plant.stack.stop()
    with plant.services.db.transaction() as tx:
        assert failures.listed(tx, plant.connection_id)
    logs = {file.name: file.read_text() for file in (short / "log").iterdir()}
    assert {name for name, text in logs.items() if len(text) > 100} >= {"worker0.log", "beat.log", "webhooks.log"}
    assert found(logs, [*secrets, *PEOPLE]) == []
    assert len(overheard.lines) > 100
    assert found({"redis": "\n".join(overheard.lines)}, [*secrets, *PEOPLE]) == []
    tables = rows(plant.services.settings.database_url)
    assert found(tables, secrets) == []
    assert found(tables, [one.encode().hex() for one in secrets]) == []
    allowed = set(named(section("docs/security.md", "Where personal data is")))
    assert {name for name, _ in found(tables, PEOPLE)} <= allowed


def use(console: str, receiver: str, token: str, path: str) -> None:
    """People and programs come: with a right and a wrong token, with somebody's address, with a delivery."""
    for word in (token, "wrong-" + token):
        headers = {"Authorization": f"Bearer {word}"}
        for where in (f"records?search={LOCAL}@contoso.example", f"records/contact/{ZOE}", "failures", "cycles"):
            requests.get(f"{console}/api/v1/connections/1/{where}", headers=headers, timeout=30)
    form = {"contact[id]": "1", "contact[email]": f"{LOCAL}@contoso.example", "contact[first_name]": FIRST}
    assert requests.post(f"{receiver}{path}", data=form, timeout=10).status_code == 202
    assert requests.post(f"{receiver}{path[:-3]}xyz", data=form, timeout=10).status_code == 404


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def found(texts: dict[str, str], words: list[str] | tuple[str, ...]) -> list[tuple[str, str]]:
    """Where a word stands, with what stands around it."""
    return [
        (name, text[max(0, match.start() - 150) : match.end() + 50])
        for name, text in texts.items()
        for word in words
        if (match := re.search(re.escape(word), text, re.IGNORECASE))
    ]


def rows(dsn: str) -> dict[str, str]:
    """Everything that the database holds, as text, by table."""
    with psycopg.connect(dsn) as connection:
        query = """SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
                   AND relnamespace = 'public'::regnamespace"""
        names = [str(row[0]) for row in connection.execute(query)]
        found = {one: connection.execute(f"SELECT t::text FROM {one} t".encode()) for one in names}
        return {one: "\n".join(str(row[0]) for row in cursor) for one, cursor in found.items()}
