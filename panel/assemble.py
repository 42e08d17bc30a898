"""The two web resources as text."""

from __future__ import annotations

from importlib import resources


def page() -> str:
    """The whole page of the panel."""
    return (resources.files("panel") / "panel.html").read_text(encoding="utf-8")


def form_script() -> str:
    """The library of the form, with `ac365.onLoad`."""
    return (resources.files("panel") / "form.js").read_text(encoding="utf-8")
