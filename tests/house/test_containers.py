"""The compose files: every service is watched, nothing runs with rights or secrets it does not need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

from cli.main import app
from store import heartbeats
from worker import settings

ROOT = Path(__file__).resolve().parents[2]
READER = YAML(typ="safe")
COMPOSE: dict[str, Any] = READER.load(ROOT / "docker-compose.yml")
RABBITMQ: dict[str, Any] = READER.load(ROOT / "docker-compose.rabbitmq.yml")
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("ac365:"))
OF_OTHERS = {name: SERVICES[name] for name in SERVICES if name not in OURS} | {
    "rabbitmq": RABBITMQ["services"]["rabbitmq"]
}
ON_THE_QUEUE = ["worker", "worker-live", "beat", "flower", "webhooks", "console"]
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


@pytest.mark.parametrize("name", SERVICES)
def test_containers_write_nothing_but_to_volumes_and_memory(name):
    assert SERVICES[name]["read_only"]
    assert SERVICES[name]["tmpfs"] == ["/tmp"]


@pytest.mark.parametrize("name", [*SERVICES, "rabbitmq"])
def test_containers_gain_no_rights(name):
    service = SERVICES.get(name) or OF_OTHERS[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", OF_OTHERS)
def test_images_of_others_start_without_rights_too(name):
    assert OF_OTHERS[name]["user"] == name


@pytest.mark.parametrize("name", OURS)
def test_signals_reach_the_program(name):
    assert SERVICES[name]["init"]


@pytest.mark.parametrize("name", SERVICES)
def test_published_ports_stay_on_this_machine(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", [*SERVICES, "rabbitmq"])
def test_image_is_pinned_to_a_version(name):
    image = (SERVICES.get(name) or OF_OTHERS[name])["image"]
    assert re.search(r":(\d[\w.-]*|\$\{AC365_TAG:-local\})$", image)


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_files(name):
    environment = SERVICES[name].get("environment", {})
    secret = [key for key in environment if re.search("PASSWORD|SECRET|API_KEY|DATABASE_URL", key)]
    assert all(environment[key].startswith("/run/secrets/") for key in secret)
    assert {Path(environment[key]).name for key in secret} <= set(SERVICES[name].get("secrets", []))


@pytest.mark.parametrize("name", OURS)
def test_environment_holds_settings_that_are_read(name):
    read = (ROOT / "worker" / "settings.py").read_text() + "REQUESTS_CA_BUNDLE"
    asked = {key.removesuffix("_FILE") for key in SERVICES[name].get("environment", {})}
    assert [key for key in asked if key not in read] == []


@pytest.mark.parametrize("name", ["beat", "flower"])
def test_credentials_of_the_services_reach_workers_only(name):
    assert not {"dynamics_client_secret", "activecampaign_api_key", "ac365_secret_key"} & set(SERVICES[name]["secrets"])


@pytest.mark.parametrize("name", ["webhooks", "console"])
def test_what_listens_to_the_outside_holds_no_credential_of_either_service(name):
    of_console = ["flower_basic_auth", "metrics_token", "alert_webhook_key", "alert_smtp_password"]
    own = of_console if name == "console" else []
    assert SERVICES[name]["secrets"] == ["database_url", "ac365_secret_key", *own]
    assert not [key for key in SERVICES[name]["environment"] if key.startswith(("DYNAMICS", "ACTIVECAMPAIGN"))]


def test_webhooks_are_answered_where_the_proxy_and_the_health_check_look():
    service, default = SERVICES["webhooks"], settings.read().webhooks_port
    assert service["ports"] == [f"127.0.0.1:${{AC365_WEBHOOKS_PORT:-{default}}}:{default}"]
    assert f"http://127.0.0.1:{default}/hooks/health" in service["healthcheck"]["test"][-1]
    assert service["environment"]["AC365_WEBHOOKS_HOST"] == "0.0.0.0"


def test_console_is_answered_where_the_browser_and_the_health_check_look():
    service, default = SERVICES["console"], settings.read().console_port
    assert service["ports"] == [f"127.0.0.1:${{AC365_CONSOLE_PORT:-{default}}}:{default}"]
    assert f"http://127.0.0.1:{default}/alive" in service["healthcheck"]["test"][-1]
    assert service["environment"]["AC365_CONSOLE_HOST"] == "0.0.0.0"
    assert service["environment"]["AC365_CONSOLE_URL"] == f"${{AC365_CONSOLE_URL:-http://localhost:{default}}}"


def test_workers_and_console_tell_somebody_in_the_same_way():
    said = [
        {key: value for key, value in SERVICES[name]["environment"].items() if "ALERT" in key or "DEADMAN" in key}
        for name in ("worker", "worker-live", "console")
    ]
    assert said[0] == said[1] == said[2] != {}
    assert SERVICES["console"]["environment"]["AC365_METRICS_TOKEN_FILE"] == "/run/secrets/metrics_token"


@pytest.mark.parametrize("name", [*COMPOSE["secrets"], *RABBITMQ["secrets"]])
def test_every_secret_has_an_example(name):
    assert (ROOT / "secrets" / f"{name}.example").read_text().strip()


@pytest.mark.parametrize("name", ON_THE_QUEUE)
def test_nothing_works_before_the_database_is_migrated(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_workers_serve_every_queue_and_live_apart():
    queues = [word for name in ("worker", "worker-live") for word in SERVICES[name]["command"] if "--queues=" in word]
    assert queues == ["--queues=sync,backfill", "--queues=live"]


@pytest.mark.parametrize("name", ["worker", "worker-live"])
def test_workers_get_time_to_finish_their_batch(name):
    assert SERVICES[name]["stop_grace_period"] == "1m"


@pytest.mark.parametrize(("name", "queue"), [("worker", "sync"), ("worker-live", "live")])
def test_health_of_a_worker_goes_through_its_queue(name, queue):
    command: Any = typer.main.get_command(app)
    start, *words = SERVICES[name]["healthcheck"]["test"]
    assert (start, words[:2], words[3]) == ("CMD", ["ac365", "health"], queue)
    assert words[2] in {option for parameter in command.commands["health"].params for option in parameter.opts}


def health_of_beat(dsn: str) -> int:
    command = [sys.executable, *SERVICES["beat"]["healthcheck"]["test"][2:]]
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": dsn}, cwd=ROOT, timeout=30).returncode


def test_beat_is_healthy_while_a_heartbeat_arrives(database, dsn):
    with database.transaction() as tx:
        heartbeats.beat(tx, "live")
    assert health_of_beat(dsn) == 0


def test_beat_is_ill_when_none_arrives(database, dsn):
    assert health_of_beat(dsn) == 1


@pytest.mark.parametrize("name", ON_THE_QUEUE)
def test_whatever_uses_the_queue_can_use_rabbitmq(name):
    changed = RABBITMQ["services"][name]
    assert changed["environment"] == {"CELERY_BROKER_URL_FILE": "/run/secrets/celery_broker_url"}
    assert changed["secrets"] == ["celery_broker_url"]
    assert changed["depends_on"] == {"rabbitmq": {"condition": "service_healthy"}}


def test_database_and_queues_are_reached_from_inside_only():
    assert [service["networks"] for service in OF_OTHERS.values()] == [["inside"]] * 3
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
