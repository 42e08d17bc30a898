"""Writing to the simulated Dynamics: nothing twice, nothing newer overwritten, and refusals that say what to do."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, DOV, DOV_AT

from clients.dynamics import Dynamics
from clients.dynamics_writes import Written
from simulators.common.faults import Fault
from simulators.dynamics.seed import INTEGRATION
from sync.errors import BadRecord, Duplicate, Missing, MissingPermission, Overtaken, SyncError, UnknownOutcome
from sync.model import Entity, Lane

SYNC = Lane.SYNC
DOVS = {"firstname": "Dov", "emailaddress1": DOV_AT}
LOST = [Fault("status_after", method="POST|PATCH", path="contacts", status=504), Fault("reset_after", path="contacts")]


@pytest.fixture
def dynamics(live_dynamics: Dynamics) -> Dynamics:
    return live_dynamics


def _create(dynamics: Dynamics, record_id: str = DOV, **body: object) -> Written:
    return dynamics.create_record("contacts", "contactid", record_id, {**DOVS, **body}, lane=SYNC)


def _update(dynamics: Dynamics, body: dict[str, object], version: int | None = None, record_id: str = ADA) -> Written:
    return dynamics.update_record("contacts", "contactid", record_id, body, version=version, lane=SYNC)


def _read(dynamics: Dynamics, record_id: str = ADA) -> tuple[int, str | None, str | None]:
    """Version, first name and job title."""
    row = dynamics.row("contacts", record_id, ("firstname", "jobtitle", "versionnumber"), lane=SYNC)
    assert row is not None
    return row["versionnumber"], row["firstname"], row["jobtitle"]


def _refused(dynamics: Dynamics, body: dict[str, object]) -> SyncError:
    with pytest.raises(SyncError) as caught:
        _update(dynamics, body)
    return caught.value


def test_a_record_is_made_under_the_id_we_chose(dynamics: Dynamics) -> None:
    made = _create(dynamics)
    assert _read(dynamics, DOV) == (made.version, "Dov", None)
    assert not made.found


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.kind)
def test_a_create_lost_on_the_way_back_makes_no_twin_when_repeated(dynamics: Dynamics, environment, fault) -> None:
    environment.faults.add(Fault(**vars(fault)))
    with pytest.raises(UnknownOutcome) as caught:
        _create(dynamics)
    repeated = _create(dynamics, jobtitle="Newer")
    assert caught.value.repeatable
    assert dynamics.count("contacts", f"emailaddress1 eq '{DOV_AT}'") == (1, True)
    assert (repeated.found, _read(dynamics, DOV)) == (True, (repeated.version, "Dov", None))


def test_a_rule_against_duplicates_is_respected(dynamics: Dynamics) -> None:
    with pytest.raises(Duplicate) as caught:
        _create(dynamics, emailaddress1=ADA_AT)
    assert caught.value.code == "dynamics.duplicate_detected"
    assert "Merge" in caught.value.advice
    assert dynamics.row("contacts", DOV, ("contactid",), lane=SYNC) is None


def test_a_change_to_an_address_that_is_taken_is_a_duplicate(dynamics: Dynamics) -> None:
    assert _refused(dynamics, {"emailaddress1": "ben@example.com"}).code == "dynamics.duplicate_detected"


def test_a_change_of_the_version_we_know_goes_through_and_tells_the_next(dynamics: Dynamics) -> None:
    first = _update(dynamics, {"jobtitle": "Countess"}, _read(dynamics)[0])
    second = _update(dynamics, {"jobtitle": "Analyst"}, first.version)
    assert _read(dynamics) == (second.version, "Ada", "Analyst")


def test_what_somebody_changed_meanwhile_is_not_overwritten(dynamics: Dynamics, control) -> None:
    version = _read(dynamics)[0]
    control("edit", [{"table": "contact", "id": ADA, "set": {"jobtitle": "Theirs"}}])
    with pytest.raises(Overtaken):
        _update(dynamics, {"jobtitle": "Ours"}, version)
    assert _read(dynamics)[2] == "Theirs"


@pytest.mark.parametrize("version", [None, 4711])
def test_a_deleted_record_is_not_revived(dynamics: Dynamics, version: int | None) -> None:
    with pytest.raises(Missing):
        _update(dynamics, {"jobtitle": "Ghost"}, version, record_id=DOV)
    assert dynamics.row("contacts", DOV, ("contactid",), lane=SYNC) is None


def test_a_change_lost_on_the_way_back_is_overtaken_by_itself(dynamics: Dynamics, environment) -> None:
    version = _read(dynamics)[0]
    environment.faults.add(Fault(**vars(LOST[0])))
    with pytest.raises(UnknownOutcome):
        _update(dynamics, {"jobtitle": "Countess"}, version)
    with pytest.raises(Overtaken):
        _update(dynamics, {"jobtitle": "Countess"}, version)


def test_a_lookup_to_a_deleted_account_is_no_missing_contact(dynamics: Dynamics) -> None:
    error = _refused(dynamics, {"parentcustomerid_account@odata.bind": f"/accounts({BEN})"})
    assert (type(error), error.code) == (BadRecord, "dynamics.missing_lookup")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"jobtitle": "x" * 500}, "too_long"),
        ({"gendercode": 77}, "unknown_option"),
        ({"statecode": 0, "statuscode": 2}, "bad_state"),
        ({"ac_gone": "x"}, "bad_payload"),
        ({"creditlimit": 1e18}, "out_of_range"),
    ],
)
def test_a_value_that_does_not_fit_is_named(dynamics: Dynamics, body: dict[str, object], code: str) -> None:
    error = _refused(dynamics, body)
    assert (type(error), error.code) == (BadRecord, f"dynamics.{code}")
    assert error.advice != BadRecord.__doc__


def test_a_value_that_is_refused_is_not_repeated(dynamics: Dynamics) -> None:
    error = _refused(dynamics, {"numberofchildren": "seven of them"})
    assert "Edm.Int32" in error.message
    assert "seven" not in error.message + error.body


def test_a_plug_in_that_refuses_is_quoted(dynamics: Dynamics, environment) -> None:
    environment.faults.add(Fault("custom", name="plugin_abort", path="contacts"))
    error = _refused(dynamics, {"jobtitle": "Countess"})
    assert error.code == "dynamics.plugin_refused"
    assert "plug-in refused" in error.message


def test_a_qualified_lead_is_read_only(dynamics: Dynamics, environment) -> None:
    environment.load("lead", [{"leadid": DOV, "lastname": "X", "statecode": 1, "statuscode": 3}])
    with pytest.raises(BadRecord) as caught:
        dynamics.update_record("leads", "leadid", DOV, {"jobtitle": "x"}, version=None, lane=SYNC)
    assert caught.value.code == "dynamics.read_only"


def test_a_missing_privilege_is_told_in_plain_words(dynamics: Dynamics, control) -> None:
    control("privileges", {"role": INTEGRATION, "set": {"prvWriteContact": None}})
    error = _refused(dynamics, {"jobtitle": "Countess"})
    assert isinstance(error, MissingPermission)
    assert "prvWriteContact (write, contacts)" in error.advice
    assert dynamics.write_privileges(Entity.CONTACT) == ["prvWriteContact"]


def test_a_role_that_reaches_own_records_only_is_told_to_be_widened(dynamics: Dynamics, control) -> None:
    control("privileges", {"role": INTEGRATION, "set": {"prvWriteContact": "Basic"}})
    error = _refused(dynamics, {"jobtitle": "Countess"})
    assert isinstance(error, MissingPermission)
    assert "Widen" in error.advice


def test_a_contact_is_deactivated(dynamics: Dynamics) -> None:
    dynamics.deactivate("contacts", ADA, lane=SYNC)
    row = dynamics.row("contacts", ADA, ("statecode", "statuscode"), lane=SYNC)
    assert row is not None
    assert (row["statecode"], row["statuscode"]) == (1, 2)


def test_a_lead_has_no_state_called_inactive(dynamics: Dynamics) -> None:
    with pytest.raises(ValueError, match="leads"):
        dynamics.deactivate("leads", DOV, lane=SYNC)


def test_our_writes_are_signed_with_our_user(dynamics: Dynamics) -> None:
    _update(dynamics, {"jobtitle": "Countess"})
    row = dynamics.row("contacts", ADA, ("_modifiedby_value",), lane=SYNC)
    assert row is not None
    assert row["_modifiedby_value"] == dynamics.own_user_id()
