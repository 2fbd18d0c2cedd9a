"""Making the embedded model again: corpus, teachers, student, calibration, card, file."""

from __future__ import annotations

import platform
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from . import (
    calibrate,
    modelfile,
    training_corpus,
    training_data,
    training_fit,
    training_language,
    training_net,
)
from .metrics import FALSE_HOLDS
from .scorer import LABELS
from .training_corpus import Corpus
from .training_fit import Plan
from .training_linear import Ratios
from .training_net import Encoded, Floats, Network

VERSION = "1.0"
Tell = Callable[[str], None]

_TEACHER_ROWS = 1 << 17
_TEACHER_TOKENS = 128
_HELD_BACK = 14
"""One Jigsaw row in so many is kept from all training, for calibration and limits."""


@dataclass(frozen=True)
class Teacher:
    """A larger network: how it is made, how it is trained, what its opinion weighs."""

    name: str
    make: Callable[[int], Network]
    plan: Plan
    share: float


TEACHERS: tuple[Teacher, ...] = (
    Teacher("wide", lambda r: training_net.Small(128, 192, 96, rows=r), Plan(3, seed=3), 1.0),
)
_RATIOS_SHARE = (0.9, 0.5, 0.9, 0.4, 0.9, 0.4)
"""By label: the linear model knows little of rare labels."""
_NEAR = (
    *("jigsaw_train", "civil_train", "wiki_context_train"),
    *("joined", "introduced", "part", "swapped"),
)
_SELF_SHARE = 0.6
FIRST = Plan(3, seed=7)
THEN = Plan(4, seed=8, rate=1.5e-3, table_rate=3e-3)


def is_held_back(text: str) -> bool:
    """Whether a Jigsaw row is kept from training; depends on its text alone."""
    return zlib.crc32(text.encode("utf-8", "replace")) % _HELD_BACK == 0


def _weights(corpus: Corpus) -> Floats:
    """How much each text counts: other domains and our own sentences less than the target's."""
    weights = np.full(len(corpus.texts), 0.5, np.float32)
    weights[np.isin(corpus.sources, _NEAR)] = 1.0
    weights[corpus.sources == "own"] = 0.6
    weights[corpus.sources == "jigsaw_test_unscored_teacher"] = 2.0
    return weights


def _part(data: Encoded, which: NDArray[np.int64]) -> Encoded:
    return Encoded([data.ids[i] for i in which], data.shapes[which], data.rows, data.starts)


def _network_opinion(corpus: Corpus, teacher: Teacher, seed: int, tell: Tell) -> Floats:
    """Logits of one teacher for every text, after training on those with a label."""
    known: NDArray[np.bool_] = np.asarray(~np.isnan(corpus.labels).all(1))
    pick = np.random.default_rng(seed)
    spared = (corpus.sources == "disguised") & (pick.random(len(known)) > 0.35)
    which = np.flatnonzero(known & ~spared)
    data = training_net.encode(corpus.texts, _TEACHER_ROWS, _TEACHER_ROWS, longest=_TEACHER_TOKENS)
    torch.manual_seed(seed + teacher.plan.seed)
    net = teacher.make(2 * _TEACHER_ROWS)
    training_fit.fit(
        net,
        _part(data, which),
        corpus.labels[which],
        _weights(corpus)[which],
        teacher.plan,
        tell=lambda s: tell(f"{teacher.name}: {s}"),
    )
    return training_fit.predict(net, data)


def _ratios_opinion(corpus: Corpus, seed: int) -> Floats:
    """Logits of the linear teacher, trained on the rows that know all labels."""
    near = np.isin(corpus.sources, ("jigsaw_train", "own", "swapped", "introduced"))
    which = near & ~np.isnan(corpus.labels).all(1)
    part = corpus.where(which)
    return Ratios(seed=seed).fit(part.texts, part.labels, _weights(part)).predict(corpus.texts)


def opinions(corpus: Corpus, student: Floats, *, seed: int, tell: Tell) -> Floats:
    """What the teachers, and the `student` after its first lessons, think of every text: one
    probability for each label."""
    ratios = np.array(_RATIOS_SHARE)
    total = _SELF_SHARE * student.astype(np.float64) + ratios * _ratios_opinion(corpus, seed)
    shares = _SELF_SHARE + ratios
    tell("ratios: done")
    for teacher in TEACHERS:
        total += teacher.share * _network_opinion(corpus, teacher, seed, tell)
        shares = shares + teacher.share
    return (1 / (1 + np.exp(-total / shares))).astype(np.float32)


def targets(corpus: Corpus, taught: Floats) -> Floats:
    """What the student learns: labels softened by the teachers, opinions where none is known."""
    own = corpus.sources == "own"
    trust = np.where(own, 0.85, 0.4)[:, None].astype(np.float32)
    mixed = trust * corpus.labels + (1 - trust) * taught
    return np.where(np.isnan(corpus.labels), taught, mixed)


@dataclass(frozen=True)
class Trial:
    """A short run without teachers, to try the whole path; its model is not for use."""

    share: float = 0.01
    epochs: int = 1
    snippets: int = 300


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 1,
    trial: Trial | None = None,
    threads: int = 2,
    tell: Tell = lambda _: None,
) -> None:
    """Train from the folder `data` and write the model file and its card beside it.

    Deterministic for a seed, a number of threads and the versions named in the card. Raises
    FileNotFoundError when the data is not there.
    """
    torch.set_num_threads(threads)
    share = trial.share if trial else 1.0
    everything = training_corpus.build(data, seed=seed, share=share, keep_out=is_held_back)
    corpus, held = everything.learn, everything.held
    tell(f"corpus: {len(corpus.texts)} texts, {len(held.texts)} held back")
    net = _student(corpus, seed=seed, trial=trial, tell=tell)
    model = assemble(net, corpus, data, seed=seed, trial=trial)
    model = calibrate.calibrated(model, held, data)
    modelfile.write(out, model)
    tell(f"wrote {out}")


def _student(corpus: Corpus, *, seed: int, trial: Trial | None, tell: Tell) -> training_net.Small:
    """The network that ships, with weights as the file will hold them: first it learns from the
    labels alone, then from what the teachers make of all texts."""
    encoded = training_net.encode(corpus.texts)
    weights = _weights(corpus)
    torch.manual_seed(seed + FIRST.seed)
    net = training_net.Small()

    def learn(wanted: Floats, plan: Plan) -> None:
        known = np.flatnonzero(~np.isnan(wanted).all(1))
        training_fit.fit(
            net,
            _part(encoded, known),
            wanted[known],
            weights[known],
            plan,
            tell=lambda s: tell(f"student: {s}"),
        )

    learn(corpus.labels, replace(FIRST, epochs=trial.epochs) if trial else FIRST)
    if trial is None:
        student = training_fit.predict(net, encoded)
        learn(targets(corpus, opinions(corpus, student, seed=seed, tell=tell)), THEN)
    training_net.round_as_stored(net)
    return net


def assemble(
    net: training_net.Small, corpus: Corpus, data: Path, *, seed: int, trial: Trial | None
) -> modelfile.Model:
    """The network and a language detector as a model, not yet calibrated."""
    english = [t for t, s in zip(corpus.texts, corpus.sources, strict=True) if s in _ENGLISH]
    detector = training_language.train(
        data, english[:20000], count=trial.snippets if trial else 9000, seed=seed
    )
    table, scale = training_net.stored_table(net)
    card: dict[str, Any] = {
        "version": "trial" if trial else VERSION,
        "labels": list(LABELS),
        "scores": ["en"],
        "made": datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "trial": trial is not None,
        "texts": len(corpus.texts),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "torch", "scikit-learn")},
        },
        "data": training_data.hashes(data),
        "false_holds": list(FALSE_HOLDS),
    }
    dense = training_net.dense_arrays(net)
    return modelfile.Model(
        card=card,
        table=table,
        scale=scale,
        curve=np.tile(np.array([1.0, 0.0], np.float32), (len(LABELS), 1)),
        languages=detector.languages,
        language_table=detector.table,
        language_bias=detector.bias,
        language_step=detector.step,
        **dense,
    )


_ENGLISH = frozenset({"jigsaw_train", "civil_train", "davidson_train", "edos_train"})
