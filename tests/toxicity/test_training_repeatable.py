"""The heads of other languages come out the same, byte for byte, wherever they are trained."""

from __future__ import annotations

import csv
import lzma
import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from commentsvc.toxicity import modelfile
from commentsvc.toxicity.training import assembling, data, repeatable

if TYPE_CHECKING:
    from pathlib import Path

_TRAIN = """
import hashlib, sys
from pathlib import Path
from commentsvc.toxicity.training import heads
learnt = heads.train(Path(sys.argv[1]))
for code, head in learnt.heads.items():
    print(code, hashlib.sha256(head.table.tobytes()).hexdigest(), head.step, head.slope, head.offset)
print(learnt.figures)
"""


def _folder(path: Path, rows: list[tuple[str, int]]) -> Path:
    path.mkdir()
    plain = path / "plain.csv"
    with plain.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["language", "text", "toxic", "source"])
        writer.writerows(["nl", text, toxic, "invented"] for text, toxic in rows)
    (path / data.MULTILINGUAL[0]).write_bytes(lzma.compress(plain.read_bytes()))
    return path


def _rows() -> list[tuple[str, int]]:
    pick = random.Random(3)
    made = []
    for i in range(500):
        toxic = i % 3 == 0
        words = ["sukkel", "klootzak", "fiets"] if toxic else ["fiets", "brug", "boot", "sukkel"]
        other = [pick.choice(["vandaag", "morgen", "altijd", "nooit", "hier"]) for _ in range(3)]
        made.append((f"de {pick.choice(words)} is {' '.join(other)} {pick.random()}", int(toxic)))
    return made


def _trained(folder: Path, **given: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _TRAIN, str(folder)],
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_threads_hashes_processors_and_the_order_of_rows_change_no_byte(tmp_path: Path) -> None:
    rows = _rows()
    shuffled = random.Random(5).sample(rows, len(rows))
    runs = [
        _trained(_folder(tmp_path / "a", rows), OMP_NUM_THREADS="1", PYTHONHASHSEED="1"),
        _trained(
            _folder(tmp_path / "b", shuffled),
            OMP_NUM_THREADS="2",
            OPENBLAS_NUM_THREADS="2",
            OPENBLAS_CORETYPE="Nehalem",  # sums in another order, as on an older processor
            PYTHONHASHSEED="77",
        ),
    ]
    one, other = (run.communicate(timeout=120)[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert one.startswith("nl ") and one == other


def test_the_solver_goes_on_until_only_the_last_digits_are_left() -> None:
    pick = np.random.default_rng(2)
    features = sparse.random(600, 900, density=0.03, format="csr", random_state=2)
    truth = np.asarray(features @ pick.normal(size=900)).ravel() > 0.4
    counts = pick.uniform(0.4, 2.0, 600)
    weights, bias = repeatable.regression(features, truth, counts, strict=2.0, seed=1)

    def slope(weights: np.ndarray, bias: float) -> float:
        """The length of the gradient of what is minimized."""
        error = 1 / (1 + np.exp(-(features @ weights + bias))) - truth
        by_weight = weights + 2 * features.T @ (counts * error)
        return float(np.hypot(np.linalg.norm(by_weight), bias + 2 * (counts * error).sum()))

    assert slope(weights, bias) < 1e-7 * slope(np.zeros(900), 0.0)


def test_what_is_stored_has_fewer_digits_than_what_is_sure() -> None:
    assert repeatable.short(0.0651316382495) == repeatable.short(0.0651316382501) == 0.0651316
    assert repeatable.short(-4.710905) == -4.7109 or repeatable.short(-4.710905) == -4.71091


def test_the_model_that_ships_is_the_one_that_is_trained_here() -> None:
    assert modelfile.read(modelfile.SHIPPED).version == assembling.VERSION
