"""Every budget that ac365 promises, measured and printed beside the promise and what is physically possible.

Each measurement is one of the programs of this folder, run as a process of its own, several times where it is short;
what counts is the median. `--quick` takes sizes that a laptop does in a few minutes, which say less.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
Figures = Sequence[dict[str, Any]]
"""The JSON objects that a program printed."""


@dataclass(frozen=True)
class Budget:
    """One promise. promised, possible: in words; bound: what the value must reach, at least or at most; of: the value
    in what the program printed."""

    name: str
    promised: str
    possible: str
    program: str
    full: tuple[str, ...]
    quick: tuple[str, ...]
    of: Callable[[Figures], float]
    bound: float
    at_least: bool = False
    times: int = 1

    def holds(self, value: float) -> bool:
        """Whether the promise is kept."""
        return value >= self.bound if self.at_least else value <= self.bound


def _last(*keys: str) -> Callable[[Figures], float]:
    def value(figures: Figures) -> float:
        found: Any = figures[-1]
        for key in keys:
            found = found[key]
        return float(found)

    return value


def _slowest_page(figures: Figures) -> float:
    """Those that ask a service wait for its limit; they load after their page."""
    return max(float(one["p95_ms"]) for one in figures[-1]["pages"].values() if not one["asks"])


BUDGETS = (
    Budget(
        "first sync of contacts", "at least 95 % of 25,000 a minute", "25,000 a minute: 100 imports of 250",
        "backfill", ("--contacts", "100000"), ("--contacts", "60000"), _last("share_of_ceiling"), 0.95, at_least=True,
    ),
    Budget(
        "limit errors of it", "none", "none",
        "backfill", ("--contacts", "100000"), ("--contacts", "60000"), _last("refusals_429"), 0,
    ),
    Budget(
        "writes one by one, 1, 2 and 4 workers", "at least 98 % of 5 a second", "5 a second",
        "rate", (), ("--accounts", "150"),
        lambda figures: min(one["share_of_limit"] for one in figures), 0.98, at_least=True,
    ),
    Budget(
        "calls for 1,000 contacts changed in Dynamics", "at most 5", "4 imports, and 1 question each how it went: 8",
        "thousand", ("--outbound",), ("--outbound",), _last("outbound", "activecampaign_calls"), 5, times=3,
    ),
    Budget(
        "calls for 1,000 contacts changed in ActiveCampaign", "at most 11", "10 pages and one that ends them: 11",
        "thousand", (), (), _last("inbound", "activecampaign_calls"), 11, times=3,
    ),
    Budget(
        "requests when nothing changed", "at most 20", "1 for each table, and the first page of contacts",
        "quiet", ("--contacts", "1000000"), ("--contacts", "20000"), _last("nothing_changed", "requests"), 20,
    ),
    Budget(
        "seconds when nothing changed", "at most 10", "below 1",
        "quiet", ("--contacts", "1000000"), ("--contacts", "20000"), _last("nothing_changed", "seconds"), 10,
    ),
    Budget(
        "records a second and worker without limits", "at least 2,000", "depends on the machine",
        "engine_speed", ("--contacts", "20000"), ("--contacts", "10000"), _last("records_per_second"), 2000,
        at_least=True, times=3,
    ),
    Budget(
        "the same by a second of the worker's own processor time", "at least 2,000", "depends on the machine",
        "engine_speed", ("--contacts", "20000"), ("--contacts", "10000"), _last("records_per_processor_second"), 2000,
        at_least=True,
    ),
    Budget(
        "one record on request beside a first sync", "at most 3 s (95th percentile)", "3 calls in a row: 0.6 s",
        "one_record", (), ("--times", "8", "--contacts", "40000"), _last("seconds_p95"), 3,
    ),
    Budget(
        "growth of a worker's memory", "at most 10 %", "0 %",
        "memory", ("--contacts", "1000000"), ("--contacts", "60000"), _last("growth"), 0.10,
    ),
    Budget(
        "pages of the console, 10,000,000 outcomes", "at most 300 ms (95th percentile)", "depends on the machine",
        "console", (), ("--records", "20000", "--outcomes", "200000"), _slowest_page, 300,
    ),
    Budget(
        "start of everything", "at most 10 s", "depends on the machine",
        "start", (), (), _last("again_s"), 10, times=3,
    ),
)  # fmt: skip


def run(budget: Budget, *, quick: bool, known: dict[tuple[str, ...], Figures]) -> Figures:
    """What the program printed; one that ran with the same words before is not run again."""
    words = (budget.program, *(budget.quick if quick else budget.full))
    if words not in known:
        command = [sys.executable, "-m", f"bench.{words[0]}", *words[1:]]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-1500:]}")
        known[words] = objects(done.stdout)
    return known[words]


def objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects in a text, which may stand on one line or on several, with other lines between them."""
    found, decoder, place = [], json.JSONDecoder(), 0
    while (place := text.find("{", place)) >= 0:
        try:
            one, place = decoder.raw_decode(text, place)
            found.append(one)
        except ValueError:
            place += 1
    return found


def measured(budget: Budget, *, quick: bool, known: dict[tuple[str, ...], Figures]) -> dict[str, Any]:
    """One line of the table."""
    times = 1 if quick else budget.times
    values = []
    for number in range(times):
        values.append(budget.of(run(budget, quick=quick, known=known if number == 0 else {})))
    value = median(values)
    return {
        "budget": budget.name, "promised": budget.promised, "possible": budget.possible, "measured": value,
        "runs": values, "kept": budget.holds(value),
        "command": " ".join(("python -m", f"bench.{budget.program}", *(budget.quick if quick else budget.full))),
    }  # fmt: skip


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def main() -> None:
    """Measures and prints a table, or JSON. Exit status 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.budgets", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, each once")
    parser.add_argument("--only", action="append", metavar="PROGRAM", help="such as rate; may be given several times")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    known: dict[tuple[str, ...], Figures] = {}
    lines = []
    for budget in BUDGETS:
        if not options.only or budget.program in options.only:
            print(f"{budget.name} ...", file=sys.stderr, flush=True)
            lines.append(measured(budget, quick=options.quick, known=known))
    if options.json:
        print(json.dumps({"machine": machine(), "budgets": lines}, indent=2))
    else:
        _print(lines)
    sys.exit(not all(line["kept"] for line in lines))


def _print(lines: list[dict[str, Any]]) -> None:
    table = Table(title=" · ".join(str(value) for value in machine().values()), title_justify="left")
    for column in ("budget", "promised", "possible", "measured", ""):
        table.add_column(column)
    for line in lines:
        value = f"{line['measured']:,.4g}" if line["measured"] < 1000 else f"{line['measured']:,.0f}"
        table.add_row(line["budget"], line["promised"], line["possible"], value, "kept" if line["kept"] else "NOT KEPT")
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
