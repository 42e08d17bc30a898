"""What `ac365 verify` prints."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN

from cli.verify import print_report
from engine.verify_report import DETAILS, DYNAMICS, Difference, Report, Tally
from sync.model import Entity

CONTACT = Entity.CONTACT


def report(*differences: Difference, **more: object) -> Report:
    tally = Tally(CONTACT, in_dynamics=2)
    for one in differences:
        tally.count(one)
    return Report([tally], 2, 0, 0, 0, differences, **more)  # type: ignore[arg-type]


def printed(found: Report, capsys: pytest.CaptureFixture[str]) -> str:
    print_report(found)
    return " ".join(capsys.readouterr().out.split())


def test_reasons_stand_beside_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    found = report(Difference(CONTACT, ADA, ("phone",), reasons={"phone": "waits for a person's decision"}))
    told = printed(found, capsys)
    assert "waits for a person's decision" in told
    assert "Both sides agree, but for what is explained above." in told


def test_one_reason_of_two_is_told_and_excuses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    found = report(Difference(CONTACT, ADA, ("phone", "tags"), reasons={"tags": "taken off"}))
    told = printed(found, capsys)
    assert "tags: taken off" in told
    assert "Both sides do NOT agree: 1 records" in told


def test_what_dynamics_lacks_is_named_by_its_id_in_activecampaign(capsys: pytest.CaptureFixture[str]) -> None:
    told = printed(report(Difference(CONTACT, None, ac_id=7, missing_in=DYNAMICS)), capsys)
    assert "contact (ActiveCampaign 7)" in told
    assert "(missing in Dynamics)" in told


def test_a_repair_says_how_much_it_queued_and_how_to_prove_it(capsys: pytest.CaptureFixture[str]) -> None:
    queued = {"records": 3, "dynamics": 2, "activecampaign": 1}
    told = printed(report(Difference(CONTACT, BEN, ("phone",)), queued=queued), capsys)
    assert "Queued 3 records: 2 to be read again in Dynamics, 1 to be looked at again in ActiveCampaign." in told
    assert "`ac365 verify` proves it" in told


def test_a_repair_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nothing had to be queued." in printed(report(queued={"records": 0}), capsys)


def test_only_the_first_differences_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    many = [Difference(CONTACT, f"{n:08}-0000-4000-8000-000000000000", ("phone",)) for n in range(60)]
    assert "... and 10 more" in printed(report(*many), capsys)
    assert DETAILS == 1000


@pytest.mark.parametrize(("queued", "told"), [(None, False), ({"records": 0}, True)])
def test_scripts_see_what_was_queued_only_after_a_repair(queued: dict[str, int] | None, told: bool) -> None:
    assert ("queued" in report(queued=queued).as_json()) is told


def test_scripts_see_the_reason_of_every_field() -> None:
    found = Difference(CONTACT, ADA, ("phone", "tags"), 7, reasons={"tags": "taken off"}).as_json()
    assert (found["record"], found["activecampaign"], found["missing"], found["missing_in"]) == (ADA, 7, False, None)
    assert (found["explanation"], found["reasons"]) == (None, {"tags": "taken off"})
