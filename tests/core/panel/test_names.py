"""The names that the panel's scripts use are those of the contract with Dynamics."""

from __future__ import annotations

import json
import re
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from mapping import companion
from mapping.companion import Ask, Kind, Offer, State
from mapping.companion_tables import ACTIVITY, CHOICE, NAME, NAME_LENGTH, REQUEST, Table

FOLDER = Path(companion.__file__).parent.parent / "panel"
SCRIPTS = sorted(path for path in FOLDER.glob("*.js"))
CONSTANT = re.compile(r"^export const (\w+) = (.*?);$", re.MULTILINE | re.DOTALL)
NAMES: dict[str, Any] = {name: json.loads(value) for name, value in CONSTANT.findall((FOLDER / "names.js").read_text())}


def columns(table: Table) -> set[str]:
    return {NAME.lower(), *(column.logical for column in table.columns if column.kind != "Lookup")}


@pytest.mark.parametrize(("name", "values"), [("KIND", Kind), ("ASK", Ask), ("STATE", State), ("OFFER", Offer)])
def test_values_of_choices_are_those_of_the_contract(name: str, values: type[IntEnum]) -> None:
    assert NAMES[name] == {one.name: one.value for one in values}


@pytest.mark.parametrize(("name", "table"), [("ACTIVITY", ACTIVITY), ("CHOICE", CHOICE), ("REQUEST", REQUEST)])
def test_tables_and_columns_are_those_of_the_contract(name: str, table: Table) -> None:
    assert (NAMES[name]["table"], NAMES[name]["id"]) == (table.logical, f"{table.logical}id")
    assert set(NAMES[name]["columns"].values()) <= columns(table)


def test_lookups_are_bound_by_their_schema_names() -> None:
    for table in (ACTIVITY, REQUEST):
        lookups = {column.target: column for column in table.columns if column.kind == "Lookup"}
        assert lookups.keys() == NAMES["PERSON"].keys()
        for target, column in lookups.items():
            told = NAMES["PERSON"][target]
            assert (told["set"], told["bound"]) == (f"{target}s", column.schema)
            assert told["value"] == f"_{column.logical}_value"


def test_the_role_and_the_length_of_names_are_those_of_the_contract() -> None:
    assert NAMES["USER_ROLE"] == companion.USER_ROLE
    assert f"const NAME_LENGTH = {NAME_LENGTH};" in (FOLDER / "ask.js").read_text()


def test_no_other_script_spells_a_table_a_column_or_a_value() -> None:
    spelled = re.compile(r"ac365_(?!panel\b)\w+|_value\b(?! eq)|36500\d{4}", re.IGNORECASE)
    found = {path.name: spelled.findall(path.read_text()) for path in SCRIPTS if path.name != "names.js"}
    # The column that Dynamics fills itself belongs to no table of ac365.
    assert {name: what for name, what in found.items() if what} == {}
