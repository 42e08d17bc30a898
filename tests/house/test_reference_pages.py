"""The reference pages against the code: a setting, key, operator, task or error that one of them lacks is red."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields
from support import pages

from beat_schedule import BEAT_SCHEDULE
from clients import table_activecampaign, table_dynamics
from config import document, schema
from mapping.columns import Column, ColumnType
from mapping.fields import Field, FieldKind
from mapping.matrix import compatible
from mapping.standard import DEFAULTS, STANDARD
from store import errors as store_errors
from sync import errors, model, operators
from sync.merge import Policy
from tasks import names

CONFIGURATION, TROUBLE = "docs/configuration.md", "docs/troubleshooting.md"


def source(name: str) -> str:
    return (pages.ROOT / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    """The variables that worker/settings.py asks for: the first argument of each of its calls, in capitals."""
    calls = [node for node in ast.walk(ast.parse(source("worker/settings.py"))) if isinstance(node, ast.Call)]
    first = [call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)]
    return {name for name in first if re.fullmatch(r"[A-Z][A-Z0-9_]+", str(name))}


def test_every_setting_is_explained():
    assert sorted(pages.named(pages.section(CONFIGURATION, "For every process"))) == sorted(settings_read())


def test_every_variable_of_the_compose_file_is_explained():
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", source("docker-compose.yml")))
    assert set(pages.named(pages.section(CONFIGURATION, "Of the compose file"))) == asked


def keys_of(section: type[schema.Section], prefix: str = "") -> Iterator[str]:
    for name, field in section().fields.items():
        path = f"{prefix}{field.data_key or name}"
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from [path] if inner is not field else []
            yield from keys_of(inner.schema.__class__, f"{path}{'[]' if inner is not field else ''}.")
        else:
            yield path


def as_named() -> set[str]:
    """All keys as the page names them: one that several entities have is told once."""
    keys = set(keys_of(schema.Document))
    shared = Counter(key.split(".", 2)[2] for key in keys if key.startswith("entities."))
    return {
        re.sub(r"^entities\.\w+", "entities.<name>", key) if shared[key.split(".", 2)[-1]] > 1 else key for key in keys
    }


def test_every_configuration_key_is_explained():
    keys = as_named()
    assert sorted(pages.named(pages.section(CONFIGURATION, "Keys"))) == sorted(keys)


def default_of(path: str) -> Any:
    value: Any = document.load({"entities": {"contact": {"fields": [{"dynamics": "x", "activecampaign": "y"}]}}})
    for step in path.replace("<name>", "contact").split("."):
        value = value[step.removesuffix("[]")]
        value = value[0] if step.endswith("[]") else value
    return value


def test_defaults_are_what_is_said():
    said = {row[0].strip("`"): row[1].strip("`") for row in pages.rows(pages.section(CONFIGURATION, "Keys"))}
    spelt = {True: "true", False: "false", None: "null"}
    plain = {path: default for path, default in said.items() if default[0] != "[" and default != "required"}
    found = {path: default_of(path) for path in plain}
    assert plain == {p: spelt.get(v, str(v)) if isinstance(v, bool | None) else str(v) for p, v in found.items()}


OF_MAPPINGS = ("fields[].direction", "fields[].on_empty", "fields[].on_empty_inbound", "fields[].unknown_option")
OF_ENTITIES = ("scope", "direction", "conflict", "create", "on_deleted", "on_removed")


@pytest.mark.parametrize("key", ["sync.frequency", *OF_MAPPINGS, *OF_ENTITIES])
def test_every_word_that_a_key_takes_is_named(key):
    owner = dict.fromkeys(OF_MAPPINGS, schema.FieldMapping) | {"sync.frequency": schema.Sync}
    field = owner.get(key, schema.Person)().fields[key.rpartition(".")[2]]
    row = next(row for row in pages.rows(pages.section(CONFIGURATION, "Keys")) if row[0].strip("`").endswith(key))
    assert set(field.words) <= set(pages.SPAN.findall(row[2]))


def test_every_conflict_rule_is_explained():
    assert pages.named(pages.section(CONFIGURATION, "Conflicts")) == list(Policy)


def test_every_setting_of_a_standard_mapping_is_named():
    row = next(
        row for row in pages.rows(pages.section(CONFIGURATION, "Keys")) if row[0] == "`entities.<name>.standard`"
    )
    assert set(schema.StandardMapping().fields) - {"enabled"} <= set(pages.SPAN.findall(row[2]))


def test_every_ready_made_default_is_listed():
    told = {}
    for entities, column, default in pages.rows(pages.section(CONFIGURATION, "Defaults of new records")):
        for entity in pages.SPAN.findall(entities):
            told.setdefault(entity, {})[column.strip("`")] = pages.SPAN.findall(default)[0]
    assert told == {entity: found for entity, found in DEFAULTS.items() if found}


def test_every_operator_is_listed_with_the_columns_that_know_it():
    told = {}
    for row in pages.rows(pages.section(CONFIGURATION, "Criteria")):
        told |= dict.fromkeys(pages.SPAN.findall(row[0]), tuple(pages.SPAN.findall(row[1])))
    assert told == {name: operators.ALLOWED[kind] for name, kind in operators.KIND_OF.items()}


def test_every_standard_mapping_is_listed():
    told = set()
    for column, field, entities, fixed in pages.rows(pages.section(CONFIGURATION, "Standard mappings")):
        told |= {
            (entity, column.strip("`"), field.strip("`"), fixed == "yes") for entity in pages.SPAN.findall(entities)
        }
    known = {(entity, s.dynamics, s.activecampaign, s.fixed) for entity, found in STANDARD.items() for s in found}
    assert told == known


def fits(kind: ColumnType, *, inbound: bool = False) -> set[str]:
    """The field types that a column of this type can be mapped to, or be filled from."""
    column = Column("x", "X", kind)
    targets = [Field("account" if kind is FieldKind.RELATION else "x", "X", kind) for kind in FieldKind]
    verdicts = {str(field.kind): compatible(column, field) for field in targets}
    return {name for name, found in verdicts.items() if (found.inbound if inbound else found.outbound)}


def test_every_pair_that_fits_is_listed():
    part = pages.section(CONFIGURATION, "Which column fits which field")
    told = {row[0].strip("`"): set(pages.SPAN.findall(row[1])) for row in pages.rows(part)}
    assert told == {str(kind): fits(kind) for kind in ColumnType}


def test_every_pair_that_travels_back_is_listed():
    for row in pages.rows(pages.section(CONFIGURATION, "Which column fits which field")):
        told = set(pages.SPAN.findall(row[1])) if row[3].startswith("all of them") else set(pages.SPAN.findall(row[3]))
        assert told & {str(kind) for kind in FieldKind} == fits(ColumnType(row[0].strip("`")), inbound=True), row[0]


def test_every_task_is_explained():
    known = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
    assert sorted(pages.named(pages.section("docs/architecture.md", "Tasks and queues"))) == sorted(known)


def test_periods_of_beat_are_what_is_said():
    when = {row[0].strip("`"): row[1] for row in pages.rows(pages.section("docs/architecture.md", "Tasks and queues"))}
    for entry in BEAT_SCHEDULE.values():
        assert f"every {entry['schedule']:g} s" in when[entry["task"]]


def test_queues_are_named():
    part = pages.section("docs/architecture.md", "Tasks and queues")
    assert {lane.value for lane in model.Lane} <= set(pages.SPAN.findall(part))


def test_every_package_is_explained(project):
    packages = {f"{name}/" for name in project["tool"]["importlinter"]["root_packages"]}
    assert packages <= set(pages.named(pages.section("docs/architecture.md", "Packages")))


def classes_of(module: Any, base: type) -> dict[str, type]:
    found = inspect.getmembers(module, inspect.isclass)
    return {name: kind for name, kind in found if issubclass(kind, base) and kind is not base}


def group_of(kind: type[errors.SyncError]) -> str:
    facts = {"after_s": 1.0} if issubclass(kind, errors.Throttled) else {}
    return kind("x", **facts).group


def test_every_error_is_explained_with_its_class():
    told = {row[0].strip("`"): row[1].strip("`") for row in pages.rows(pages.section(TROUBLE, "Classes of errors"))}
    assert told == {name: group_of(kind) for name, kind in classes_of(errors, errors.SyncError).items()}


def test_every_error_of_the_database_is_explained():
    known = classes_of(store_errors, store_errors.StoreError)
    assert sorted(pages.named(pages.section(TROUBLE, "Errors of the database"))) == sorted(known)


def codes() -> set[str]:
    """The stable codes that the code spells out; a service's own codes are not among them."""
    found = {f"{table.SERVICE}.{rule.name}" for table in (table_dynamics, table_activecampaign) for rule in table.RULES}
    for folder in ("clients", "engine", "store"):
        for path in (pages.ROOT / folder).rglob("*.py"):
            found |= set(re.findall(r'code"?[=:] ?"([a-z]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    return {code for code in found if not code.endswith(".")}


def test_every_code_is_explained_and_none_that_is_gone():
    told = set(pages.named(pages.section(TROUBLE, "Codes of errors")))
    made_up_of_parts = {"no_answer", "unknown_outcome", "budget", "paging_loop"}
    assert codes() - told == set()
    assert {code for code in told - codes() if code.partition(".")[2] not in made_up_of_parts} == set()


@pytest.mark.parametrize("title", ["A record is not in ActiveCampaign", "A command ends with an error"])
def test_words_that_are_explained_are_words_that_are_said(title):
    folders = ("cli", "webhooks", "engine", "store", "sync", "worker")
    said = "".join(path.read_text(encoding="utf-8") for name in folders for path in (pages.ROOT / name).rglob("*.py"))
    quoted = [part.strip() for span in pages.named(pages.section(TROUBLE, title)) for part in span.split("…")]
    assert len(quoted) > 5
    assert [part for part in quoted if part not in said] == []
