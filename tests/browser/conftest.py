"""A real browser at the real console: both simulators, real workers, and Chromium without a screen."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from support import companion
from support.dynamics_hand import Hand
from support.panel_visit import PanelVisit
from support.plant import ROOT, until
from support.ports import free_ports
from support.visit import Visit

from cli import stack
from cli.stack import Stack, celery
from cli.up import FLOWER
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

SECRET_KEY = "a key for tests"
NAMES = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), "")
MISSING = "Chromium is missing. On Debian: apt-get install chromium; or set CHROMIUM to its program."
# Where there is none the folder is left out, and the run says so at its head; where one has to be, its tests fail.
collect_ignore_glob = [] if PROGRAM or os.environ.get("AC365_BROWSER") == "required" else ["test_*.py"]
# A machine without a network is asked many times over for what a browser would like to know of its maker.
WORDS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def pytest_report_header() -> list[str]:
    return [f"The tests in a browser are left out. {MISSING}"] if collect_ignore_glob else []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this test process."""
    assert PROGRAM, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=WORDS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Visit]:
    """A person at a browser of their own; every page they saw was sound."""
    window = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    visit = Visit(window.new_page(), site)
    yield visit
    window.close()
    assert visit.faults == []


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for sockets."""
    made = Path(tempfile.mkdtemp(prefix="b"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def site(
    monkeypatch: pytest.MonkeyPatch, certificates: Path, ac: ActiveCampaign, dsn: str, redis_url: str, folder: Path
) -> Iterator[str]:
    """Where the console of a new installation is: nobody may sign in yet, and nothing is connected."""
    port, flower = free_ports(2)
    settings = {
        "REQUESTS_CA_BUNDLE": str(certificates / "ca.pem"),
        "DATABASE_URL": dsn,
        "REDIS_URL": redis_url,
        "CELERY_BROKER_URL": redis_url.replace("unix://", "redis+socket://", 1),
        "AC365_SECRET_KEY": SECRET_KEY,
        "AC365_CONSOLE_PORT": str(port),
        "AC365_FLOWER_PORT": str(flower),
        "FLOWER_BASIC_AUTH": "ac365:flower's password",
        "AC365_HOME": str(folder),
        "TEST_LIMITS": "lifted",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
    }
    monkeypatch.setattr(stack, "STOP_WITHIN_S", 1.0)
    made = Stack({**os.environ, **settings}, folder / "log")
    made.add("console", [sys.executable, "-m", "console"])
    quick = [sys.executable, "-m", "celery", "-A", "support.quick_app"]
    made.add("worker", [*quick, "worker", "-n", f"w{port}@%h", "-c", "1", "--without-mingle"])
    made.add("beat", [*quick, "beat", "-s", str(folder / "schedule"), "--pidfile="])
    made.add("flower", celery("flower", "--address=127.0.0.1", f"--port={flower}", *FLOWER))
    url = f"http://127.0.0.1:{port}"
    try:
        assert until(lambda: _answers(url)), (folder / "log" / "console.log").read_text()
        yield url
    finally:
        made.stop()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/alive", timeout=2).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def admin(crm: Dynamics, dynamics_of_process: tuple[Dynamics, Flask]) -> Hand:
    """Somebody who customizes Dynamics; what ac365 has there is made, and nothing has happened yet."""
    hand = Hand(crm, dynamics_of_process[1].test_client())
    made = hand.as_admin()
    companion.install(made)
    return made


@pytest.fixture
def seller(chromium: Browser, admin: Hand, crm: Dynamics) -> Iterator[PanelVisit]:
    """Noor's browser in Dynamics; what she saw was sound."""
    window = chromium.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", ignore_https_errors=True, locale="en-GB"
    )
    visit = PanelVisit(window.new_page(), crm.url)
    visit.sign_in_as(companion.NOOR)
    yield visit
    window.close()
    assert visit.faults == []
