"""The last training stage: learn from hard texts without forgetting what the network knows."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from . import corpus as training_corpus
from . import data as training_data
from . import fit, sentences
from . import net as training_net
from . import text as training_text
from .data import Row
from .fit import Plan
from .harder import harder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .. import modelfile
    from .corpus import Corpus
    from .net import Floats

PLAN = Plan(2, rate=5e-4, table_rate=1.2e-3, seed=11)
_SHARE = 0.6
"""Of the weights after the lesson in those that ship."""
_WEIGHTS = {
    "jigsaw_train": 1.0,
    "jigsaw_test_unscored_teacher": 4.0,
    "civil_train": 3.0,
    "wiki_context_train": 1.5,
    "davidson_train": 0.3,
    "glued": 0.4,
    "harder": 0.6,
}
"""By source, .5 for others."""
_LEFT_OUT = frozenset(("edos_train", "paradetox_train"))
_NEW = frozenset(("own", "harder", "dynahate_train", "languages_train"))
_OWN, _HARDER, _GLUED, _DISGUISED = 5000, 5000, 2000, 4000


def refined(
    model: modelfile.Model,
    data: Path,
    *,
    seed: int,
    keep_out: Callable[[str], bool],
    share: float = 1.0,
    tell: Callable[[str], None] = lambda _: None,
) -> modelfile.Model:
    """The model moved towards its refined weights: a mean of the weights before and after keeps
    what it knew of comments and most of what it learned (Wortsman 2022, arXiv:2109.01903). Its
    curves stay as before."""
    corpus = _corpus(data, seed=seed, share=share, keep_out=keep_out)
    encoded = training_net.encode(corpus.texts)
    torch.manual_seed(seed + PLAN.seed)
    net = network_of(model)
    wanted = _wanted(corpus, fit.predict(net, encoded))
    weights = np.array([_WEIGHTS.get(str(each), 0.5) for each in corpus.sources], np.float32)
    fit.fit(
        net,
        encoded,
        wanted,
        weights,
        replace(PLAN, seed=seed + PLAN.seed),
        tell=lambda said: tell(f"refined: {said}"),
    )
    net = _between(network_of(model), net)
    training_net.round_as_stored(net)
    table, scale = training_net.stored_table(net)
    dense: dict[str, Any] = dict(training_net.dense_arrays(net))
    return replace(model, table=table, scale=scale, **dense)


def network_of(model: modelfile.Model) -> training_net.Small:
    """A model file's network, ready for training."""
    net = training_net.Small()
    dense = {
        "conv.weight": model.conv.T,
        "conv.bias": model.conv_bias,
        "look.weight": model.look.T,
        "mix.weight": model.mix.T,
        "mix.bias": model.mix_bias,
        "out.weight": model.out.T,
        "out.bias": model.out_bias,
        "words.table": model.table * model.scale[:, None],
    }
    kept = {
        "look.bias": net.look.bias.detach().zero_()
    }  # a constant added everywhere makes no difference
    state = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in dense.items()}
    net.load_state_dict(state | kept)
    return net


def _corpus(folder: Path, *, seed: int, share: float, keep_out: Callable[[str], bool]) -> Corpus:
    """What the network knows already, as a reminder, and hard texts."""
    pick = random.Random(seed)
    known = [
        row
        for row in training_data.load(folder, share=share)
        if row.source not in _LEFT_OUT and not (row.source == "jigsaw_train" and keep_out(row.text))
    ]
    try:
        hard = training_data.load(folder, share=share, sources=training_data.HARDER)
    except FileNotFoundError:
        hard = []

    def own(made: list[sentences.Row], source: str) -> list[Row]:
        return [Row(text, labels, source, source) for text, labels in made]

    def count(whole: int) -> int:
        return max(20, int(whole * share))

    comments = [row for row in known if row.source.startswith(("jigsaw", "civil", "wiki"))]
    bits = training_corpus.snippets(comments, folder, pick, share)
    hard += own(harder(count(_HARDER), seed=seed), "harder")
    plain = known + own(sentences.sentences(count(_OWN), seed=seed), "own") + hard
    short = [row for row in plain if len(row.text) < 400]
    disguised = [
        replace(row, text=training_text.disguised(row.text, pick), source="disguised")
        for row in pick.sample(short, min(len(short), count(_DISGUISED)))
    ]
    glued = [
        replace(row, text=training_text.glued(row.text, pick), source="glued")
        for row in pick.sample(short, min(len(short), count(_GLUED)))
        if len(row.text) < 80
    ]
    return training_corpus.as_corpus(plain + bits + disguised + glued)


def _wanted(corpus: Corpus, said: Floats) -> Floats:
    """The targets: the labels of new texts; elsewhere, and where labels are unknown, the network's
    earlier predictions."""
    before = (1 / (1 + np.exp(-said))).astype(np.float32)
    new = np.isin(corpus.origins, sorted(_NEW))[:, None]
    return np.where(new & ~np.isnan(corpus.labels), corpus.labels, before)


def _between(before: training_net.Small, after: training_net.Small) -> training_net.Small:
    """The network with a mean of both weights."""
    old, new = before.state_dict(), after.state_dict()
    before.load_state_dict({name: (1 - _SHARE) * old[name] + _SHARE * new[name] for name in old})
    return before
