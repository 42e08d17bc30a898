"""The compose file and the image: every service is watched, nothing runs with rights it does not need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("ac365:"))
SIMULATORS = {"certificates", "dynamics-simulator", "activecampaign-simulator"}


def one_shot(service: dict[str, Any]) -> bool:
    return service["restart"] == "no"


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_watched_or_runs_once_for_others(name):
    waiting = [other.get("depends_on", {}).get(name) for other in SERVICES.values()]
    if one_shot(SERVICES[name]):
        assert {"condition": "service_completed_successfully"} in waiting
    else:
        assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_service_that_stays_starts_again_by_itself(name):
    assert SERVICES[name]["restart"] in ("no", "unless-stopped")


@pytest.mark.parametrize("name", OURS)
def test_own_containers_write_nothing_and_gain_nothing(name):
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_published_ports_stay_on_this_machine(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_image_is_pinned_to_a_version(name):
    assert not SERVICES[name]["image"].endswith((":latest", "postgres", "redis"))


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_files(name):
    environment = SERVICES[name].get("environment", {})
    secret = [key for key in environment if re.search("PASSWORD|SECRET|API_KEY|DATABASE_URL", key)]
    assert all(environment[key].startswith("/run/secrets/") for key in secret)
    assert {Path(environment[key]).name for key in secret} <= set(SERVICES[name].get("secrets", []))


@pytest.mark.parametrize("name", COMPOSE["secrets"])
def test_every_secret_has_an_example(name):
    assert (ROOT / "secrets" / f"{name}.example").read_text().strip()


@pytest.mark.parametrize("name", ["worker", "worker-live", "beat", "flower"])
def test_nothing_works_before_the_database_is_migrated(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_workers_serve_every_queue_and_live_apart():
    queues = [word for name in ("worker", "worker-live") for word in SERVICES[name]["command"] if "--queues=" in word]
    assert queues == ["--queues=sync,backfill", "--queues=live"]


@pytest.mark.parametrize("name", ["worker", "worker-live"])
def test_workers_get_time_to_finish_their_batch(name):
    assert SERVICES[name]["stop_grace_period"] == "1m"


def test_database_and_queue_are_reached_from_inside_only():
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"]


def test_simulators_start_for_the_demonstration_only():
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]} == SIMULATORS


@pytest.mark.parametrize("name", ["dynamics-simulator", "activecampaign-simulator"])
def test_simulator_understands_its_command(name):
    _, _, module, *options = SERVICES[name]["command"]
    known = subprocess.run(
        [sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert {option.partition("=")[0] for option in options} <= set(re.findall(r"--[\w-]+", known.stdout))


def test_demonstration_sets_only_what_the_compose_file_passes_on():
    lines = (ROOT / "demo.env").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if not line.startswith("#")}
    assert names <= set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))


def test_certificates_of_the_demonstration_are_found_where_they_are_made():
    (volume,) = SERVICES["certificates"]["volumes"]
    assert f"AC365_CA_BUNDLE={volume.partition(':')[2]}/ca.pem" in (ROOT / "demo.env").read_text()


def test_image_runs_without_rights_from_the_lock_alone():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER ac365"]
    assert any("--require-hashes -r" in line for line in lines)
    assert not any("index" in line for line in lines)


def test_image_takes_what_the_distribution_needs_and_nothing_else(project):
    included = project["tool"]["setuptools"]["packages"]["find"]["include"]
    packages = {name for name in included if not name.endswith("*")}
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert taken == packages | {"requirements.lock", "pyproject.toml", "README.md", "LICENSE", "beat_schedule.py"}
