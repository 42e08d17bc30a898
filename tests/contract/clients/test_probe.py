"""What the check of a connection says, step by step."""

from __future__ import annotations

from clients.activecampaign import ActiveCampaign
from clients.dynamics import Dynamics
from clients.probe import EXTRAS, Finding, check_activecampaign, check_dynamics
from clients.tables import FACTS

API = "/api/data/v9.2"
FORBIDDEN = {"error": {"code": "0x80040220", "message": "is missing prvReadLead privilege (Id=1)"}}


def _healthy_dynamics(stub) -> None:
    flags = [
        {"LogicalName": one.logical, "ChangeTrackingEnabled": True, "CanChangeTrackingBeEnabled": {"Value": True}}
        for one in FACTS.values()
    ]
    stub.on("GET", f"{API}/WhoAmI", {"OrganizationId": "9a2b", "UserId": "5e0a"})
    stub.on("GET", f"{API}/(accounts|contacts|leads)", {"value": [], "@odata.deltaLink": "x"})
    stub.on("GET", f"{API}/EntityDefinitions", {"value": flags})
    stub.on("GET", f"{API}/organizations", {"value": []})


def _healthy_activecampaign(stub) -> None:
    stub.on("GET", "/api/3/.*", {"meta": {"total": "0"}})
    stub.on("GET", "/api/3/users/me", {"user": {"id": "1"}})


def _bad(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings if not finding.ok]


def test_a_healthy_dynamics_passes_every_step(dynamics: Dynamics, stub) -> None:
    _healthy_dynamics(stub)
    findings = check_dynamics(dynamics)
    assert not _bad(findings)
    assert len(findings) == 9


def test_without_an_application_user_nothing_else_is_asked(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/WhoAmI", {"error": {"code": "0x80072560", "message": "not a member"}}, status=403)
    findings = check_dynamics(dynamics)
    assert _bad(findings) == ["dynamics: identity"]
    assert "application user" in findings[-1].advice
    assert len(stub.seen) == 1


def test_a_missing_privilege_stands_at_its_table(dynamics: Dynamics, stub) -> None:
    _healthy_dynamics(stub)
    stub.on("GET", f"{API}/leads", FORBIDDEN, status=403)
    assert _bad(check_dynamics(dynamics)) == ["dynamics: read leads", "dynamics: changes of leads"]


def test_tracking_that_is_off_is_no_obstacle(dynamics: Dynamics, stub) -> None:
    _healthy_dynamics(stub)
    stub.on("GET", f"{API}/EntityDefinitions", {"value": []})
    findings = [finding for finding in check_dynamics(dynamics) if not finding.ok]
    assert len(findings) == 3
    assert not any(finding.required for finding in findings)


def test_a_healthy_activecampaign_passes_every_step(ac: ActiveCampaign, stub) -> None:
    _healthy_activecampaign(stub)
    assert not _bad(check_activecampaign(ac))


def test_a_bad_key_stops_the_check(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", "/api/3/.*", {"message": "Forbidden"}, status=403)
    assert _bad(check_activecampaign(ac)) == ["activecampaign: key"]


def test_a_small_plan_lacks_extras_only(ac: ActiveCampaign, stub) -> None:
    _healthy_activecampaign(stub)
    stub.on("GET", f"/api/3/({'|'.join(EXTRAS)})", {"message": "Forbidden"}, status=403)
    findings = [finding for finding in check_activecampaign(ac) if not finding.ok]
    assert len(findings) == len(EXTRAS)
    assert not any(finding.required for finding in findings)


def test_ignored_filters_are_reported(ac: ActiveCampaign, stub) -> None:
    _healthy_activecampaign(stub)
    stub.on("GET", "/api/3/contacts", {"contacts": [{"id": "7"}]})
    assert _bad(check_activecampaign(ac)) == ["activecampaign: filters"]
