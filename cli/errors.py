"""Errors as a person reads them: one line that says what is wrong and what to do, and the right exit status."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import redis
import typer
from kombu.exceptions import OperationalError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from store.errors import StoreError
from sync.errors import SyncError
from worker.settings import SettingsError

DONE = 0
COULD_NOT_RUN = 1
SOME_FAILED = 3
REDIS_ADVICE = "Check that Redis is running and that REDIS_URL names the right host and password."


class CannotRun(Exception):
    """The command can't do its work; `advice` says what to do about it."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


def explained(error: Exception) -> str:
    """One line for an error: what is wrong, then what to do."""
    if isinstance(error, CannotRun | SyncError | StoreError):
        return _line(error.message, error.advice)
    if isinstance(error, SettingsError):
        return _line(str(error), "")
    if isinstance(error, redis.RedisError | OperationalError):
        return _line("Redis does not answer", REDIS_ADVICE)
    if isinstance(error, LookupError) and not isinstance(error, KeyError | IndexError):
        return _line(str(error), "")
    where = traceback.extract_tb(error.__traceback__)[-1]
    told = f"a fault in ac365 itself ({type(error).__name__} in {where.name}, line {where.lineno})"
    return _line(told, "Run it again as `ac365 --debug ...` and report what it prints.")


def _line(message: str, advice: str) -> str:
    """Message and advice as sentences on one line; a database's message may have several."""
    parts = [" ".join(part.split()) for part in (message, advice) if part]
    return " ".join(part if part.endswith((".", "?", "!", "`")) else f"{part}." for part in parts)


class Guarded(TyperGroup):
    """The top of the command line: whatever a command raises ends here as one line on stderr."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command; errors become exit status 1. `--debug` lets them through."""
        try:
            return super().invoke(ctx)
        except (TyperException, typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            typer.echo("Stopped.", err=True)
            raise typer.Exit(COULD_NOT_RUN) from None
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            sys.stdout.flush()
            typer.echo(f"ac365: {explained(error)}", err=True)
            raise typer.Exit(COULD_NOT_RUN) from None
