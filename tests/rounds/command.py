"""The command: plays rounds, prints their table as they end, and says what went wrong."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from rounds import jobs, table
from rounds.play import Row
from rounds.site import BROKERS

START = "import sys; sys.path[:0] = {path!r}; from rounds.command import serve; serve({broker!r})"


def main(words: list[str] | None = None) -> int:
    """Exit status 1 where any count is not zero."""
    parser = argparse.ArgumentParser(prog="python -m bench.rounds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="how many; seeds count up")
    parser.add_argument("--seed", type=int, default=1, help="the first one; with --rounds 1 it repeats a round")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once, each with servers of its own")
    parser.add_argument("--broker", choices=BROKERS, default=BROKERS[0], help="who carries the messages")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of the table")
    parser.add_argument("--csv", type=Path, help="also writes a line per round into this file")
    given = parser.parse_args(words)
    path = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]
    command = [sys.executable, "-W", "ignore", "-c", START.format(path=path, broker=given.broker)]
    seeds = range(given.seed, given.seed + given.rounds)
    return _told(jobs.rows(seeds, min(given.jobs, given.rounds), command), given.csv, as_json=given.json)


def _told(rows: Iterable[Row], save_as: Path | None, *, as_json: bool) -> int:
    ended: list[Row] = []
    if not as_json:
        print(table.HEAD, flush=True)
    for row in rows:
        ended.append(row)
        print(json.dumps(table.as_json(row)) if as_json else table.line(row), flush=True)
        if not as_json and not row.good:
            print(table.story(row), flush=True)
        if save_as:
            table.save(ended, save_as)
    if not as_json:
        print(table.summary(ended))
    return 0 if table.good(ended) else 1


def serve(broker: str) -> None:
    """One job. A Ctrl-C or a polite kill ends it, with everything that it started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        jobs.serve(broker, sys.stdin, sys.stdout)
