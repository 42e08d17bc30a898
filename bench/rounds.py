"""Seeded rounds in which a small installation is struck by faults while people work: what is lost, twice or undone?

What is played stands in `tests/rounds/`; docs/faults.md says what strikes and what is counted.
"""

from __future__ import annotations

import sys
from pathlib import Path

# Behind the product: a folder of tests may bear the name of one of its packages.
sys.path.append(str(Path(__file__).parents[1] / "tests"))

if __name__ == "__main__":
    from rounds.command import main

    sys.exit(main())
