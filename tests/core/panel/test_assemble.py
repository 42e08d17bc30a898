"""The panel is one page that needs nothing from outside and runs nothing but its own script."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest

from panel import assemble

FOLDER = Path(assemble.__file__).parent
SCRIPTS = sorted(FOLDER.glob("*.js"))
LONGEST = 300


def policy() -> dict[str, str]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', assemble.page())
    assert found
    return dict(part.split(" ", 1) for part in found[1].split("; "))


@pytest.mark.parametrize(("tag", "directive"), [("script", "script-src"), ("style", "style-src")])
def test_only_what_the_page_holds_itself_is_allowed(tag: str, directive: str) -> None:
    (inside,) = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", assemble.page(), re.DOTALL)
    assert policy()[directive] == f"'sha256-{b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


def test_everything_else_is_forbidden() -> None:
    assert policy()["default-src"] == policy()["base-uri"] == policy()["form-action"] == "'none'"
    assert policy()["connect-src"] == "'self'"


def test_the_page_names_no_host_and_no_other_file() -> None:
    page = re.sub(r"^\s*//.*$", "", assemble.page(), flags=re.MULTILINE)
    assert set(re.findall(r"https?://[\w.]+", page)) == {"http://www.w3.org"}
    assert re.findall(r"<(?:link|img|iframe|script src)|@import|url\(", page) == []


def test_every_script_is_in_the_page_once_after_what_it_imports() -> None:
    order = assemble.modules()
    assert sorted(order) == sorted(path.stem for path in SCRIPTS if path.stem != "form")
    for name in order:
        imported = re.findall(r'from "\./(\w+)\.js"', (FOLDER / f"{name}.js").read_text())
        assert all(order.index(one) < order.index(name) for one in imported)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_set_texts_as_texts_and_are_short(path: Path) -> None:
    text = path.read_text()
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\bfetch\(", text)
        == []
    )
    assert text.count("\n") <= LONGEST


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_what_is_imported_is_exported_and_used(path: Path) -> None:
    text = path.read_text()
    for names, source in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', text, re.MULTILINE):
        other = (FOLDER / f"{source}.js").read_text()
        for name in names.replace(" ", "").split(","):
            assert re.search(rf"^export (?:const|class|(?:async )?function) {name}\b", other, re.MULTILINE), name
            assert len(re.findall(rf"\b{name}\b", text)) > 1, name


def test_markup_holds_no_handlers_and_no_styles() -> None:
    assert re.findall(r"\son\w+=|\sstyle=", (FOLDER / "panel.html").read_text()) == []


def test_the_form_library_has_the_function_that_forms_call() -> None:
    assert "var ac365 = " in assemble.form_script()
    assert "return { onLoad };" in assemble.form_script()
