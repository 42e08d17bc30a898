"""`ac365 provision dynamics --remove`: what was made goes, what others added stays."""

from __future__ import annotations

from typing import Any

import pytest
from support.provisioned import ac365, answer, become, environment
from support.story import Story

from engine.companion import provision, removal
from engine.companion.steps import Step
from mapping import companion
from mapping.form_placement import TAB
from simulators.common.faults import Fault
from simulators.dynamics import control_people
from simulators.dynamics.schema.catalog import stable_id

LEAD = stable_id("form", "lead", "Lead")


@pytest.fixture(autouse=True)
def _made(story: Story) -> None:
    become(story, "System Administrator")


def test_it_leaves_the_environment_as_it_was(story: Story) -> None:
    before = environment(story)
    ac365("--apply")
    assert environment(story) != before
    told = answer("--remove", "--apply", "--yes")
    assert (told["made"], told["complete"], told["stays"]) == (True, True, [])
    assert environment(story) == before
    assert "nothing of ac365" in ac365("--remove").stdout


def test_it_is_shown_with_the_rows_first_and_nothing_is_done(story: Story) -> None:
    ac365("--apply")
    story.crm.load("ac365_choice", [{"ac365_choiceid": LEAD, "ac365_name": "Welcome"}])
    made = environment(story)
    shown = ac365("--remove").stdout
    assert "is deleted with 1 row(s)" in shown
    assert "--remove --apply" in shown
    assert answer("--remove")["rows"] == {"ac365_activity": 0, "ac365_choice": 1, "ac365_request": 0}
    assert environment(story) == made


def test_rows_are_not_taken_away_unasked(story: Story) -> None:
    ac365("--apply")
    made = environment(story)
    refused = ac365("--remove", "--apply")
    assert (refused.exit_code, "--yes" in refused.stderr) == (1, True)
    assert environment(story) == made


def test_a_role_that_was_there_before_stays(story: Story) -> None:
    control_people.add_role(story.crm, companion.ADMIN_ROLE, None)
    ac365("--apply")
    told = answer("--remove", "--apply", "--yes")
    assert [(one["name"], "before" in one["why"]) for one in told["stays"]] == [(companion.ADMIN_ROLE, True)]
    assert companion.ADMIN_ROLE in names(story)


def names(story: Story) -> set[str]:
    return {name for _, name in environment(story)["role"]}


def test_a_role_that_somebody_holds_or_widened_stays_and_so_does_the_solution_that_knows_it(story: Story) -> None:
    ac365("--apply", "--assign")
    control_people._change_privileges(story.crm, companion.USER_ROLE, {"prvReadAccount": "Basic"})
    told = answer("--remove", "--apply", "--yes")
    assert {one["name"] for one in told["stays"]} == {companion.APPLICATION_ROLE, companion.USER_ROLE}
    assert names(story) >= {companion.APPLICATION_ROLE, companion.USER_ROLE}
    assert companion.ADMIN_ROLE not in names(story)
    assert ("ac365",) in environment(story)["solution"]
    # Taken from whoever holds it, it goes the next time; what was widened stays for good.
    become(story, "System Administrator")
    assert [one["name"] for one in answer("--remove", "--apply", "--yes")["steps"]] == [companion.APPLICATION_ROLE]


def test_what_somebody_added_to_our_tab_stays(story: Story) -> None:
    ac365("--apply")
    xml = story.row("systemform", LEAD)["formxml"]
    theirs = '<section name="theirs" id="{11111111-2222-4333-8444-555555555555}"><rows/></section>'
    phone = (
        '<rows><row><cell id="{11111111-2222-4333-8444-555555555556}"><control id="phone2" '
        'classid="{4273EDBD-AC1D-40d3-9FB2-095C621B552D}" datafieldname="telephone1"/></cell></row></rows>'
    )
    at = xml.index(f'<tab name="{TAB}"')
    ours = xml[at:].replace("</sections>", theirs.replace("<rows/>", phone) + "</sections>", 1)
    story.administrate("PATCH", f"systemforms({LEAD})", {"formxml": xml[:at] + ours})
    ac365("--remove", "--apply", "--yes")
    left = story.row("systemform", LEAD)["formxml"]
    assert ("theirs" in left, companion.PANEL in left, companion.FORM_SCRIPT in left) == (True, False, False)


@pytest.mark.parametrize("after", [1, 4, 7, 9, 12])
def test_an_interrupted_removal_goes_on_where_it_was(story: Story, after: int) -> None:
    before = environment(story)
    provision.carry_out(story.context, "test")
    seen: list[Step] = []

    def stop(step: Step) -> None:
        seen.append(step)
        if len(seen) > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        removal.remove(story.context, "test", tell=stop)
    removal.remove(story.context, "test")
    assert environment(story) == before


def test_lost_answers_end_in_the_same(story: Story) -> None:
    before = environment(story)
    provision.carry_out(story.context, "test")
    hurt: list[Any] = []

    def disturb(step: Step) -> None:
        if step.part not in hurt:
            hurt.append(step.part)
            story.crm.faults.add(Fault("status_after", method="POST|PATCH|DELETE", status=504, times=1))

    removal.remove(story.context, "test", tell=disturb, sleep=lambda _: None)
    assert environment(story) == before


def test_who_may_not_take_it_away_is_told_before_anything_is_changed(story: Story) -> None:
    ac365("--apply", "--assign")
    made = environment(story)
    become(story, companion.APPLICATION_ROLE)
    refused = ac365("--remove", "--apply", "--yes")
    assert (refused.exit_code, "System Administrator" in refused.stderr) == (1, True)
    assert environment(story) == made
