"""Evaluate one scorer on one table: every figure that `toxicity evaluate` prints."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..labels import LABELS
from ..scorer import Scorer, Scores, Unscored
from ..training import text as training_text
from . import holding, metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .tables import Table

_AT_ONCE = 64
_MEASURED = 1500
Tell = Callable[[int, int], None]
Holds = Callable[[str, Scores | Unscored], bool]


def resident_mb() -> float | None:
    """Memory of this process in MB if the system reports it (Linux), else None."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * 4096 / 1e6


@dataclass(frozen=True)
class Answers:
    """[texts, labels] probabilities, NaN for unscored texts; and which texts a policy holds."""

    scores: NDArray[np.float64]
    held: NDArray[np.bool_]


def _above(limit: float) -> Holds:
    return lambda _, answer: (
        isinstance(answer, Scores) and answer.values.get("toxicity", 0.0) >= limit
    )


def score_all(
    scorer: Scorer,
    texts: Sequence[str],
    languages: Sequence[str],
    tell: Tell | None = None,
    holds: Holds | None = None,
) -> Answers:
    """The scorer's answers for all texts."""
    out = np.full((len(texts), len(LABELS)), np.nan)
    held = np.zeros(len(texts), bool)
    order = sorted(range(len(texts)), key=lambda i: (languages[i], len(texts[i])))
    for at in range(0, len(order), _AT_ONCE):
        part = order[at : at + _AT_ONCE]
        for code in dict.fromkeys(languages[i] for i in part):
            which = [i for i in part if languages[i] == code]
            answers = scorer.score([texts[i] for i in which], language=code or None)
            for i, answer in zip(which, answers, strict=True):
                held[i] = holds is not None and holds(texts[i], answer)
                if isinstance(answer, Scores):
                    out[i] = [answer.values.get(label, np.nan) for label in LABELS]
        if tell is not None:
            tell(min(at + _AT_ONCE, len(order)), len(order))
    return Answers(out, held)


def _for_label(
    truth: NDArray[np.float64],
    scores: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
    clusters: Sequence[str] | None,
) -> dict[str, Any] | None:
    """All figures of one label, on the rows where label and score are known."""
    known = ~np.isnan(truth) & ~np.isnan(scores)
    yes, said = truth[known] >= 0.5, scores[known]
    w = None if weights is None else weights[known]
    auc = metrics.roc_auc(yes, said, w)
    if auc is None:
        return None
    clean = None if w is None else w[~yes]
    recall, recall_interval, limits = {}, {}, {}
    for share in metrics.FALSE_HOLDS:
        limit = metrics.limit_for(said[~yes], share, clean)
        limits[f"{share:.0%}"] = round(limit, 4)
        found = metrics.recall_at(yes, said, limit, w) or 0.0
        recall[f"{share:.0%}"] = found
        recall_interval[f"{share:.0%}"] = metrics.share_interval(
            found, int(yes.sum()), None if w is None else w[yes]
        )
    apart = None if clusters is None else [c for c, k in zip(clusters, known, strict=True) if k]
    return {
        "auc": auc,
        "interval": metrics.auc_interval(yes, said, w, clusters=apart),
        "pr_auc": metrics.pr_auc(yes, said, w),
        "positives": int(yes.sum()),
        "recall": recall,
        "recall_interval": recall_interval,
        "limits": limits,
        "calibration": metrics.calibration(yes, said, w),
        "roc": metrics.roc_curve(yes, said, w),
    }


def obfuscation(scorer: Scorer, table: Table, *, most: int = 2500, seed: int = 2) -> dict[str, Any]:
    """Toxic rows with their telling words disguised, against unchanged clean rows."""
    truth = table.labels["toxicity"]
    pick = random.Random(seed)
    clean = [i for i in range(len(truth)) if truth[i] == 0]
    toxic = [i for i in range(len(truth)) if truth[i] >= 0.5]
    clean = pick.sample(clean, min(most, len(clean)))
    toxic = pick.sample(toxic, min(most, len(toxic)))
    if not clean or not toxic:
        return {}

    def scores(texts: list[str]) -> NDArray[np.float64]:
        return score_all(scorer, texts, ["en"] * len(texts)).scores[:, 0]

    base = scores([table.texts[i] for i in clean])
    limit = metrics.limit_for(base[~np.isnan(base)], 0.02)
    rows: dict[str, Any] = {}
    plain = [table.texts[i] for i in toxic]
    written = {"none": plain}
    for name, way in [*training_text.DISGUISES.items(), ("mixed", None)]:
        written[name] = [training_text.disguised_toxic(t, way, pick) for t in plain]
    for name, texts in written.items():
        said = scores(texts)
        both = np.concatenate([said, base])
        known = ~np.isnan(both)
        yes = np.arange(len(both)) < len(said)
        recall = float(np.nanmean(said >= limit))
        rows[name] = {
            "auc": metrics.roc_auc(yes[known], both[known]),
            "interval": metrics.auc_interval(yes[known], both[known]),
            "recall": recall,
            "recall_interval": metrics.share_interval(recall, len(said)),
        }
    return rows


def speed(scorer: Scorer, texts: Sequence[str]) -> dict[str, Any]:
    """CPU milliseconds per text, one at a time, for the whole path, after a warm-up."""
    sample = [t for t in texts if t.strip()][:_MEASURED]
    for text in sample[:200]:
        scorer.score([text], language="en")
    spent = []
    for text in sample:
        begun = time.thread_time()
        scorer.score([text], language=None)
        spent.append((time.thread_time() - begun) * 1000)
    p50, p99 = np.percentile(spent, [50, 99])
    return {"texts": len(spent), "p50_ms": float(p50), "p99_ms": float(p99)}


def evaluate(
    scorer: Scorer,
    table: Table,
    *,
    hold_limit: float | None = None,
    holds: Holds | None = None,
    limits: Mapping[str, float] | None = None,
    disguises: bool = False,
    timing: bool = True,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """Every figure of a scorer on a table. Without a `language` column texts count as English, so
    that all rows are measured. `holds` is the policy that decides which texts are held; without it,
    or with `hold_limit`, that limit on `toxicity` decides. `limits` are the policy's, by label; 0.5
    by default."""
    languages = table.languages or ["en"] * len(table.texts)
    if holds is None or hold_limit is not None:
        holds = _above(0.5 if hold_limit is None else hold_limit)
    answers = score_all(scorer, table.texts, languages, tell, holds)
    scores = answers.scores
    report: dict[str, Any] = {
        "file": table.name,
        "rows": len(table.texts),
        "unscored": int(np.isnan(scores[:, 0]).sum()),
        "backend": scorer.name,
        "version": scorer.version,
    }
    report |= _by_label(table, scores)
    if "toxicity" in table.labels:
        report |= _extras(table, answers, limits or {})
    if table.recorded:
        report["recorded"] = _against_recorded(table, scores)
    if disguises and "toxicity" in report["labels"]:
        report["obfuscation"] = obfuscation(scorer, table)
    if timing and not np.isnan(scores[:, 0]).all():
        report["speed"] = speed(scorer, table.texts)
        report["memory_mb"] = resident_mb()
    return report


def _by_label(table: Table, scores: NDArray[np.float64]) -> dict[str, Any]:
    """The figures of each label, and the most compared ones on their own."""
    by_label = {
        label: figures
        for column, label in enumerate(LABELS)
        if label in table.labels
        and (
            figures := _for_label(
                table.labels[label], scores[:, column], table.weights, table.clusters
            )
        )
    }
    auc = {label: row["auc"] for label, row in by_label.items()}
    return {
        "labels": by_label,
        "auc": auc,
        "pr_auc": {label: row["pr_auc"] for label, row in by_label.items()},
        "mean_auc": float(np.mean(list(auc.values()))) if by_label else None,
    }


def _extras(table: Table, answers: Answers, limits: Mapping[str, float]) -> dict[str, Any]:
    """Figures by language, by group and by functional test, for the label `toxicity`, and what the
    policy holds."""
    scores = answers.scores
    truth, toxic = table.labels["toxicity"], scores[:, 0]
    known = ~np.isnan(truth) & ~np.isnan(toxic)
    found: dict[str, Any] = {"policy": holding.workload(truth, answers.held, table.weights)}
    if table.corpora:
        found["corpora"] = holding.by_corpus(table, answers.held, ~np.isnan(toxic))
    if table.languages:
        found["languages"] = {}
        for code in sorted(set(table.languages)):
            inside = np.array([c == code for c in table.languages])
            rows = inside & known
            yes, said = truth[rows] >= 0.5, toxic[rows]
            enough = metrics.is_enough(yes)
            found["languages"][code] = {
                "rows": int(inside.sum()),
                "scored": int(rows.sum()),
                "auc": metrics.roc_auc(yes, said) if enough else None,
                "interval": metrics.auc_interval(yes, said) if enough else None,
            }
    groups = {name: member[known] for name, member in table.groups.items()}
    bias = metrics.group_bias(truth[known] >= 0.5, toxic[known], groups)
    if bias["groups"]:
        found["identity"] = bias
    if table.functions:
        found["functionality"] = holding.by_kind(table.functions, truth, answers.held)
        found["other_scores"] = {
            name: (figures["auc"], figures["interval"])
            for name, score in _other_scores(scores, limits).items()
            if (figures := _for_label(truth, score, None, table.clusters))
        }
    return found


def _other_scores(
    scores: NDArray[np.float64], limits: Mapping[str, float]
) -> dict[str, NDArray[np.float64]]:
    """Other scores for the texts of a functional test: `identity_attack` alone, and the policy's
    criterion, which is whichever of the two labels exceeds its limit by more, in odds."""
    attack = "identity_attack"

    def over(label: str) -> NDArray[np.float64]:
        score, limit = scores[:, LABELS.index(label)], limits.get(label, 0.5)
        return score * (1 - limit) / (score * (1 - limit) + (1 - score) * limit)

    return {
        attack: scores[:, LABELS.index(attack)],
        f"toxicity or {attack}": np.maximum(over("toxicity"), over(attack)),
    }


def _against_recorded(table: Table, scores: NDArray[np.float64]) -> dict[str, Any]:
    """Our AUCs beside those of the model whose answers the file contains, on the same rows."""
    rows = {}
    for column, label in enumerate(LABELS):
        if label not in table.recorded or label not in table.labels:
            continue
        truth, theirs, ours = table.labels[label], table.recorded[label], scores[:, column]
        known = ~np.isnan(truth) & ~np.isnan(theirs) & ~np.isnan(ours)
        yes = truth[known] >= 0.5
        auc = metrics.roc_auc(yes, ours[known])
        if auc is not None:
            difference = metrics.bootstrap_difference(yes, ours[known], theirs[known])
            other = metrics.roc_auc(yes, theirs[known])
            rows[label] = {"auc": auc, "recorded": other, "difference": difference}
    values = list(rows.values())
    if not values:
        return {}
    return {
        "labels": rows,
        "mean_auc": float(np.mean([r["auc"] for r in values])),
        "recorded_mean_auc": float(np.mean([r["recorded"] for r in values])),
    }
