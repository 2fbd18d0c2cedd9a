"""`make bench`: everything, or the benchmarks named.

python -m bench [reads|writes|queue|desk|moderation|precedents|perspective|heavy|footprint|million|mixed …]
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from . import (
    desk,
    footprint,
    heavy,
    million,
    mixed,
    moderation,
    perspective,
    precedents,
    queue,
    reads,
    writes,
)
from .tools import HERE, ROOT, Figures, line, need

if TYPE_CHECKING:
    from collections.abc import Callable

BENCHMARKS: dict[str, Callable[[Figures], None]] = {
    "reads": reads.run,
    "writes": writes.run,
    "queue": queue.run,
    "desk": desk.run,
    "moderation": moderation.run,
    "precedents": precedents.run,
    "perspective": perspective.run,
    "heavy": heavy.run,
    "footprint": footprint.run,
    "million": million.run,
    "mixed": mixed.run,
}


def main() -> int:
    """Measure, print the table, write results.json."""
    if sys.argv[1:] == ["--write"]:
        return write()
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
        figures.save(HERE / "results.json")  # each time: the last ones take long and may break off
    print("\n".join(line(row) for row in figures.rows))
    missed = sum(row["ok"] is False for row in figures.rows)
    print(f"\n{sum(row['ok'] is True for row in figures.rows)} goals reached, {missed} missed.")
    return 0


def write() -> int:
    """Write the figures of results.json into the documentation, between its two markers."""
    found = json.loads((HERE / "results.json").read_text())
    machine = found["machine"]
    table = [
        f"{machine['at'][:10]}, commit {machine['commit']}, {machine['cpu']}, {machine['cores']} cores, "
        f"Python {machine['python']}; load average before the run: {machine['load_before']:.1f}.",
        "",
        "| what | | figure | wanted | |",
        "|---|---|---:|---|---|",
    ]
    for row in found["rows"]:
        value = f"{row['value']:,.3g}" if abs(row["value"]) < 100 else f"{row['value']:,.0f}"
        verdict = {True: "reached", False: "**missed**", None: ""}[row["ok"]]
        cells = (row["area"], row["what"], f"{value} {row['unit']}".strip(), row["wanted"], verdict)
        table.append(f"| {' | '.join(cells)} |")
    page = ROOT / "docs" / "performance.md"
    before, _, rest = page.read_text("utf-8").partition("<!-- figures -->")
    _, _, after = rest.partition("<!-- end of figures -->")
    marked = "<!-- figures -->\n" + "\n".join(table) + "\n<!-- end of figures -->"
    page.write_text(before + marked + after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
