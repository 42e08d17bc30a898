"""Puts the panel together: one page that holds its style and script, and the library of the form.

The scripts are ES modules that need no build: each names what it imports, so that their order follows from them, and
becomes a function that answers with what it exports, under its name after a dollar. What may run is said by hash: a
page that somebody altered on its way runs nothing.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from pathlib import Path

_FOLDER = Path(__file__).parent
_FIRST = "start"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:const|class|(?:async )?function) (\w+))", re.MULTILINE)


def page() -> str:
    """The panel as one HTML document that asks no other host for anything."""
    style, script = f"\n{_text('panel.css')}", f"\n{_script()}"
    policy = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "style-src": _hash(style),
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    filled = {
        "{{policy}}": "; ".join(f"{what} {where}" for what, where in policy.items()),
        "{{style}}": style,
        "{{script}}": script,
    }
    return re.sub(r"\{\{[a-z]+\}\}", lambda place: filled[place.group()], _text("panel.html"))


def form_script() -> str:
    """The library of the form: `ac365.onLoad` is to be called on load, with the execution context."""
    return _text("form.js")


def modules() -> list[str]:
    """The names of the panel's scripts, each after those it imports."""
    order: list[str] = []
    _visit(_FIRST, order)
    return order


def _visit(name: str, order: list[str]) -> None:
    if name not in order:
        for _, imported in _IMPORT.findall(_text(f"{name}.js")):
            _visit(imported, order)
        order.append(name)


def _script() -> str:
    return "\n".join(_scoped(name) for name in modules())


def _scoped(name: str) -> str:
    text = _text(f"{name}.js")
    exported = ", ".join(made for _, made in _EXPORT.findall(text))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(r"const \1 = $\2;", text))
    return f"const ${name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
