"""Groups of commands in which listing goes without saying: `ac365 cycles` is `ac365 cycles list`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class ListFirst(TyperGroup):
    """Takes whatever isn't one of its commands as arguments of `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts `list` in front where no command is named."""
        first = args[0] if args else ""
        lists = not args or first.isdigit() or (first.startswith("-") and first not in ctx.help_option_names)
        return super().parse_args(ctx, ["list", *args] if lists else args)
