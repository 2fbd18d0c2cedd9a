"""The effect of a policy on scored texts: which are held, how many, and how many rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .metrics import LEAST, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .tables import Table


def share(held: NDArray[np.bool_], weights: NDArray[np.float64] | None = None) -> dict[str, Any]:
    """How many of these are held, and the share's 95 % interval (Wilson)."""
    portion = float(np.average(held, weights=weights))
    low, high = share_interval(portion, len(held), weights)
    return {"cases": len(held), "held": portion, "interval": (low, high)}


def workload(
    truth: NDArray[np.float64], held: NDArray[np.bool_], weights: NDArray[np.float64] | None
) -> dict[str, Any]:
    """What a moderator reads per 1,000 comments, and what that finds."""
    known = ~np.isnan(truth)
    yes, held = truth[known] >= 0.5, held[known]
    w = np.ones(len(yes)) if weights is None else weights[known]
    found: dict[str, Any] = {"held_per_1000": float(1000 * np.average(held, weights=w))}
    for name, rows in (("recall", yes), ("clean_held", ~yes)):
        if rows.sum() >= LEAST:
            found[name] = share(held[rows], None if weights is None else w[rows])
    if held.any():
        right = share(yes[held], None if weights is None else w[held])
        found["precision"], found["precision_interval"] = right["held"], right["interval"]
    return found


def by_kind(
    kinds: Sequence[str], truth: NDArray[np.float64], held: NDArray[np.bool_]
) -> dict[str, Any]:
    """The share held for each kind of test case, toxic and harmless ones apart."""
    found: dict[str, Any] = {}
    names = np.array(kinds)
    for name in sorted(set(kinds)):
        for toxic in (True, False):
            inside = (names == name) & ((truth >= 0.5) == toxic)
            if inside.any():
                key = (
                    name
                    if not (names[(truth >= 0.5) != toxic] == name).any()
                    else (f"{name} ({'toxic' if toxic else 'harmless'})")
                )
                found[key] = {"toxic": float(toxic), **share(held[inside])}
    return found


def by_corpus(
    table: Table, held: NDArray[np.bool_], scored: NDArray[np.bool_]
) -> dict[str, dict[str, Any]]:
    """For each source in each language: the share scored, and what is held."""
    truth = table.labels["toxicity"]
    languages = table.languages or [""] * len(truth)
    corpora = table.corpora or [""] * len(truth)
    names = np.array([f"{a} {b}".strip() for a, b in zip(languages, corpora, strict=True)])
    found = {}
    for name in sorted(set(names)):
        here = names == name
        found[name] = {
            "rows": int(here.sum()),
            "scored": float(scored[here].mean()),
            **workload(truth[here], held[here], None),
        }
    return found
