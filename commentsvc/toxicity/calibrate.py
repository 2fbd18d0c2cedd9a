"""Calibrate logits into probabilities, and find the limits that hold few clean comments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from . import tokens
from .evaluating import metrics
from .labels import LABELS
from .network import logits, probabilities
from .training.data import read_table
from .vectors import Vectors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .modelfile import Floats, Model
    from .training.corpus import Corpus

_PATTERNS = "jigsaw_label_patterns.csv"


def natural_weights(labels: Floats, folder: Path) -> NDArray[np.float64]:
    """Weights that give our sample of rows the mix of labels of all 159,571 comments.

    Without the table of label patterns all rows weigh the same.
    """
    names = ["".join(str(int(v >= 0.5)) for v in row) for row in labels]
    path = folder / _PATTERNS
    if not path.exists():
        return np.ones(len(names))
    wanted = {row["pattern"]: float(row["rows"]) for row in read_table(path)}
    have = {name: names.count(name) for name in set(names)}
    return np.array([wanted.get(name, 0.0) / have[name] for name in names])


def fit_curve(
    raw: NDArray[np.floating[Any]], truth: NDArray[np.bool_], weights: NDArray[np.float64]
) -> list[float]:
    """Slope and offset of a logistic regression on one logit (Platt 1999), by Newton's method.

    The identity if one of the two classes is missing.
    """
    slope, offset = 1.0, 0.0
    if truth.all() or not truth.any():
        return [slope, offset]
    x = raw.astype(np.float64)
    share = weights / weights.sum()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(slope * x + offset, -30, 30)))
        error, bend = share * (p - truth), share * p * (1 - p) + 1e-12
        gradient = np.array([(error * x).sum() + 1e-4 * (slope - 1), error.sum()])
        hessian = np.array(
            [[(bend * x * x).sum() + 1e-4, (bend * x).sum()], [(bend * x).sum(), bend.sum()]]
        )
        step = np.clip(np.linalg.solve(hessian, gradient), -1, 1)
        slope, offset = slope - step[0], offset - step[1]
        if np.abs(step).max() < 1e-7:
            break
    return [max(slope, 0.05), offset]


def raw_logits(model: Model, texts: list[str]) -> Floats:
    """The model's logits before calibration: [texts, labels]."""
    vectors = Vectors(model)
    rows = []
    for text in texts:
        found, _ = vectors.of_text(text)
        if not len(found):
            found = vectors.of_tokens(["."])
        rows.append(logits(model, found, tokens.shape(text, len(found))))
    return np.array(rows, np.float32).reshape(-1, len(LABELS))


def calibrated(model: Model, held: Corpus, folder: Path) -> Model:
    """The model with curves fitted on rows it has never seen, and limits in its card."""
    if not held.texts:
        return model
    raw = raw_logits(model, held.texts)
    weights = natural_weights(held.labels, folder)
    truth = held.labels >= 0.5
    curve = np.array([fit_curve(raw[:, i], truth[:, i], weights) for i in range(len(LABELS))])
    model = replace(model, curve=curve.astype(np.float32))
    said = np.array([probabilities(model, row) for row in raw])
    clean = ~truth.any(1)
    limits = {
        label: {
            f"{share:.0%}": round(metrics.limit_for(said[clean, i], share), 4)
            for share in metrics.FALSE_HOLDS
        }
        for i, label in enumerate(LABELS)
    }
    errors = {
        label: round(metrics.calibration(truth[:, i], said[:, i], weights)["ece"], 4)
        for i, label in enumerate(LABELS)
    }
    card = {**model.card, "limits": limits, "calibration_error": errors, "held": len(held.texts)}
    return replace(model, card=card)
