"""Train a linear head for each language in the labeled data besides English; its score on unseen
texts decides whether it ships."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import heads, tokens
from ..calibrate import fit_curve
from ..evaluating import metrics
from ..heads import Head
from . import helped, own, repeatable
from .data import Spoken, other_languages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

CLAIMED_FROM = 0.80
"""Area under the ROC curve from which a language is claimed; below, its texts stay unscored."""
ROUGH_FROM = 0.78
"""The same for a language that also learns from our own comments: its listed slurs are held all the same."""
ELSEWHERE_FROM = 0.70
"""The same on a source of another kind that the head has not seen at all, where there is one."""
FOLDS = 3
_OURS = -1
_BUILT = "built"
"""Texts written to be hard, by people who knew the model: they teach a linear head nothing that holds."""
_LEAST = 50
"""Texts of either kind below which nothing can be learnt or measured."""
_NATURAL = 0.1
"""The share of toxic comments that probabilities are for: that of Wikipedia's talk pages."""
_ROWS = tokens.WORD_ROWS + tokens.PIECE_ROWS
BY_CONTRAST = frozenset({"ko"})
"""Languages in which features that toxic and clean texts have unequally often count more. With others, heads
rank no better beyond chance, or a new site holds fewer toxic comments or more English ones (for a stretch
taken for that language): see docs/toxicity.md."""
_ALIKE = 0.25
"""What a feature counts there that toxic and clean texts have equally often."""
_NOTHING, _NEXT_TO_LISTED = 0.02, 0.004
"""Weights below this share of the largest are nothing: most rows were seen once or never. Listed words weigh
several times as much as others, which must not become nothing beside them."""


@dataclass(frozen=True)
class Learnt:
    """The heads to ship, and the figures of every language tried."""

    heads: dict[str, Head]
    figures: dict[str, dict[str, Any]]


def train(folder: Path, *, seed: int = 1) -> Learnt:
    """Learn from the comments in other languages in the folder; empty if there are none."""
    texts: dict[str, list[Spoken]] = {}
    for each in other_languages(folder):
        if each.domain == _BUILT:
            continue
        texts.setdefault(each.language, []).append(each)
    made = {
        code: _head(rows, seed)
        for code, rows in sorted(texts.items())
        if _LEAST <= sum(each.toxic for each in rows) <= len(rows) - _LEAST
    }
    shipped = {code: head for code, (head, said) in made.items() if is_good(said)}
    return Learnt(shipped, {code: said for code, (_, said) in made.items()})


def is_good(said: dict[str, Any]) -> bool:
    """Whether a head ranks unseen texts well and, if it learns from the largest source, those of
    another source passably."""
    sources: dict[str, int] = said["sources"]
    largest = max(sources, key=lambda name: sources[name])
    others = [auc for name, auc in said["elsewhere"].items() if name != largest]
    least = ROUGH_FROM if "own" in said else CLAIMED_FROM
    return bool(said["auc"] >= least and min(others, default=1.0) >= ELSEWHERE_FROM)


def _head(labeled: list[Spoken], seed: int) -> tuple[Head, dict[str, Any]]:
    """The head of one language, and its figures on texts that the head had not seen."""
    code = labeled[0].language
    ours = helped.texts(code)
    rows = labeled + [each for each, _ in ours]
    features = _features([each.text for each in rows])
    truth = np.array([each.toxic for each in rows])
    source = np.array([each.source for each in rows])
    share = np.array([helped.share_of(code, r.source) for r in labeled] + [s for _, s in ours])
    fold = np.array([_fold(each) for each in rows])
    kinds = helped.kinds(code)

    def learnt(which: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        counts = _even(truth[which], source[which]) * share[which]
        by_contrast = code in BY_CONTRAST
        return _fit(features[which], truth[which], counts, seed, by_contrast, kinds)

    def asked(which: NDArray[np.bool_], others: NDArray[np.bool_]) -> NDArray[np.float64]:
        weights, bias = learnt(others)
        made: NDArray[np.float64] = features[which] @ weights + bias
        return made

    unseen = np.zeros(len(rows))
    for out in range(FOLDS):
        unseen[fold == out] = asked(fold == out, fold != out)
    weights, bias = learnt(np.ones(len(rows), bool))
    judged = (fold != _OURS) & (share == 1)
    natural = _natural(truth[judged], source[judged])
    slope, offset = fit_curve(unseen[judged], truth[judged], natural)
    table, step = _rounded(weights, _NOTHING if kinds is None else _NEXT_TO_LISTED)
    head = Head(table, step, repeatable.short(slope), repeatable.short(slope * bias + offset))
    said = 1 / (1 + np.exp(-(slope * unseen + offset)))
    figures = _figures(said[judged], truth[judged], source[judged])
    figures["sources"] = _counts(source[fold != _OURS])
    figures["elsewhere"] = _elsewhere(source[fold != _OURS], source, truth, asked)
    if ours:
        figures["own"] = _elsewhere(source[fold == _OURS], source, truth, asked)
    return head, figures


def _elsewhere(
    names: NDArray[np.str_],
    source: NDArray[np.str_],
    truth: NDArray[np.bool_],
    asked: Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.float64]],
) -> dict[str, float]:
    """How well each of these sources is ranked by what was learned from all others."""
    return {
        str(name): round(metrics.roc_auc(truth[here], asked(here, ~here)) or 0.5, 3)
        for name in np.unique(names)
        if (here := source == name) is not None and _is_enough(truth, here)
    }


def _fold(row: Spoken) -> int:
    """The part of the labeled comments that a row is in; our own are in none, and always learned from."""
    if row.domain == own.DOMAIN:
        return _OURS
    return zlib.crc32(row.text.encode("utf-8", "replace")) % FOLDS


def _counts(source: NDArray[np.str_]) -> dict[str, int]:
    return {str(name): int((source == name).sum()) for name in np.unique(source)}


def _is_enough(truth: NDArray[np.bool_], here: NDArray[np.bool_]) -> bool:
    """Whether a source can be judged, and enough is left to learn from without it."""
    return all(
        min(truth[part].sum(), (~truth[part]).sum()) >= least
        for part, least in ((here, _LEAST), (~here, 4 * _LEAST))
    )


def _even(truth: NDArray[np.bool_], source: NDArray[np.str_]) -> NDArray[np.float64]:
    """Weights that give each source the same share of toxic texts, so the source says nothing."""
    weights = np.ones(len(truth))
    for name in np.unique(source):
        here = source == name
        share = np.clip(truth[here].mean(), 0.02, 0.98)
        weights[here] = np.where(truth[here], 0.35 / share, 0.65 / (1 - share))
    return weights


def _natural(truth: NDArray[np.bool_], source: NDArray[np.str_]) -> NDArray[np.float64]:
    """Weights that give each source the share of toxic comments that probabilities are for."""
    weights = np.zeros(len(truth))
    for name in np.unique(source):
        here = source == name
        share = np.clip(truth[here].mean(), 0.02, 0.98)
        weights[here] = np.where(truth[here], _NATURAL / share, (1 - _NATURAL) / (1 - share))
    return weights


def _features(texts: list[str]) -> Any:
    """Rows of each text, as `Head.logit` reads them."""
    from scipy import sparse

    read = [heads.rows(tokens.tokenise(text)) for text in texts]
    columns = np.concatenate([found for found, _ in read])
    values = np.repeat([length for _, length in read], [len(found) for found, _ in read])
    ends = np.cumsum([0, *(len(found) for found, _ in read)])
    return sparse.csr_matrix((values, columns, ends), shape=(len(texts), _ROWS))


def _fit(
    features: Any,
    truth: NDArray[np.bool_],
    counts: NDArray[np.float64],
    seed: int,
    by_contrast: bool,
    kinds: Any,
) -> tuple[NDArray[np.float64], float]:
    """Logistic regression; each feature is scaled by the root of its inverse document frequency and,
    `by_contrast`, by the log of how much more often toxic or clean texts have it (Wang and Manning 2012).
    What a whole kind of words counts (`kinds`) is added to the weight of each of its words."""
    from scipy import sparse

    has = features > 0
    often = np.asarray(has.sum(0)).ravel()
    telling = np.sqrt(np.log((1 + len(truth)) / (1 + often)))
    strict = 1.0
    if by_contrast:
        toxic, clean = (1 + has.T @ (counts * which) for which in (truth, ~truth))
        apart = np.abs(np.log(toxic / toxic.sum()) - np.log(clean / clean.sum()))
        telling *= _ALIKE + apart
        strict = 2.0
    scaled = features @ sparse.diags(telling)
    if kinds is not None:
        scaled = sparse.hstack([scaled, features @ kinds], format="csr")
    found, bias = repeatable.regression(scaled, truth, counts, strict=strict, seed=seed)
    weights = found[: len(telling)] * telling
    if kinds is not None:
        weights = weights + kinds @ found[len(telling) :]
    return weights, bias


def _rounded(weights: NDArray[np.float64], nothing: float) -> tuple[NDArray[np.int8], float]:
    """The weights as bytes, and the value of a step."""
    step = repeatable.short(float(np.abs(weights).max()) / 127) or 1.0
    steps = weights / step
    kept = np.where(np.abs(steps) < nothing * 127, 0, steps)
    return np.clip(np.round(kept), -127, 127).astype(np.int8), step


def _figures(
    said: NDArray[np.float64], truth: NDArray[np.bool_], source: NDArray[np.str_]
) -> dict[str, Any]:
    limits = {
        f"{share:.0%}": metrics.limit_for(said[~truth], share) for share in metrics.FALSE_HOLDS
    }
    recall = {name: metrics.recall_at(truth, said, limit) for name, limit in limits.items()}
    weights = _natural(truth, source)
    auc = metrics.roc_auc(truth, said, weights)
    ece = metrics.calibration(truth, said, weights)["ece"]
    return {
        "sources": _counts(source),
        "texts": len(truth),
        "toxic": int(truth.sum()),
        "auc": round(auc or 0.5, 3),
        "calibration_error": round(ece, 4),
        "limits": {name: round(limit, 4) for name, limit in limits.items()},
        "recall": {name: round(share or 0.0, 3) for name, share in recall.items()},
    }
