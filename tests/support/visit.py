"""A person at a browser: opens pages, fills in forms, and looks whether each page is sound."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Frame, Locator, Page, expect

IMAGES = os.environ.get("AC365_IMAGES", "")
"""Where screenshots are kept; without it none are made."""
GRAVE = {"serious", "critical"}
LOOKS = 5
EXPECTED = ("401", "403", "404", "409", "422")
"""Chromium reports an answer that refuses as an error of the page; a refusal that a test asks for is none."""


def barriers(view: Page | Frame, name: str) -> list[str]:
    """What keeps somebody from using a page. One that goes meanwhile, since it renews itself, is looked at again."""
    for _ in range(LOOKS - 1):
        with contextlib.suppress(Error):
            return _seen(view, name)
    return _seen(view, name)


def _seen(view: Page | Frame, name: str) -> list[str]:
    view.wait_for_load_state()
    found: list[dict[str, Any]] = Axe().run(view).response["violations"]
    return [_told(one, name) for one in found if one["impact"] in GRAVE]


def _told(one: dict[str, Any], name: str) -> str:
    where = "; ".join(f"{node['html'][:120]} {node['failureSummary']}" for node in one["nodes"][:3])
    return f"{name}: {one['help']} ({one['id']}): {where}"


class Visit:
    """One browser window. What went wrong on any page is collected in `faults`."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.host = urlsplit(base).netloc
        self.faults: list[str] = []
        page.on("console", lambda one: self._heard(one.type, one.text))
        page.on("pageerror", lambda error: self.faults.append(f"error in a script: {error}"))
        page.on("request", lambda one: self._asked(one.url))

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(text)

    def press(self, words: str) -> None:
        """Presses the button or follows the link that bears these words."""
        button, link = (self.page.get_by_role(role, name=words, exact=True) for role in ("button", "link"))
        button.or_(link).first.click()

    def sees(self, text: str, within_s: float = 20) -> None:
        expect(self.page.locator("main")).to_contain_text(text, timeout=within_s * 1000)

    def arrives_at(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def main(self) -> Locator:
        return self.page.locator("main")

    def sign_in(self, login: str, password: str) -> None:
        self.open("/sign-in")
        self.fill("Name", login)
        self.fill("Password", password)
        self.press("Sign in")

    def look(self, name: str) -> None:
        """Looks at the page as it is: whether everybody can use it, also on a telephone; and keeps a picture."""
        self.faults += barriers(self.page, name)
        self._picture(name)
        self.page.set_viewport_size({"width": 360, "height": 740})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > 360:
            self.faults.append(f"{name}: {wide} px wide on a telephone of 360")
        self._picture(f"{name}-narrow")
        self.page.set_viewport_size({"width": 1280, "height": 800})

    def _picture(self, name: str) -> None:
        if IMAGES:
            self.page.evaluate("window.scrollTo(0, 0)")
            self.page.screenshot(path=Path(IMAGES) / f"{name}.png", full_page=True)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not any(code in text for code in EXPECTED):
            self.faults.append(f"the browser's console: {text}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.faults.append(f"a request to another host: {url}")
