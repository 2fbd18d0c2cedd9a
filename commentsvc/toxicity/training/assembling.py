"""Assemble the parts of a trained model for its file, with a card about their origin."""

from __future__ import annotations

import platform
import random
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from .. import modelfile
from ..evaluating.metrics import FALSE_HOLDS
from ..labels import LABELS
from ..language import DEFAULT
from . import data as training_data
from . import heads, language
from . import net as training_net

if TYPE_CHECKING:
    from pathlib import Path

    from .corpus import Corpus

VERSION = "1.8"

_ATTACK_SHARE = 0.1
_SNIPPETS = 3000
"""Of each language, for the detector."""
_ENGLISH = frozenset({"jigsaw_train", "civil_train", "davidson_train", "edos_train"})


@dataclass(frozen=True)
class Trial:
    """A short run without teachers, to try the whole path; its model is not for use."""

    share: float = 0.01
    epochs: int = 1
    snippets: int = 300


def coherent(model: modelfile.Model) -> modelfile.Model:
    """The model with a share of the *attack on a group* output added to *toxic*: the training
    comments attack groups mostly with swear words, but others attack them politely."""
    toxic, attack = LABELS.index("toxicity"), LABELS.index("identity_attack")
    out, bias = model.out.copy(), model.out_bias.copy()
    out[:, toxic] += _ATTACK_SHARE * out[:, attack]
    bias[toxic] += _ATTACK_SHARE * bias[attack]
    return replace(model, out=out, out_bias=bias)


def assemble(
    net: training_net.Small, corpus: Corpus, *, seed: int, trial: Trial | None
) -> modelfile.Model:
    """The network in the file's shape, without other languages."""
    table, scale = training_net.stored_table(net)
    card: dict[str, Any] = {
        "version": "trial" if trial else VERSION,
        "labels": list(LABELS),
        "scores": ["en"],
        "seed": seed,
        "threads": torch.get_num_threads(),
        "trial": trial is not None,
        "texts": len(corpus.texts),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "torch", "scikit-learn")},
        },
        "false_holds": list(FALSE_HOLDS),
    }
    dense: dict[str, Any] = dict(training_net.dense_arrays(net))
    return modelfile.Model(
        card=card,
        table=table,
        scale=scale,
        curve=np.tile(np.array([1.0, 0.0], np.float32), (len(LABELS), 1)),
        languages=(DEFAULT,),
        language_table=np.zeros((2, 1), np.int8),
        language_bias=np.zeros(1, np.float32),
        language_step=1.0,
        **dense,
    )


def other_languages(
    model: modelfile.Model, data: Path, first: Path, *, seed: int, trial: Trial | None
) -> modelfile.Model:
    """The model with a detector and heads of other languages, and a card that names its data and the
    file of its `first` stage."""
    english = [row.text for row in training_data.load(data) if row.source in _ENGLISH]
    random.Random(seed).shuffle(english)
    count = trial.snippets if trial else _SNIPPETS
    detector = language.train(data, english[:20000], count=count, seed=seed)
    beside = heads.train(data, seed=seed)
    card = {
        **model.card,
        "version": "trial" if trial else VERSION,
        "by_language": beside.figures,
        "data": training_data.hashes(data),
        "first": sha256(first.read_bytes()).hexdigest(),
    }
    return replace(
        model,
        card=card,
        languages=detector.languages,
        language_table=detector.table,
        language_bias=detector.bias,
        language_step=detector.step,
        heads=beside.heads,
    )
