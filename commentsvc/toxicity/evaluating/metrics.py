"""How good scores are: ranking, calibration, what a limit catches and what it holds wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...core.bands import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Numbers = NDArray[np.float64]
Truth = NDArray[np.bool_]

FALSE_HOLDS = (0.01, 0.02, 0.05)
"""Shares of clean comments held at which recall is reported and limits are recommended."""


def _ranked(truth: Truth, scores: Numbers, weights: Numbers | None) -> tuple[Numbers, Numbers]:
    """Cumulative weight of positives and negatives, one step per distinct score, descending."""
    weights = np.ones(len(scores)) if weights is None else weights
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    hit = np.cumsum(np.where(truth, weights, 0.0)[order])[last]
    miss = np.cumsum(np.where(truth, 0.0, weights)[order])[last]
    return hit, miss


def roc_auc(truth: Truth, scores: Numbers, weights: Numbers | None = None) -> float | None:
    """Area under the ROC curve, ties counted half; None if only one class is present."""
    if len(truth) == 0 or truth.all() or not truth.any():
        return None
    hit, miss = _ranked(truth, scores, weights)
    area = np.trapezoid(np.append(0, hit), np.append(0, miss))
    return float(area / (hit[-1] * miss[-1]))


def pr_auc(truth: Truth, scores: Numbers, weights: Numbers | None = None) -> float | None:
    """Average precision; None without a positive."""
    if not truth.any():
        return None
    hit, miss = _ranked(truth, scores, weights)
    precision = hit / np.maximum(hit + miss, 1e-12)
    return float((precision * np.diff(hit, prepend=0)).sum() / hit[-1])


def roc_curve(
    truth: Truth, scores: Numbers, weights: Numbers | None = None
) -> list[tuple[float, float]]:
    """Points (false holds, recall) of the ROC curve, at most about 200."""
    hit, miss = _ranked(truth, scores, weights)
    x, y = np.append(0, miss / max(miss[-1], 1e-12)), np.append(0, hit / max(hit[-1], 1e-12))
    keep = np.unique(np.concatenate([np.linspace(0, len(x) - 1, 120), np.searchsorted(x, GRID)]))
    return [(float(x[i]), float(y[i])) for i in keep.astype(int) if i < len(x)]


LEAST = 10
"""Texts of either kind below which no figure of a part of the rows is given."""


def is_enough(truth: Truth, least: int = LEAST) -> bool:
    """Whether there are enough positives and negatives for a figure."""
    return bool(min(truth.sum(), (~truth).sum()) >= least)


def auc_interval(
    truth: Truth,
    scores: Numbers,
    weights: Numbers | None = None,
    *,
    clusters: Sequence[str] | None = None,
    rounds: int = 300,
    seed: int = 1,
) -> tuple[float, float] | None:
    """The AUC's 95 % interval: a bootstrap of rows, or of `clusters` of similar rows (the sentences
    of one template), which carry less information than as many independent rows."""
    if roc_auc(truth, scores) is None:
        return None
    pick = np.random.default_rng(seed)
    names, member = np.unique(
        np.arange(len(truth)) if clusters is None else np.array(clusters), return_inverse=True
    )
    weights = np.ones(len(truth)) if weights is None else weights
    found = []
    for _ in range(rounds):
        drawn = np.bincount(pick.integers(0, len(names), len(names)), minlength=len(names))[member]
        rows = np.flatnonzero(drawn)
        auc = roc_auc(truth[rows], scores[rows], (weights * drawn)[rows])
        if auc is not None:
            found.append(auc)
    low, high = np.quantile(found, [0.025, 0.975]) if found else (0.0, 1.0)
    return float(low), float(high)


def share_interval(share: float, cases: int, weights: Numbers | None = None) -> tuple[float, float]:
    """The 95 % interval of a share of so many cases (Wilson). Rows of unequal weight count as fewer
    rows of equal weight."""
    like = cases if weights is None else round(weights.sum() ** 2 / (weights**2).sum())
    band = wilson(round(share * like), like)
    return band.low, band.high


GRID = np.concatenate([np.linspace(0, 0.1, 60), np.linspace(0.1, 1, 40)])


def limit_for(clean: Numbers, share: float, weights: Numbers | None = None) -> float:
    """The limit that holds `share` of the clean comments: hold what is at or above it."""
    weights = np.ones(len(clean)) if weights is None else weights
    order = np.argsort(-clean, kind="stable")
    above = np.cumsum(weights[order]) / weights.sum()
    at = min(int(np.searchsorted(above, share, side="right")), len(order) - 1)
    return float(np.nextafter(clean[order[at]], 2.0))


def recall_at(
    truth: Truth, scores: Numbers, limit: float, weights: Numbers | None = None
) -> float | None:
    """Share of the positives at or above a limit; None without a positive."""
    weights = np.ones(len(scores)) if weights is None else weights
    total = weights[truth].sum()
    return float(weights[truth & (scores >= limit)].sum() / total) if total > 0 else None


def calibration(
    truth: Truth, scores: Numbers, weights: Numbers | None = None, *, bins: int = 15
) -> dict[str, Any]:
    """Expected calibration error over equal bins, and the reliability curve behind it."""
    weights = np.ones(len(scores)) if weights is None else weights
    which = np.minimum((scores * bins).astype(int), bins - 1)
    total = weights.sum()
    error, curve = 0.0, []
    for b in range(bins):
        inside = which == b
        weight = weights[inside].sum()
        if weight > 0:
            said = float((scores[inside] * weights[inside]).sum() / weight)
            true = float((truth[inside] * weights[inside]).sum() / weight)
            error += weight / total * abs(said - true)
            curve.append({"said": said, "true": true, "share": float(weight / total)})
    return {"ece": float(error), "curve": curve}


def power_mean(values: Sequence[float], power: float = -5.0) -> float | None:
    """Generalized mean of AUCs, close to the worst (Borkan et al. 2019)."""
    if not values:
        return None
    return float(np.mean(np.maximum(np.array(values), 1e-6) ** power) ** (1 / power))


def group_bias(
    truth: Truth, scores: Numbers, groups: Mapping[str, Truth], *, least: int = LEAST
) -> dict[str, Any]:
    """AUC within each group, of its harmless texts against other toxic ones (BPSN), and of its
    toxic texts against other harmless ones (BNSP); means with power -5 and the worst group. A
    figure needs `least` texts of either kind."""
    rows: dict[str, dict[str, float | None]] = {}
    for name, member in groups.items():
        against = _against(truth, member)
        enough = {k: m for k, m in against.items() if is_enough(truth[m], least)}
        # the group's own texts, not only those they are compared with
        few = {"bpsn": (member & ~truth).sum(), "bnsp": (member & truth).sum()}
        figures = {
            k: roc_auc(truth[m], scores[m]) for k, m in enough.items() if few.get(k, least) >= least
        }
        if figures:
            rows[name] = {k: figures.get(k) for k in against}
    summary: dict[str, Any] = {"groups": rows}
    for kind in ("subgroup", "bpsn", "bnsp"):
        known = {name: v for name, row in rows.items() if (v := row[kind]) is not None}
        summary[kind] = power_mean(list(known.values()))
        if known:
            worst = min(known, key=lambda name: known[name])
            rows_of = _against(truth, groups[worst])[kind]
            summary[f"worst_{kind}"] = {
                "group": worst,
                "auc": known[worst],
                "interval": auc_interval(truth[rows_of], scores[rows_of]),
            }
    return summary


def _against(truth: Truth, member: Truth) -> dict[str, Truth]:
    """The rows of each of a group's figures."""
    return {
        "subgroup": member,
        "bpsn": (member & ~truth) | (~member & truth),
        "bnsp": (member & truth) | (~member & ~truth),
    }


def bootstrap_difference(
    truth: Truth, ours: Numbers, theirs: Numbers, *, rounds: int = 1000, seed: int = 1
) -> tuple[float, float, float]:
    """Difference of two AUCs on the same rows, with its paired 95 % interval."""
    pick = np.random.default_rng(seed)
    found: list[float] = []
    while len(found) < rounds:
        rows = pick.integers(0, len(truth), len(truth))
        one, other = roc_auc(truth[rows], ours[rows]), roc_auc(truth[rows], theirs[rows])
        if one is not None and other is not None:
            found.append(one - other)
    whole = (roc_auc(truth, ours) or 0.0) - (roc_auc(truth, theirs) or 0.0)
    low, high = np.quantile(found, [0.025, 0.975])
    return whole, float(low), float(high)
