"""The table of rounds, line by line as they end, and what is said of those that went wrong."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rounds.play import Row
from rounds.verdict import COUNTS

HEAD = f"{'seed':>6}  {'struck':>6}  {'s':>5}  " + "  ".join(COUNTS) + "  verify  faults"


def line(row: Row) -> str:
    """One round: its seed, how many of its faults struck, seconds, the five counts, verify, and the faults by name."""
    struck = [fault["name"] for fault in row.faults if fault["struck"]]
    missed = len(row.faults) - len(struck)
    counts = "  ".join(f"{row.counts[name]:>{len(name)}}" for name in COUNTS)
    verify = "broken" if row.broken else "agrees" if row.agrees else "DIFFERS"
    told = ", ".join(struck) + (f" (and {missed} met nothing)" if missed else "")
    return f"{row.seed:>6}  {len(struck):>6}  {row.seconds:>5.1f}  {counts}  {verify:>6}  {told}"


def story(row: Row) -> str:
    """What happened in a round, and what is wrong."""
    faults = [f"    {one['name']} {one['moment']}: {one['did']}" for one in row.faults]
    wrong = [f"    {name}: {told}" for name, all_told in row.complaints.items() for told in all_told]
    differ = [f"    verify: {told}" for told in row.differences]
    parts = ["  people:", *(f"    {told}" for told in row.lines), "  faults:", *faults, "  wrong:", *wrong, *differ]
    return "\n".join([*parts, *row.broken.splitlines()])


def summary(rows: Sequence[Row]) -> str:
    """How often each fault struck, and the sums."""
    struck = Counter(fault["name"] for row in rows for fault in row.faults if fault["struck"])
    sums = {name: sum(row.counts[name] for row in rows) for name in COUNTS}
    good = sum(row.good for row in rows)
    lines = [f"{good} of {len(rows)} rounds without a complaint, {sum(struck.values())} faults struck"]
    lines += [f"{name}: {number}" for name, number in sums.items()]
    lines += [f"verify does not agree: {sum(not row.agrees for row in rows)}"]
    return "\n".join([*lines, *(f"  {number:>4} x {name}" for name, number in sorted(struck.items()))])


def save(rows: Sequence[Row], path: Path) -> None:
    """One line per round, in the order of the seeds, for a spreadsheet."""
    with path.open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("seed", *COUNTS, "verify", "seconds", "struck", "faults"))
        for row in sorted(rows, key=lambda row: row.seed):
            struck = [fault["name"] for fault in row.faults if fault["struck"]]
            verify = "agrees" if row.agrees and not row.broken else "differs"
            told = (row.seed, *row.counts.values(), verify, row.seconds, len(struck), "; ".join(struck))
            lines.writerow(told)


def as_json(row: Row) -> dict[str, Any]:
    """One line of `--json`."""
    return {
        "seed": row.seed,
        "seconds": row.seconds,
        "faults": row.faults,
        "counts": row.counts,
        "agrees": row.agrees,
        "complaints": row.complaints,
        "differences": row.differences,
        "lines": row.lines,
        "broken": row.broken,
    }


def from_json(told: dict[str, Any]) -> Row:
    """The row that a line of JSON says."""
    return Row(**{name: value for name, value in told.items() if name not in ("counts", "agrees")})


def good(rows: Iterable[Row]) -> bool:
    return all(row.good for row in rows)
