"""What ac365 has of its own in Dynamics, call by call, against the simulated Dynamics."""

from __future__ import annotations

from typing import Any

import pytest

from clients.dynamics import Dynamics
from clients.faults import Customizing
from mapping import companion_definitions as definitions
from mapping.companion_gaps import gaps
from mapping.companion_tables import CHOICE, REQUEST
from simulators.common.faults import Fault
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import CLIENT_ID, SECRET
from simulators.dynamics.state import Dynamics as Environment
from sync.errors import BadRecord, UnknownOutcome
from sync.model import Lane

LANE = Lane.LIVE
LEAD = stable_id("form", "lead", "Lead")
SOLUTION = "ac365"


@pytest.fixture
def maker(live_dynamics: Dynamics, environment: Environment) -> Dynamics:
    """An application user that is System Administrator, with publisher and solution."""
    environment.add_application(CLIENT_ID, SECRET, "ac365", ["System Administrator"])
    live_dynamics.make_publisher(definitions.publisher(), lane=LANE)
    publisher = live_dynamics.publisher_named("ac365", lane=LANE)
    assert publisher
    live_dynamics.make_solution(definitions.solution(), publisher["publisherid"], lane=LANE)
    return live_dynamics


def make(client: Dynamics, table: Any) -> None:
    client.make_table(definitions.table(table, 1033), SOLUTION, lane=LANE)
    for column in table.columns:
        if column.target:
            client.make_relationship(definitions.relationship(table, column, 1033), SOLUTION, lane=LANE)
        else:
            client.make_column(table.logical, definitions.column(column, 1033), SOLUTION, lane=LANE)


def test_a_table_is_made_and_described_as_it_was_meant(maker: Dynamics) -> None:
    for table in (REQUEST, CHOICE):
        make(maker, table)
    maker.make_key(CHOICE.logical, definitions.key(CHOICE, 1033), SOLUTION, lane=LANE)
    found = maker.own_tables([REQUEST.logical, CHOICE.logical, "ac365_nothing"], lane=LANE)
    assert set(found) == {REQUEST.logical, CHOICE.logical}
    request, choice = gaps(REQUEST, found[REQUEST.logical]), gaps(CHOICE, found[CHOICE.logical])
    assert (request.columns, request.options, request.untracked, request.clashes) == ((), (), False, ())
    assert (choice.columns, choice.clashes, choice.key) == ((), (), "Pending")
    assert maker.rows_in(CHOICE.set, lane=LANE) == 0


def test_what_is_made_belongs_to_the_solution(maker: Dynamics) -> None:
    maker.make_resource("ac365_/x.js", "x", 3, "1", SOLUTION, lane=LANE)
    solution = maker.solution_named(SOLUTION, lane=LANE)
    assert solution
    made = maker.resources(["ac365_/x.js"], lane=LANE)["ac365_/x.js"]
    assert (made.content, made.published) == (b"1", b"1")
    assert maker.components(solution, lane=LANE) == {made.id}


def test_a_form_is_read_as_it_was_saved_and_as_people_see_it(maker: Dynamics) -> None:
    (before,) = maker.main_forms(["lead"], lane=LANE)
    maker.change_form(LEAD, before.xml.replace("Summary", "Overview"), lane=LANE)
    (saved,) = maker.main_forms(["lead"], lane=LANE)
    assert ("Overview" in saved.xml, saved.published == before.xml) == (True, True)
    maker.publish(["lead"], lane=LANE)
    (shown,) = maker.main_forms(["lead"], lane=LANE)
    assert shown.published == shown.xml == saved.xml


def test_a_bad_form_is_refused_and_stays_as_it_was(maker: Dynamics) -> None:
    with pytest.raises(BadRecord):
        maker.change_form(LEAD, "<form><tabs>", lane=LANE)
    (form,) = maker.main_forms(["lead"], lane=LANE)
    assert form.xml == form.published


@pytest.mark.parametrize("status", [429, 503])
def test_another_customization_delays_this_one_and_no_sync(
    maker: Dynamics, environment: Environment, ledger: Any, status: int
) -> None:
    environment.switches["customization_busy_status"] = status
    environment.customizing.acquire()
    try:
        with pytest.raises(Customizing):
            maker.publish(["lead"], lane=LANE)
    finally:
        environment.customizing.release()
    assert ledger.pauses == []


def test_nobody_can_tell_what_a_lost_answer_means(maker: Dynamics, environment: Environment) -> None:
    environment.faults.add(Fault("status_after", method="POST", path="EntityDefinitions", status=504))
    with pytest.raises(UnknownOutcome):
        maker.make_table(definitions.table(CHOICE, 1033), SOLUTION, lane=LANE)
    assert CHOICE.logical in maker.own_tables([CHOICE.logical], lane=LANE)


def test_a_role_gets_privileges_by_the_names_of_the_environment(maker: Dynamics) -> None:
    unit = maker.root_unit(lane=LANE)
    maker.make_role("Mine", unit, SOLUTION, lane=LANE)
    role = maker.roles_named(["Mine"], unit, lane=LANE)["Mine"]
    began = set(maker.held_by_role(role, lane=LANE))
    (read,) = (one for one in maker.privileges_of_tables(["lead"], lane=LANE) if one.right == "Read")
    maker.add_privileges(role, unit, {read: "Local"}, lane=LANE)
    held = maker.held_by_role(role, lane=LANE)
    assert (held[read.name], set(held) - began) == ("Local", {read.name})
    assert maker.privileges_named(["prvNobodyHasHeardOf"], lane=LANE) == []


def test_a_role_that_is_held_is_counted_and_can_not_be_deleted(maker: Dynamics) -> None:
    unit = maker.root_unit(lane=LANE)
    maker.make_role("Mine", unit, SOLUTION, lane=LANE)
    role = maker.roles_named(["Mine"], unit, lane=LANE)["Mine"]
    assert (maker.holders(role, lane=LANE), "Mine" in maker.own_roles(lane=LANE)) == (0, False)
    maker.assign_to_self("Mine", lane=LANE)
    assert (maker.holders(role, lane=LANE), "Mine" in maker.own_roles(lane=LANE)) == (1, True)
    with pytest.raises(BadRecord):
        maker.drop_role(role, lane=LANE)


def test_a_web_hook_is_made_moved_and_taken_away(maker: Dynamics) -> None:
    maker.make_endpoint("hook", "https://ac365.contoso.example/hooks/1", "secret", SOLUTION, lane=LANE)
    endpoint = maker.endpoint_named("hook", lane=LANE)
    assert endpoint
    maker.make_step("step", "lead", endpoint["serviceendpointid"], SOLUTION, lane=LANE)
    maker.move_endpoint(endpoint["serviceendpointid"], "https://other.contoso.example/hooks/1", lane=LANE)
    moved = maker.endpoint_named("hook", lane=LANE)
    assert moved
    assert moved["url"].startswith("https://other")
    step = maker.step_named("step", lane=LANE)
    assert step
    maker.drop_step(step, lane=LANE)
    maker.drop_endpoint(endpoint["serviceendpointid"], lane=LANE)
    assert (maker.step_named("step", lane=LANE), maker.endpoint_named("hook", lane=LANE)) == (None, None)


def test_deleting_what_is_gone_is_as_good_as_deleting_it(maker: Dynamics) -> None:
    maker.drop_table("ac365_nothing", lane=LANE)
    maker.drop_resource(LEAD, lane=LANE)


def test_an_option_shows_once_its_table_is_published(maker: Dynamics) -> None:
    make(maker, CHOICE)
    kind = CHOICE.columns[0]
    body = definitions.option(CHOICE, kind, next(iter(REQUEST.columns[0].options or ())), 1033) | {"Value": 365009999}
    maker.add_option(body, lane=LANE)
    values = [values_of(maker)]
    maker.publish([CHOICE.logical], lane=LANE)
    values.append(values_of(maker))
    assert [365009999 in one for one in values] == [False, True]
    with pytest.raises(BadRecord):
        maker.add_option(body, lane=LANE)


def values_of(client: Dynamics) -> list[int]:
    details = client.own_tables([CHOICE.logical], lane=LANE)[CHOICE.logical]["details"]
    return [option["Value"] for option in details["ac365_kind"]["OptionSet"]["Options"]]
