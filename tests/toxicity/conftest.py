"""A tiny invented data set in the shapes of the public ones, and a small random model."""

from __future__ import annotations

import csv
import lzma
import random
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from commentsvc.toxicity import modelfile
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.labels import LABELS
from commentsvc.toxicity.tokens import PIECE_ROWS, WORD_ROWS

# training needs the extra `train`; everything else here does not
HERE = Path(__file__).parent
collect_ignore = (
    [] if find_spec("torch") else [path.name for path in HERE.glob("test_training*.py")]
)
# detoxify lives in an environment of its own, made by `make test-detoxify`
if not (HERE.parents[1] / ".venv-detoxify" / "bin" / "python").exists():
    collect_ignore.append("test_backends_detoxify.py")

KIND = ["thank you for the lovely edit", "the bus was late today", "i agree with the source here"]
RUDE = ["you are a stupid fool", "shut up you filthy moron", "what an idiot wrote this garbage"]


EUROPE = ("en", "de", "ru", "el")


def random_model(width: int = 8, filters: int = 6, hidden: int = 5, seed: int = 1):
    """A model of the right shape with random weights."""
    pick = np.random.default_rng(seed)
    languages = (*EUROPE, "hy", "he", "ar", "hi", "bn", "ta", "th", "ka", "ko", "am", "ja", "zh")

    def array(*shape: int) -> np.ndarray:
        return pick.normal(0, 0.3, shape).astype(np.float32)

    bias = np.zeros(len(languages), np.float32)
    bias[0] = 4
    return modelfile.Model(
        card={"version": "test", "labels": list(LABELS), "scores": ["en"]},
        table=pick.integers(-127, 128, (WORD_ROWS + PIECE_ROWS, width)).astype(np.int8),
        scale=np.full(WORD_ROWS + PIECE_ROWS, 0.01, np.float32),
        conv=array(3 * width, filters),
        conv_bias=array(filters),
        look=array(filters, 2),
        mix=array(filters * 4 + 3 * width + 3, hidden),
        mix_bias=array(hidden),
        out=array(hidden, len(LABELS)),
        out_bias=array(len(LABELS)),
        curve=np.tile(np.array([1.0, 0.0], np.float32), (len(LABELS), 1)),
        languages=languages,
        language_table=np.zeros((64, len(languages)), np.int8),
        language_bias=bias,
        language_step=0.1,
    )


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    modelfile.write(path, random_model())
    return path


@pytest.fixture(scope="session")
def shipped() -> EmbeddedScorer:
    """The scorer as everybody gets it."""
    return EmbeddedScorer()


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a few hundred invented comments under the names of the public files."""
    folder = tmp_path_factory.mktemp("data")
    pick = random.Random(4)
    rows = []
    for i in range(420):
        rude = i % 3 == 0
        text = f"{pick.choice(RUDE if rude else KIND)}. {pick.choice(KIND)} {i}"
        marks = (int(rude), 0, int(rude), 0, int(rude), 0)
        names = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
        labels = dict(zip(names, marks, strict=True))
        rows.append({"id": i, "comment_text": text, **labels, "form": "raw", "source": "invented"})
    plain = folder / "plain.csv"
    _write(plain, rows)
    (folder / "jigsaw_train.csv.xz").write_bytes(lzma.compress(plain.read_bytes()))
    patterns = [{"pattern": "000000", "rows": 9000}, {"pattern": "101010", "rows": 1000}]
    _write(folder / "jigsaw_label_patterns.csv", patterns)
    return folder
