"""The same numbers from the same data, whatever the number of threads, the processor or the order of
sums.

Sums in another order differ in their last digits, and the number of threads and the processor decide on
that order. A solver with a loose tolerance makes more of it: with 1e-4, weights differed from the eighth
digit on, and it may even stop a step earlier. So the solver goes on until only the last digits vary, and
what is stored has fewer digits than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TOLERANCE = 1e-8
"""Of the gradient, as a share of the first. It takes Newton's method two to four steps more than 1e-4, and
1e-10 changes nothing."""
_DIGITS = 6
"""Those that are stored. From run to run, the solver's numbers differ from the eleventh on."""


def one_thread() -> Any:
    """A context in which the libraries that are loaded do NumPy's and SciPy's sums on one thread, because
    the number of threads decides how a long sum is split."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")


def regression(
    features: Any,
    truth: NDArray[np.bool_],
    counts: NDArray[np.float64],
    *,
    strict: float,
    seed: int,
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression, at its minimum but for the last digits. Each text counts
    as much as `counts` says, and the less, the smaller `strict` is, against large weights."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strict, tol=_TOLERANCE, solver="liblinear", random_state=seed)
    with one_thread():
        model.fit(features, truth, sample_weight=counts)
    return model.coef_[0], float(model.intercept_[0])


def short(value: float) -> float:
    """The value with as many digits as are stored."""
    return float(f"{value:.{_DIGITS}g}")
