"""How options are matched."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.columns import Column, ColumnType, Option
from mapping.fields import Field, FieldKind
from mapping.labels import Labels, labels_of
from mapping.matrix import compatible
from mapping.pairs import Pair

WEB, FAIR = Option(8, "Web"), Option(7, "Trade Show")


Known = tuple[str, ...]


def labels(kind: str, known: Known, *, column: str = "picklist", own: Any = (WEB, FAIR), **rest: Any) -> Labels:
    """Of a choice column with these options, and a field that knows these texts."""
    left = Column("leadsourcecode", "Lead Source", ColumnType(column), options=tuple(own))
    right = Field("LEAD_SOURCE", "Lead Source", FieldKind(kind), 5, known)
    return labels_of(Pair(left, right, compatible(left, right), **rest))


def test_label_takes_the_spelling_of_activecampaign() -> None:
    assert labels("dropdown", ("WEB", "trade show")).written == {8: "WEB", 7: "trade show"}


def test_label_that_activecampaign_lacks_is_a_problem_and_missing() -> None:
    found = labels("dropdown", ("Web",))
    assert found.problems == {7: "ActiveCampaign has no option 'Trade Show'"}
    assert found.missing == ("Trade Show",)


def test_label_that_activecampaign_lacks_is_written_as_text_on_request() -> None:
    assert labels("dropdown", ("Web",), unknown_option="text").written[7] == "Trade Show"


def test_own_list_goes_before_the_labels() -> None:
    own = {8: "Internet", 7: "Messe"}
    assert labels("dropdown", ("Internet", "Messe"), options=own).written == own


def test_text_field_takes_any_label() -> None:
    assert labels("text", ()).written == {8: "Web", 7: "Trade Show"}


def test_option_without_label_can_not_be_written() -> None:
    assert labels("text", (), own=(Option(4, ""),)).problems == {4: "option 4 has no label in Dynamics"}


def test_label_with_double_bars_can_not_be_one_of_several() -> None:
    found = labels("listbox", ("a||b",), column="multi_picklist", own=(Option(1, "a||b"),))
    assert "double bars" in found.problems[1]
    assert found.missing == ()


@pytest.mark.parametrize(
    ("kind", "options", "written"),
    [
        ("text", (), {1: "true", 0: "false"}),
        ("number", (), {1: "1", 0: "0"}),
        ("dropdown", ("erlaubt", "verboten"), {1: "erlaubt", 0: "verboten"}),
        ("radio", ("No", "Yes"), {1: "Yes", 0: "No"}),
        ("dropdown", ("0", "1"), {1: "1", 0: "0"}),
        ("checkbox", ("Please call",), {1: "Please call"}),
        ("checkbox", ("No", "TRUE"), {1: "TRUE"}),
    ],
)
def test_yes_and_no_find_their_words(kind: str, options: tuple[str, ...], written: dict[int, str]) -> None:
    own = (Option(1, "Erlaubt"), Option(0, "Verboten"))
    assert labels(kind, options, column="boolean", own=own).written == written


@pytest.mark.parametrize(("text", "value"), [("A & B", 1), ("a & b", 1), ("A &amp; B", 1), (" web ", 8)])
def test_text_is_read_back_whatever_its_case_or_escapes(text: str, value: int) -> None:
    assert Labels({1: "A & B", 8: "Web"}).read(text) == value


def test_text_that_is_no_option_is_refused() -> None:
    with pytest.raises(ValueError, match="none of the options"):
        Labels({8: "Web"}).read("Fax")
