"""The JSON API keeps what its description promises, whatever is sent to it."""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from support.browser import with_token
from support.cast import ADA, ADA_AT
from support.story import Story

from console.app import make

CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)
TIMES = int(os.environ.get("AC365_EXAMPLES", "5"))


@pytest.fixture
def described(story: Story) -> schemathesis.BaseSchema:
    """The description as a client of an administrator gets it, where both services answer and Ada is on both sides."""
    story.contact(ADA, ADA_AT)
    story.sync()
    story.configure(panel={"enabled": True})
    app = make(story.pump.services, lambda _: None)
    client = with_token(app, story.pump.services, "administrator")
    made = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").get_json())
    made.app = app
    made.config.update(headers={"Authorization": client.environ_base["HTTP_AUTHORIZATION"]})
    return made


def test_no_input_makes_a_server_error(described: schemathesis.BaseSchema, story: Story) -> None:
    for found in described.get_all_operations():
        _try_out(found.ok(), story.pump.connection_id)


def _try_out(operation: APIOperation, connection_id: int) -> None:
    @settings(max_examples=TIMES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=strategies.one_of(operation.as_strategy(mode) for mode in GenerationMode))
    def holds(case: Case) -> None:
        # What is behind a connection can only be reached by one that there is. It is not given other addresses itself:
        # behind those nobody answers, which is told as 503.
        if "connection_id" in case.path_parameters and operation.method.lower() != "patch":
            case.path_parameters["connection_id"] = connection_id
        case.call_and_validate(checks=CHECKS)

    holds()
