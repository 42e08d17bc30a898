"""The document as YAML: read with line numbers, written with a few words of explanation."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from config.checked import Check, examined
from config.faults import ConfigFaults, Fault
from config.lines import line_of, lines_and_faults

_HEADER = """\
# The configuration of ac365: what is synced between Dynamics 365 and ActiveCampaign, and how.
# `dynamics` is the logical name of a column; `activecampaign` is a contact field's personalisation tag or an account
# field's label. Standard mappings are on unless they stand under `standard` as false; a section there gives one its own
# direction and conflict rule. `defaults` fill columns of new Dynamics records; {{FIELD}} in them is a field's value.
# Nothing runs before `sync.enabled` and an entity's `enabled` are true.
"""

_NOT_TEXT = "is not readable as text; YAML tags such as !!binary are not used here."


class _Constructor(SafeConstructor):
    """Builds plain JSON values only: a date stays the text it was written as."""


def _text(_: SafeConstructor, node: ScalarNode) -> str:
    return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _text)


class _Representer(SafeRepresenter):
    """Quotes texts with control characters, some of which would count as line breaks."""


def _quoted(representer: SafeRepresenter, text: str) -> ScalarNode:
    style = None if text.isprintable() else '"'
    return representer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Representer.add_representer(str, _quoted)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    return yaml


def parse(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The document as written and the line (1-based) of every path in it. The schema is not applied.

    Raises ConfigFaults with the line for broken syntax, repeated keys, anchors, and values that aren't plain data.
    """
    node = _composed(text)
    if node is None:
        return {}, {}
    lines, faults = lines_and_faults(node)
    if faults:
        raise ConfigFaults(faults)
    document = _built(node)
    if document is None:
        return {}, {}
    if not isinstance(document, dict):
        raise ConfigFaults([Fault("", "The document is not a section with names and values.", 1)])
    return document, lines


def validate(text: str, check: Check | None = None) -> dict[str, Any]:
    """The loaded document. Raises ConfigFaults with the faults of shape and of the check together, by line.

    check: looks at a loaded document, for instance against live metadata; it sees what is sound of a faulty one.
    """
    document, lines = parse(text)
    loaded, faults = examined(document, check)
    if faults:
        placed = [Fault(fault.path, fault.message, line_of(fault.path, lines)) for fault in faults]
        raise ConfigFaults(sorted(placed, key=lambda fault: fault.line or 0))
    return loaded


def dump(document: Mapping[str, Any]) -> str:
    """The document as YAML, explained at the top; `parse` reads the same document back."""
    stream = StringIO()
    yaml = _yaml()
    yaml.width = 2**31  # A folded line is harder to review in git, and long texts survive as they are.
    yaml.dump(dict(document), stream)
    return _HEADER + stream.getvalue()


def _composed(text: str) -> Node | None:
    try:
        return _yaml().compose(StringIO(text))  # type: ignore[no-any-return]
    except (YAMLError, RecursionError) as error:
        raise _syntax(error) from None


def _built(node: Node) -> Any:
    """The plain values of a composed document: reading the text is what takes long, so it is read once."""
    try:
        return _yaml().constructor.construct_document(node)
    except (YAMLError, ValueError, RecursionError) as error:
        raise _syntax(error) from None


def _syntax(error: Exception) -> ConfigFaults:
    if not isinstance(error, MarkedYAMLError):
        message = "is nested too deeply." if isinstance(error, RecursionError) else str(error)
        return ConfigFaults([Fault("", f"The text is not valid YAML: {message}")])
    mark = error.problem_mark or error.context_mark
    words = " ".join(part for part in (error.context, error.problem) if part)
    return ConfigFaults([Fault("", f"The text is not valid YAML: {words}.", mark.line + 1 if mark else None)])
