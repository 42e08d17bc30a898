"""A salesperson at the form of a lead or contact, with the panel on one of its tabs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect
from support import visit
from support.companion import CONTROL
from support.visit import Visit

WIDTHS = {"": 1000, "-narrow": 320}
SEND = """async ([method, path, body]) => {
  const headers = {"Content-Type": "application/json", Accept: "application/json"};
  const answer = await fetch(`/api/data/v9.2/${path}`, {method, headers, body: body && JSON.stringify(body)});
  return answer.status;
}"""


class PanelVisit(Visit):
    """One browser window. `panel` finds things in the panel."""

    def __init__(self, page: Page, base: str) -> None:
        super().__init__(page, base)
        self.panel: FrameLocator = page.frame_locator(f"#{CONTROL}")

    def sign_in_as(self, upn: str) -> None:
        self.open("/_sim/sign_in?" + urlencode({"upn": upn}))

    def open_record(self, table: str, record: str = "", **more: str) -> None:
        """Opens the form and its tab with the panel; without an id, that of a new record."""
        asked = {
            "pagetype": "entityrecord",
            "etn": table,
            "theme": "light",
            **({"id": record} if record else {}),
            **more,
        }
        self.open("/main.aspx?" + urlencode(asked))
        self.page.get_by_role("tab", name="ActiveCampaign").click()

    def shows(self, text: str, within_s: float = 10) -> None:
        expect(self.panel.locator("body")).to_contain_text(text, timeout=within_s * 1000, use_inner_text=True)

    def lacks(self, text: str) -> None:
        expect(self.panel.locator("body")).not_to_contain_text(text, use_inner_text=True)

    def button(self, words: str) -> Locator:
        return self.panel.get_by_role("button", name=words, exact=True)

    def happened(self) -> list[str]:
        """The lines of the timeline."""
        return self.panel.locator("#days .what").all_inner_texts()

    def calls(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        """The status of a request that a script in the panel's page sends by itself, past the panel."""
        return int(self._frame().evaluate(SEND, [method, path, body]))

    def look_at_panel(self, name: str, full: bool = True, keep: bool = True) -> None:
        """Looks at the panel in both widths, in light and dark, whether everybody can use it; and keeps pictures."""
        for suffix, width in WIDTHS.items():
            self.page.set_viewport_size({"width": width + 32, "height": 900})
            for theme in ("light", "dark"):
                self.page.evaluate("theme => { document.documentElement.style.colorScheme = theme; }", theme)
                self.page.emulate_media(color_scheme=theme)
                self._looked(f"{name}{suffix}{'-dark' if theme == 'dark' else ''}", width, full, keep)
        self.page.emulate_media(color_scheme="light")
        self.page.evaluate("document.documentElement.style.colorScheme = 'light'")
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def picture_of_form(self, name: str) -> None:
        if visit.IMAGES:
            self.page.screenshot(path=Path(visit.IMAGES) / f"{name}.png", full_page=True)

    def _looked(self, name: str, width: int, full: bool, keep: bool) -> None:
        frame = self._frame()
        frame.evaluate("document.fonts.ready")
        wide = frame.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.faults.append(f"{name}: {wide} px wide in {width}")
        self.faults += visit.barriers(frame, name)
        if visit.IMAGES and keep:
            tall = frame.evaluate("document.querySelector('main').scrollHeight") if full else 640
            self.page.locator(f"#{CONTROL}").evaluate("(one, tall) => { one.style.height = `${tall}px`; }", tall)
            self.page.locator(f"#{CONTROL}").screenshot(path=Path(visit.IMAGES) / f"{name}.png")

    def _frame(self) -> Frame:
        found = self.page.locator(f"#{CONTROL}").element_handle().content_frame()
        assert found
        return found
