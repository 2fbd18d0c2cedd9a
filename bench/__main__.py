"""`make bench`: everything, or the benchmarks named.

python -m bench [reads|writes|moderating|perspective|footprint …]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from . import footprint, moderating, perspective, reads, writes
from .tools import HERE, Figures, line, need

BENCHMARKS: dict[str, Callable[[Figures], None]] = {
    "reads": reads.run,
    "writes": writes.run,
    "moderating": moderating.run,
    "perspective": perspective.run,
    "footprint": footprint.run,
}


def main() -> int:
    """Measure, print the table, write results.json. 1 when a goal is missed."""
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(
            f"There is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}.",
            file=sys.stderr,
        )
        return 2
    if not need("wrk", "wrk"):
        return 1
    figures = Figures()
    for name in names:
        BENCHMARKS[name](figures)
    figures.save(HERE / "results.json")
    print("\n".join(line(row) for row in figures.rows))
    missed = sum(row["ok"] is False for row in figures.rows)
    print(f"\n{sum(row['ok'] is True for row in figures.rows)} goals reached, {missed} missed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
