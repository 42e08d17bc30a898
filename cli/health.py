"""`ac365 health`: whether the workers serve their queues, for container health checks."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.errors import COULD_NOT_RUN
from cli.options import AsJson
from cli.output import duration, print_json, say
from cli.session import session
from engine import health as use_case
from sync.model import Lane
from worker.services import now


def health(
    queue: Annotated[Lane | None, typer.Option(help="Only this queue (live or sync); default both.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell whether messages get through the queues: exit status 0 when every heartbeat is fresh, else 1.

    A heartbeat travels through each queue and is written down by the worker that serves it, so this notices a worker
    that is alive but stopped consuming.
    """
    with session(prepare=False) as services:
        beats = use_case.beats(services.db, now(), [queue] if queue else list(use_case.QUEUES))
    if as_json:
        print_json({beat.queue: {"age_s": beat.age_s, "fresh": beat.fresh} for beat in beats})
    for beat in () if as_json else beats:
        told = "no heartbeat yet" if beat.age_s is None else f"last heartbeat {duration(beat.age_s)} ago"
        say(f"{beat.queue}: {'served' if beat.fresh else 'not served'}, {told}")
    if not all(beat.fresh for beat in beats):
        raise typer.Exit(COULD_NOT_RUN)
