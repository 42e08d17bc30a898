"""The first minutes: the first administrator gets in, and pages are sound for everybody."""

from __future__ import annotations

from support.visit import Visit

from engine.users import code

PASSWORD = "correct horse battery"


def test_the_first_administrator_gets_in_and_out(visit: Visit) -> None:
    visit.open("/")
    visit.look("welcome")
    visit.fill("Code", "0000-0000-0000")
    visit.fill("Name to sign in with", "anna")
    visit.fill("Password", PASSWORD)
    visit.press("Make this administrator")
    visit.sees("This is not the code")
    visit.fill("Code", code(["a key for tests"]))
    visit.fill("Password", PASSWORD)
    visit.press("Make this administrator")
    visit.press("Sign out")
    visit.look("sign-in")
    visit.sign_in("anna", PASSWORD)
    visit.page.get_by_text("Sign out").wait_for()
