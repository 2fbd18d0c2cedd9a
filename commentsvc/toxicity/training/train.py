"""Train the embedded model: corpus, teachers, student, calibration, card, file."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from .. import calibrate, modelfile
from ..labels import LABELS
from . import corpus as training_corpus
from . import fit, refine, repeatable, words
from . import net as training_net
from .assembling import Trial, assemble, coherent, other_languages
from .fit import Plan
from .linear import Ratios
from .net import Encoded, Floats, Network
from .text import as_first_read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .corpus import Corpus

Tell = Callable[[str], None]

_TEACHER_ROWS = 1 << 17
_TEACHER_TOKENS = 128
_HELD_BACK = 14
"""One Jigsaw row in so many is kept from all training, for calibration and limits."""


@dataclass(frozen=True)
class Teacher:
    """A network with a larger table: how it is built and trained, and its opinion's weight."""

    name: str
    make: Callable[[int], Network]
    plan: Plan
    share: float


TEACHERS: tuple[Teacher, ...] = (
    Teacher("net", lambda r: training_net.Small(rows=r), Plan(4, seed=20), 1.0),
)
FOLDS = 3
"""Each teacher learns so often, every time without one part of the texts."""
_RATIOS_SHARE = (0.9, 0.5, 0.9, 0.4, 0.9, 0.4)
"""By label: the linear model knows little of rare labels."""
_SELF_SHARE = (0.2, 1.0, 0.2, 3.0, 0.2, 2.0)
"""By label: of rare labels each example is missed by those who learnt without it."""
_TRUST = (0.4, 0.6, 0.4, 0.9, 0.4, 0.75)
"""By label: what a known label counts against opinions about it."""
_TRUSTED = {"own": 1.0, "hatemojibuild_train": 0.85, "jigsaw_test_unscored_teacher": 0.9}
"""By origin, for all labels: sentences made to tell apart what teachers mix up, and answers."""
_WEIGHTS = {
    "jigsaw_train": 1.0,
    "jigsaw_test_unscored_teacher": 4.0,
    "civil_train": 4.0,
    "civil_toxic_spans_train": 0.5,
    "wiki_context_train": 1.5,
    "davidson_train": 0.35,
    "edos_train": 0.35,
    "own": 0.6,
    "joined": 1.0,
    "buried": 0.35,
    "introduced": 1.0,
    "part": 1.0,
    "swapped": 1.0,
    "disguised": 0.7,
    "bit": 0.25,
}
"""By source, .5 for others; those of one label, or all of one kind, would pull towards it."""
_ACQUAINT = 4
"""Epochs in which words learn what they stand near."""
FIRST = Plan(4, seed=7)
THEN = tuple(Plan(4, seed=s, rate=1.5e-3, table_rate=3e-3) for s in (8, 9))
"""From the same start, in different orders; what ships is the mean of their weights."""


def is_held_back(text: str) -> bool:
    """Whether a Jigsaw row is kept from training; depends on its text alone."""
    return zlib.crc32(text.encode("utf-8", "replace")) % _HELD_BACK == 0


def _weights(corpus: Corpus) -> Floats:
    """How much each text counts: other domains and our own sentences less than the target's."""
    return np.array([_WEIGHTS.get(str(s), 0.5) for s in corpus.sources], np.float32)


def _acquaint(net: Network, data: Encoded, *, seed: int, tell: Tell) -> None:
    words.acquaint(net.words, data, epochs=_ACQUAINT, seed=seed, tell=lambda s: tell(f"words: {s}"))


def _part(data: Encoded, which: NDArray[np.int64]) -> Encoded:
    return Encoded([data.ids[i] for i in which], data.shapes[which], data.rows, data.starts)


def _crossed(
    corpus: Corpus,
    learnt: NDArray[np.bool_],
    ask: Callable[[NDArray[np.bool_], int], Floats],
) -> Floats:
    """A teacher's predictions for every text and label. Where it would learn from the label itself
    (`learnt`), only a model that has not seen it counts: there are `FOLDS`, each trained without a
    part of the texts and of their variations. Elsewhere their mean counts."""
    kin = np.where(corpus.kin >= 0, corpus.kin, np.arange(len(corpus.kin)))
    mean, apart = np.zeros_like(corpus.labels), np.zeros_like(corpus.labels)
    for fold in range(FOLDS):
        out = kin % FOLDS == fold
        said = ask(~out, fold)
        mean += said / FOLDS
        apart[out] = said[out]
    return np.where(learnt, apart, mean)


def _network_opinion(corpus: Corpus, teacher: Teacher, seed: int, tell: Tell) -> Floats:
    """Logits of a network for every text."""
    known = ~np.isnan(corpus.labels)
    pick = np.random.default_rng(seed)
    spared = (corpus.sources == "disguised") & (pick.random(len(known)) > 0.35)
    texts = [as_first_read(text) for text in corpus.texts]
    data = training_net.encode(texts, _TEACHER_ROWS, _TEACHER_ROWS, longest=_TEACHER_TOKENS)
    weights = _weights(corpus)
    torch.manual_seed(seed + teacher.plan.seed)
    first = teacher.make(2 * _TEACHER_ROWS)
    _acquaint(first, data, seed=seed + teacher.plan.seed, tell=tell)

    def ask(within: NDArray[np.bool_], fold: int) -> Floats:
        which = np.flatnonzero(known.any(1) & ~spared & within)
        plan = replace(teacher.plan, seed=seed + teacher.plan.seed + fold)
        torch.manual_seed(plan.seed)
        net = teacher.make(2 * _TEACHER_ROWS)
        net.words.table.copy_(first.words.table)
        fit.fit(
            net,
            _part(data, which),
            corpus.labels[which],
            weights[which],
            plan,
            tell=lambda s: tell(f"{teacher.name} {fold + 1}: {s}"),
        )
        return fit.predict(net, data)

    return _crossed(corpus, known, ask)


def _ratios_opinion(corpus: Corpus, seed: int, tell: Tell) -> Floats:
    """Logits of the linear teacher, which learns from fully labeled rows."""
    near = np.isin(corpus.sources, ("jigsaw_train", "own", "swapped", "introduced"))
    near &= np.isin(corpus.origins, ("jigsaw_train", "own")) & ~np.isnan(corpus.labels).any(1)
    ratios = Ratios(corpus.texts, np.flatnonzero(near), seed=seed)
    weights = _weights(corpus)

    def ask(within: NDArray[np.bool_], fold: int) -> Floats:
        said = ratios.opinion(corpus.labels, weights, np.flatnonzero(near & within))
        tell(f"ratios {fold + 1}: done")
        return said

    return _crossed(corpus, np.repeat(near[:, None], len(LABELS), 1), ask)


def opinions(corpus: Corpus, student: Floats, *, seed: int, tell: Tell) -> Floats:
    """The mean prediction of the teachers, and of the `student` after its first stage, for every
    text: one probability per label."""
    own, ratios = np.array(_SELF_SHARE), np.array(_RATIOS_SHARE)
    total = own * student.astype(np.float64) + ratios * _ratios_opinion(corpus, seed, tell)
    shares = own + ratios
    for teacher in TEACHERS:
        total += teacher.share * _network_opinion(corpus, teacher, seed, tell)
        shares = shares + teacher.share
    opinion: NDArray[np.float32] = (1 / (1 + np.exp(-total / shares))).astype(np.float32)
    return opinion


def targets(corpus: Corpus, taught: Floats) -> Floats:
    """The student's targets: labels softened by the teachers, or their predictions where a label is
    unknown. For a disguised text, those for the plain text count."""
    plain = {k: i for i, k in enumerate(corpus.kin) if corpus.sources[i] == corpus.origins[i]}
    disguised = np.flatnonzero((corpus.sources == "disguised") & (corpus.kin >= 0))
    taught[disguised] = taught[[plain[k] for k in corpus.kin[disguised]]]
    trust = np.tile(np.array(_TRUST, np.float32), (len(corpus.texts), 1))
    for origin, share in _TRUSTED.items():
        trust[corpus.origins == origin] = share
    trust[corpus.sources == "bit"] = 1.0  # teachers know little of single words
    mixed = trust * corpus.labels + (1 - trust) * taught
    return np.where(np.isnan(corpus.labels), taught, mixed)


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 1,
    trial: Trial | None = None,
    threads: int = 1,
    first: Path | None = None,
    tell: Tell = lambda _: None,
) -> None:
    """Train from the folder `data`, and write the model file and its card beside it.

    Deterministic for a seed, a number of threads and the versions named in the card. `first` is the
    file of a model after its first stage: only the last ones follow. Raises FileNotFoundError if
    the data does not exist.
    """
    torch.set_num_threads(threads)
    share = trial.share if trial else 1.0
    if first is None:
        everything = training_corpus.build(data, seed=seed, share=share, keep_out=is_held_back)
        corpus, held = everything.learn, everything.held
        tell(f"corpus: {len(corpus.texts)} texts, {len(held.texts)} held back")
        net = _student(corpus, seed=seed, trial=trial, tell=tell)
        first = out.with_name(out.name + ".first")
        modelfile.write(first, coherent(assemble(net, corpus, seed=seed, trial=trial)))
        tell(f"wrote {first}")
    else:
        held = training_corpus.held_back(data, share=share, keep_out=is_held_back)
    # from the file, so that the rest is the same whether it runs now or another day
    model = refine.refined(
        modelfile.read(first), data, seed=seed, keep_out=is_held_back, share=share, tell=tell
    )
    model = other_languages(model, data, first, seed=seed, trial=trial)
    with repeatable.one_thread():
        modelfile.write(out, calibrate.calibrated(model, held, data))
    tell(f"wrote {out}")


def _student(corpus: Corpus, *, seed: int, trial: Trial | None, tell: Tell) -> training_net.Small:
    """The network that ships, with weights as the file will store them: it learns word vectors,
    then from the labels alone, then from the teachers' predictions for all texts."""
    encoded = training_net.encode([as_first_read(text) for text in corpus.texts])
    weights = _weights(corpus)
    torch.manual_seed(seed + FIRST.seed)
    net = training_net.Small()
    _acquaint(net, encoded, seed=seed, tell=tell)

    def learn(net: training_net.Small, wanted: Floats, plan: Plan) -> training_net.Small:
        known = np.flatnonzero(~np.isnan(wanted).all(1))
        fit.fit(
            net,
            _part(encoded, known),
            wanted[known],
            weights[known],
            replace(plan, seed=seed + plan.seed),
            tell=lambda s: tell(f"student: {s}"),
        )
        return net

    learn(net, corpus.labels, replace(FIRST, epochs=trial.epochs) if trial else FIRST)
    if trial is None:
        student = fit.predict(net, encoded)
        wanted = targets(corpus, opinions(corpus, student, seed=seed, tell=tell))
        net = training_net.mean([learn(deepcopy(net), wanted, plan) for plan in THEN])
    training_net.round_as_stored(net)
    return net
