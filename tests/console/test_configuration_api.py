"""The API of the configuration: what programs read, check, compare and save."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import document as documents
from engine import configure
from engine.tokens import hashed, new_secret
from store import api_tokens
from worker.services import Services


@pytest.fixture
def program(app: Flask, services: Services) -> FlaskClient:
    """A program with the token of an administrator."""
    secret = new_secret()
    with services.db.transaction() as tx:
        api_tokens.make(tx, "robot", "administrator", hashed(secret), "test", None)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


@pytest.fixture
def at(connection_id: int) -> str:
    return f"/api/v1/connections/{connection_id}"


def wanted(**contact: Any) -> dict[str, Any]:
    document = documents.defaults()
    document["entities"]["contact"] |= contact
    return document


def test_a_document_is_saved_over_the_version_it_started_from(
    program: FlaskClient, at: str, services: Services, connection_id: int
) -> None:
    assert program.get(f"{at}/configuration").json == {"version": 1, "document": documents.defaults()}
    said = {"version": 1, "document": wanted(direction="both")}
    answer = program.put(f"{at}/configuration", json=said)
    assert answer.json
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    assert answer.json["told"][0]["after"] == "both ways"
    with services.db.transaction() as tx:
        assert configure.current(tx, connection_id)[1]["entities"]["contact"]["direction"] == "both"


def test_who_comes_second_is_told_what_differs(program: FlaskClient, at: str) -> None:
    program.put(f"{at}/configuration", json={"version": 1, "document": wanted(direction="both")})
    answer = program.put(f"{at}/configuration", json={"version": 1, "document": wanted(direction="inbound")})
    assert answer.status_code == 409
    assert answer.json
    change = {"path": "entities.contact.direction", "before": "inbound", "after": "both"}
    assert answer.json["errors"] == {"changes": [change]}


def test_a_faulty_document_is_refused_by_path(program: FlaskClient, at: str) -> None:
    faulty = wanted(direction="sideways", list="Nowhere")
    answer = program.put(f"{at}/configuration", json={"version": 1, "document": faulty})
    assert answer.status_code == 422
    assert answer.json
    assert set(answer.json["errors"]["document"]) == {"entities.contact.direction", "entities.contact.list"}
    told = program.post(f"{at}/configuration/check", json={"document": faulty}).json
    assert told
    assert [one["path"] for one in told["faults"]] == ["entities.contact.direction", "entities.contact.list"]


def test_a_document_beyond_all_depth_is_refused(program: FlaskClient, at: str) -> None:
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": deep}
    assert program.post(f"{at}/configuration/check", json={"document": deep}).status_code == 422


@pytest.mark.parametrize("document", [{}, {"entities": []}, {"entities": {"contact": {"fields": [1, {}]}}}, {"\0": 1}])
def test_odd_documents_are_answered(program: FlaskClient, at: str, document: dict[str, Any]) -> None:
    assert program.post(f"{at}/configuration/check", json={"document": document}).status_code == 200
    assert program.post(f"{at}/configuration/diff", json={"document": document}).status_code in (200, 422)


def test_yaml_comes_back_as_the_document(program: FlaskClient, at: str) -> None:
    text = program.get(f"{at}/configuration/yaml").get_data(as_text=True)
    read = program.post(f"{at}/configuration/read", json={"yaml": text})
    assert read.json == {"document": documents.defaults()}
    answer = program.post(f"{at}/configuration/read", json={"yaml": "sync: {frequency: 7h}"})
    assert answer.json
    assert "line 1: " in answer.json["errors"]["document"]["sync.frequency"][0]


def test_columns_and_the_fields_they_fit_are_listed(program: FlaskClient, at: str) -> None:
    columns = {one["name"]: one for one in program.get(f"{at}/entities/contact/columns").json or ()}
    assert columns["jobtitle"]["operators"][0] == "equals"
    offered = program.get(f"{at}/entities/contact/columns/statecode/fields").json or ()
    told = {one["field"]["key"]: (one["taken"], one["standard"], one["inbound"]) for one in offered}
    assert told["JOB_TITLE"] == ("jobtitle", True, False)
    assert "JOB_TITLE" in {one["key"] for one in program.get(f"{at}/entities/contact/fields").json or ()}
    assert program.get(f"{at}/entities/contact/columns/nope/fields").status_code == 404
    assert program.get(f"{at}/entities/nobody/columns").status_code == 404


def test_what_a_service_has_to_tell_says_when_it_is_away(program: FlaskClient, at: str) -> None:
    assert program.post(f"{at}/entities/contact/scope", json={}).status_code == 503
    assert program.post(f"{at}/entities/contact/record", json={"key": "ada"}).status_code == 422
    assert program.post(f"{at}/entities/account/record", json={"key": "ada@contoso.example"}).status_code == 422
    answer = program.post(f"{at}/configuration/preview", json={"document": wanted(enabled=True)}).json
    assert answer
    assert answer["entities"][0]["missing"]
    assert any("first sync" in text for text in answer["warnings"])
