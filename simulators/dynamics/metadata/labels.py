"""Labels and managed properties as the metadata shows them."""

from __future__ import annotations

from typing import Any

from simulators.dynamics.schema.catalog import stable_id

ENGLISH = 1033


def label(text: str, *names: str) -> dict[str, Any]:
    """A label in the base language. `names` make its id."""
    if not text:
        return {"LocalizedLabels": [], "UserLocalizedLabel": None}
    shown = {
        "Label": text, "LanguageCode": ENGLISH, "IsManaged": True, "MetadataId": stable_id("label", *names),
        "HasChanged": None,
    }  # fmt: skip
    return {"LocalizedLabels": [shown], "UserLocalizedLabel": dict(shown)}


def label_text(sent: Any) -> str:
    """The text of a label that a client sent, empty without one."""
    labels = (sent or {}).get("LocalizedLabels") or []
    chosen = next((one for one in labels if one.get("LanguageCode") == ENGLISH), labels[0] if labels else {})
    return str(chosen.get("Label") or "")


def managed(value: Any, name: str) -> dict[str, Any]:
    """A property that a solution may lock."""
    return {"Value": value, "CanBeChanged": True, "ManagedPropertyLogicalName": name}
