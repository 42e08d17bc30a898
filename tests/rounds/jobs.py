"""Several rounds at once: each job is a process of its own that takes seeds from its input and answers with rows."""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO

from rounds import table
from rounds.play import Row, play
from rounds.site import site


def serve(broker: str, seeds: Iterable[str], out: IO[str]) -> None:
    """Plays the seeds that come in, one a line, and writes one line of JSON for each."""
    # That PostgreSQL is away is what rounds are about.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    with site(broker) as here:
        for seed in seeds:
            print(json.dumps(table.as_json(_played(here, int(seed)))), file=out, flush=True)


def _played(here: object, seed: int) -> Row:
    try:
        return play(here, seed)  # type: ignore[arg-type]
    except Exception as error:
        import traceback

        return Row(seed, broken=f"{type(error).__name__}: {error}\n{traceback.format_exc()}")


def rows(seeds: Iterable[int], jobs: int, command: list[str]) -> Iterator[Row]:
    """The rows of these rounds as they end. command: starts a process that does what `serve` does."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    found: queue.SimpleQueue[Row | None] = queue.SimpleQueue()
    for seed in seeds:
        waiting.put(seed)
    threads = [threading.Thread(target=_work, args=(command, waiting, found), daemon=True) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    ended = 0
    while ended < jobs:
        row = found.get()
        if row is None:
            ended += 1
        else:
            yield row


def _work(command: list[str], waiting: queue.SimpleQueue[int], found: queue.SimpleQueue[Row | None]) -> None:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as job:
        assert job.stdin is not None
        assert job.stdout is not None
        with suppress(queue.Empty, BrokenPipeError):
            while True:
                seed = waiting.get_nowait()
                print(seed, file=job.stdin, flush=True)
                answer = job.stdout.readline()
                found.put(table.from_json(json.loads(answer)) if answer else Row(seed, broken="its process ended"))
                if not answer:
                    break
        job.stdin.close()
        job.wait()
    found.put(None)
