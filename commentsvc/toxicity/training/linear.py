"""A teacher that is not a network: naive Bayes ratios in a logistic regression over n-grams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..normalise import plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float32]


def _plain(text: str) -> str:
    return " ".join(plain_words(text[:4000]))


class Ratios:
    """Wang and Manning's NB-SVM (ACL 2012) with logistic loss, on words and on letters.

    Its features are those of `texts`; their vocabulary is that of the texts in `learnt`.
    """

    def __init__(self, texts: Sequence[str], learnt: NDArray[np.int64], *, seed: int = 1) -> None:
        from scipy import sparse
        from sklearn.feature_extraction.text import TfidfVectorizer

        shared = {"min_df": 4, "sublinear_tf": True, "dtype": np.float32, "lowercase": False}
        words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"[^\W_]+|[^\w\s]", **shared)
        letters = TfidfVectorizer(
            analyzer="char", ngram_range=(2, 5), max_features=300_000, **shared
        )
        plain = [_plain(t) for t in texts]
        known = [plain[i] for i in learnt]
        self.seed = seed
        self.features: Any = sparse.hstack(
            [v.fit(known).transform(plain) for v in (words, letters)], format="csr"
        )

    def opinion(self, labels: Floats, weights: Floats, learn: NDArray[np.int64]) -> Floats:
        """Logits of all labels for all texts, from models trained only on `learn`."""
        from sklearn.linear_model import LogisticRegression

        seen = self.features[learn]
        columns = []
        for column in range(labels.shape[1]):
            y = labels[learn, column] >= 0.5
            yes = np.asarray(seen[y].sum(0)).ravel() + 1
            no = np.asarray(seen[~y].sum(0)).ravel() + 1
            ratio = np.log((yes / yes.sum()) / (no / no.sum())).astype(np.float32)
            model = LogisticRegression(C=4.0, solver="liblinear", dual=True, tol=0.05, max_iter=60)
            model.random_state = self.seed
            model.fit(seen.multiply(ratio[None, :]).tocsr(), y, sample_weight=weights[learn])
            share = (model.coef_[0] * ratio).astype(np.float32)
            columns.append(self.features @ share + np.float32(model.intercept_[0]))
        return np.stack(columns, 1).astype(np.float32)
