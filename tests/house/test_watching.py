"""Metrics, alerts, their pages, and what is handed to Prometheus and Grafana say the same."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML
from support import pages

from engine.metrics import METRICS
from sync.alerts import every
from sync.alerts.rule import Rule, Severity

DEPLOY = pages.ROOT / "deploy"
RULES: list[dict[str, Any]] = YAML(typ="safe").load(DEPLOY / "prometheus-rules.yml")["groups"][0]["rules"]
BOARD: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
NAME = re.compile(r"\bac365_\w+")
LABELS = re.compile(r"(?:\{|,\s*)(\w+)=~?\"|\b(?:by|on) \(([\w, ]+)\)")
RUNBOOK = "What each alert means and what to do"


def expressions() -> list[str]:
    return [rule["expr"] for rule in RULES] + [one["expr"] for panel in BOARD["panels"] for one in panel["targets"]]


def camel(rule: Rule) -> str:
    return "Ac365" + "".join(word.title() for word in rule.name.split("_"))


def seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def test_every_metric_is_on_its_page_as_it_is() -> None:
    told = {
        row[0].strip("`"): (row[1], tuple(pages.SPAN.findall(row[2])), row[3])
        for row in pages.rows(pages.section("docs/metrics.md", "All metrics"))
    }
    assert told == {name: (one.kind, one.labels, one.help) for name, one in METRICS.items()}


@pytest.mark.parametrize("expression", expressions())
def test_expressions_name_metrics_and_labels_that_exist(expression: str) -> None:
    names = set(NAME.findall(expression))
    assert names
    assert names <= set(METRICS)
    known = {label for name in names for label in METRICS[name].labels}
    asked = {label.strip() for pair in LABELS.findall(expression) for part in pair for label in part.split(",")}
    assert asked - {""} <= known
    assert [expression.count(one) for one in "({["] == [expression.count(one) for one in ")}]"]


def test_there_is_a_rule_for_each_alert_and_one_for_what_can_not_be_scraped() -> None:
    assert [rule["alert"] for rule in RULES] == ["Ac365Away", *(camel(rule) for rule in every.RULES)]


@pytest.mark.parametrize("rule", every.RULES, ids=lambda rule: rule.name)
def test_the_rule_means_the_same_for_prometheus(rule: Rule) -> None:
    (found,) = [one for one in RULES if one["alert"] == camel(rule)]
    assert found["labels"]["severity"] == rule.severity
    assert found["annotations"]["description"] == rule.advice
    assert seconds(found.get("keep_firing_for", "0s")) == rule.calm.total_seconds()
    # How long a stream may take depends on its period, so that rule says it in its own words.
    if rule.name != "stream_overdue":
        assert found["expr"] == f'ac365_alert_sign{{rule="{rule.name}"}} == 1'
        assert seconds(found["for"]) == rule.hold.total_seconds()


def test_the_dashboard_shows_what_one_looks_for_first() -> None:
    shown = " ".join(one["expr"] for panel in BOARD["panels"] for one in panel["targets"])
    for name in (
        "backlog_changes",
        "backlog_oldest",
        "budget_used",
        "way_last_success",
        "failures",
        "calls",
        "cycle_last_duration",
    ):
        assert f"ac365_{name}" in shown
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    assert BOARD["__inputs"][0]["pluginId"] == "prometheus"


def test_panels_do_not_lie_on_one_another() -> None:
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in BOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_every_alert_has_a_runbook_that_begins_with_how_soon() -> None:
    titles = re.findall(r"^### (\w+)$", pages.section("docs/operations.md", RUNBOOK), re.MULTILINE)
    assert titles == [rule.name for rule in every.RULES]
    for rule in every.RULES:
        begins = {Severity.CRITICAL: "*Critical.*", Severity.WARNING: "*Warning.*"}[rule.severity]
        assert pages.section("docs/operations.md", rule.name).strip().startswith(begins)


def test_the_scrape_configuration_asks_where_the_console_answers() -> None:
    scrape = YAML(typ="safe").load(DEPLOY / "prometheus.yml")["scrape_configs"][0]
    assert scrape["metrics_path"] == "/metrics"
    assert scrape["static_configs"][0]["targets"] == ["localhost:8366"]
