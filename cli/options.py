"""Options that several commands share, so that they read and behave alike everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

from sync.model import Entity

ConnectionName = Annotated[
    str, typer.Option("--connection", metavar="NAME", help="Which connection; not needed while there is only one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text, for scripts.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask, go ahead.")]
EntityName = Annotated[
    Entity | None, typer.Option("--entity", "-e", metavar="NAME", help="Only account, contact, lead or opportunity.")
]
Entities = Annotated[
    list[Entity] | None,
    typer.Option("--entity", "-e", metavar="NAME", help="Only account, contact, lead or opportunity; may be repeated."),
]
