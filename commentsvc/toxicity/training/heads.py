"""A linear head for every language that the labelled data carries beside English; what is measured on
texts that a head has not seen decides which ones ship."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import heads, tokens
from ..calibrate import fit_curve
from ..evaluating import metrics
from ..heads import Head
from .data import other_languages

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CLAIMED_FROM = 0.80
"""Area under the ROC curve from which a language is claimed; below, its texts stay unscored."""
FOLDS = 5
_LEAST = 50
"""Texts of either kind below which nothing can be learnt or measured."""
_NATURAL = 0.1
"""The share of toxic comments that probabilities are for: that of Wikipedia's talk pages."""
_ROWS = tokens.WORD_ROWS + tokens.PIECE_ROWS
_NOTHING = 0.02
"""Weights below this share of the largest are nothing: most rows were seen once or never."""


@dataclass(frozen=True)
class Learnt:
    """The heads to ship, and for every language tried what was measured."""

    heads: dict[str, Head]
    figures: dict[str, dict[str, Any]]


def train(folder: Path, *, seed: int = 1) -> Learnt:
    """Learn from the comments in other languages in the folder; nothing where there are none."""
    texts: dict[str, list[tuple[str, bool]]] = {}
    for code, text, toxic in other_languages(folder):
        texts.setdefault(code, []).append((text, toxic))
    made = {
        code: _head(pairs, seed)
        for code, pairs in sorted(texts.items())
        if _LEAST <= sum(toxic for _, toxic in pairs) <= len(pairs) - _LEAST
    }
    shipped = {code: head for code, (head, said) in made.items() if said["auc"] >= CLAIMED_FROM}
    return Learnt(shipped, {code: said for code, (_, said) in made.items()})


def _head(pairs: list[tuple[str, bool]], seed: int) -> tuple[Head, dict[str, Any]]:
    """The head of one language, and what heads that had not seen a text made of it."""
    features = _features([text for text, _ in pairs])
    truth = np.array([toxic for _, toxic in pairs])
    fold = np.array([zlib.crc32(text.encode("utf-8", "replace")) % FOLDS for text, _ in pairs])
    unseen = np.zeros(len(pairs))
    for out in range(FOLDS):
        weights, bias = _fit(features[fold != out], truth[fold != out], seed)
        unseen[fold == out] = features[fold == out] @ weights + bias
    weights, bias = _fit(features, truth, seed)
    slope, offset = fit_curve(unseen.astype(np.float32), truth, _natural(truth))
    table, step = _rounded(weights)
    head = Head(table, step, slope, slope * bias + offset)
    return head, _figures(1 / (1 + np.exp(-(slope * unseen + offset))), truth)


def _natural(truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    share = truth.mean()
    weights: NDArray[np.float64] = np.where(truth, _NATURAL / share, (1 - _NATURAL) / (1 - share))
    return weights


def _features(texts: list[str]) -> Any:
    """Rows of each text, as `Head.logit` reads them."""
    from scipy import sparse

    read = [heads.rows(tokens.tokenise(text)) for text in texts]
    columns = np.concatenate([found for found, _ in read])
    values = np.repeat([length for _, length in read], [len(found) for found, _ in read])
    ends = np.cumsum([0, *(len(found) for found, _ in read)])
    return sparse.csr_matrix((values, columns, ends), shape=(len(texts), _ROWS))


def _fit(features: Any, truth: NDArray[np.bool_], seed: int) -> tuple[NDArray[np.float64], float]:
    """Logistic regression; a row counts by the root of how telling it is that a text has it."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    often = np.asarray((features > 0).sum(0)).ravel()
    telling = np.sqrt(np.log((1 + len(truth)) / (1 + often)))
    model = LogisticRegression(C=1.0, solver="liblinear", random_state=seed)
    model.fit(features @ sparse.diags(telling), truth)
    return model.coef_[0] * telling, float(model.intercept_[0])


def _rounded(weights: NDArray[np.float64]) -> tuple[NDArray[np.int8], float]:
    """The weights as bytes, and what a step is worth."""
    most = float(np.abs(weights).max()) or 1.0
    kept = np.where(np.abs(weights) < _NOTHING * most, 0, weights)
    return np.round(kept / most * 127).astype(np.int8), most / 127


def _figures(said: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[str, Any]:
    limits = {
        f"{share:.0%}": metrics.limit_for(said[~truth], share) for share in metrics.FALSE_HOLDS
    }
    recall = {name: metrics.recall_at(truth, said, limit) for name, limit in limits.items()}
    auc = metrics.roc_auc(truth, said)
    ece = metrics.calibration(truth, said, _natural(truth))["ece"]
    return {
        "texts": len(truth),
        "toxic": int(truth.sum()),
        "auc": round(auc or 0.5, 3),
        "calibration_error": round(ece, 4),
        "limits": {name: round(limit, 4) for name, limit in limits.items()},
        "recall": {name: round(share or 0.0, 3) for name, share in recall.items()},
    }
