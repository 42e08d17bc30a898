"""The JSON API keeps what its description promises, whatever is sent to it."""

from __future__ import annotations

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from support.browser import with_token

from worker.services import Services

CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)
TIMES = 15


@pytest.fixture
def described(app: Flask, services: Services) -> schemathesis.BaseSchema:
    """The description as a client of an administrator gets it."""
    client = with_token(app, services, "administrator")
    made = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").get_json())
    made.app = app
    made.config.update(headers={"Authorization": client.environ_base["HTTP_AUTHORIZATION"]})
    return made


def test_no_input_makes_a_server_error(described: schemathesis.BaseSchema) -> None:
    for found in described.get_all_operations():
        _try_out(found.ok())


def _try_out(operation: APIOperation) -> None:
    @settings(max_examples=TIMES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=strategies.one_of(operation.as_strategy(mode) for mode in GenerationMode))
    def holds(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    holds()


def test_the_description_needs_a_sign_in_and_names_no_other_host(app: Flask, services: Services) -> None:
    assert app.test_client().get("/api/v1/openapi.json").status_code == 401
    text = with_token(app, services, "user").get("/api/v1/openapi.json").get_data(as_text=True)
    assert "http" not in text.replace('"http"', "")
