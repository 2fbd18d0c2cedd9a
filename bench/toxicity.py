"""The scorers compared: CPU time per text, load time, memory. `BENCH=toxicity`.

`python -m bench.toxicity` prints only the table; `run` gives the rows to the other benchmarks.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from commentsvc.toxicity.evaluating.evaluate import resident_mb, speed
from commentsvc.toxicity.evaluating.tables import read
from commentsvc.toxicity.scorer import make_scorer

ROOT = Path(__file__).resolve().parents[1]
#: The first argument of the child process.
ALONE = "--alone"
_TALK = (
    "the council has met again to talk about a new bridge over our river and most readers think "
    "that it is far too late for this kind of plan since nobody asked those who live there yet "
    "you are an idiot if you believe any of it please read what was said last year in this paper"
)


def texts(count: int = 1500, seed: int = 1) -> list[str]:
    """Comments of typical length (median about 200 characters, a long tail): the public rows if
    they are next to the repository, otherwise invented ones."""
    path = ROOT.parent / "shared/data/toxicity/jigsaw_dev.csv.xz"
    if path.exists():
        return read(path).texts[:count]
    pick = random.Random(seed)
    sizes = [max(3, int(pick.lognormvariate(3.6, 0.9))) for _ in range(count)]
    return [" ".join(pick.choices(_TALK.split(), k=size)) for size in sizes]


def measure(spec: str, sample: list[str]) -> dict[str, Any]:
    """Figures of one backend in a separate process, on one thread."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.toxicity", ALONE, spec],
        input=json.dumps(sample),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    if done.returncode:
        return {"backend": spec, "error": done.stderr.strip().splitlines()[-1]}
    return {"backend": spec, **json.loads(done.stdout)}


def _alone(spec: str) -> int:
    """In the child process: print the figures of `spec` for the texts on stdin."""
    texts = json.load(sys.stdin)
    before, begun = resident_mb() or 0.0, time.perf_counter()
    scorer = make_scorer(spec)
    scorer.score([texts[0]])
    loaded = (time.perf_counter() - begun) * 1000
    status = scorer.status()
    if status.state != "ok":
        print(status.message, file=sys.stderr)
        return 1
    figures = speed(scorer, texts)
    figures |= {"load_ms": loaded, "memory_mb": (resident_mb() or 0.0) - before}
    print(json.dumps(figures))
    return 0


def run(specs: list[str] | None = None) -> list[dict[str, Any]]:
    """One row per backend; those after the first also say how many times slower they are."""
    sample = texts()
    rows = [measure(spec, sample) for spec in specs or ["embedded"]]
    for row in rows[1:]:
        if "p50_ms" in row and "p50_ms" in rows[0]:
            row["times_slower"] = row["p50_ms"] / rows[0]["p50_ms"]
    return rows


if __name__ == "__main__":
    if sys.argv[1:2] == [ALONE]:
        sys.exit(_alone(sys.argv[2]))
    for line in run(sys.argv[1:] or None):
        print(json.dumps(line))
