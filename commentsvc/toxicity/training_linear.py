"""A teacher that is no network: naive Bayes ratios in a logistic regression over n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .normalise import plain_words

Floats = NDArray[np.float32]


def _plain(text: str) -> str:
    return " ".join(plain_words(text[:4000]))


class Ratios:
    """Wang and Manning's NB-SVM (ACL 2012) with logistic loss, on words and on letters."""

    def __init__(self, *, seed: int = 1) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        shared = {"min_df": 4, "sublinear_tf": True, "dtype": np.float32, "lowercase": False}
        self.seed = seed
        self.words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"[^\W_]+|[^\w\s]", **shared)
        self.letters = TfidfVectorizer(
            analyzer="char", ngram_range=(2, 5), max_features=300_000, **shared
        )
        self.models: list[tuple[Floats, Any]] = []

    def _features(self, texts: Sequence[str], *, first: bool = False) -> Any:
        from scipy import sparse

        plain = [_plain(t) for t in texts]
        read = "fit_transform" if first else "transform"
        parts = [getattr(v, read)(plain) for v in (self.words, self.letters)]
        return sparse.hstack(parts).tocsr()

    def fit(self, texts: Sequence[str], labels: Floats, weights: Floats) -> Ratios:
        """Fit one model per label; rows whose label is unknown are left out of it."""
        from sklearn.linear_model import LogisticRegression

        features = self._features(texts, first=True)
        for column in range(labels.shape[1]):
            known = ~np.isnan(labels[:, column])
            x, y = features[known], labels[known, column] >= 0.5
            yes = np.asarray(x[y].sum(0)).ravel() + 1
            no = np.asarray(x[~y].sum(0)).ravel() + 1
            ratio = np.log((yes / yes.sum()) / (no / no.sum())).astype(np.float32)
            model = LogisticRegression(C=4.0, solver="liblinear", dual=True, tol=0.05, max_iter=60)
            model.random_state = self.seed
            model.fit(x.multiply(ratio[None, :]).tocsr(), y, sample_weight=weights[known])
            self.models.append((ratio, model))
        return self

    def predict(self, texts: Sequence[str]) -> Floats:
        """Logits of all labels."""
        features = self._features(texts)
        columns = [
            model.decision_function(features.multiply(ratio[None, :]).tocsr())
            for ratio, model in self.models
        ]
        return np.stack(columns, 1).astype(np.float32)
