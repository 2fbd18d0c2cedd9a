"""The figures are what their names say, on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.toxicity.evaluating import metrics

TRUTH = np.array([True, False, True, False])
SAID = np.array([0.9, 0.8, 0.4, 0.1])


def test_it_works() -> None:
    assert metrics.roc_auc(TRUTH, SAID) == 0.75
    assert metrics.pr_auc(TRUTH, SAID) == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.recall_at(TRUTH, SAID, 0.5) == 0.5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(1, 4)), min_size=1))
def test_the_area_is_the_share_of_pairs_in_order(rows: list[tuple[bool, int, int]]) -> None:
    truth = np.array([r[0] for r in rows])
    said, weight = np.array([r[1] / 5 for r in rows]), np.array([float(r[2]) for r in rows])
    right = total = 0.0
    for a in np.flatnonzero(truth):
        for b in np.flatnonzero(~truth):
            total += weight[a] * weight[b]
            right += weight[a] * weight[b] * ((said[a] > said[b]) + 0.5 * (said[a] == said[b]))
    found = metrics.roc_auc(truth, said, weight)
    assert found is None if total == 0 else found == pytest.approx(right / total)


def test_one_class_alone_has_no_area() -> None:
    assert metrics.roc_auc(np.array([True]), np.array([0.5])) is None
    assert metrics.pr_auc(np.array([False]), np.array([0.5])) is None


def test_a_limit_holds_no_more_than_it_may() -> None:
    clean = np.linspace(0, 1, 1000)
    for share in (0.01, 0.02, 0.05):
        limit = metrics.limit_for(clean, share)
        assert share - 0.002 <= (clean >= limit).mean() <= share


def test_probabilities_that_hold_have_no_error() -> None:
    said = np.repeat([0.25, 0.75], 4)
    truth = np.array([1, 0, 0, 0, 1, 1, 1, 0], bool)
    assert metrics.calibration(truth, said)["ece"] == pytest.approx(0)
    assert metrics.calibration(~truth, said)["ece"] == pytest.approx(0.5)


def test_a_group_taken_for_an_insult_shows() -> None:
    truth = np.array([False] * 30 + [True] * 30)
    named = np.arange(60) % 2 == 0
    fair = np.where(truth, 0.9, 0.1)
    biased = np.where(named, 0.95, fair)
    assert metrics.group_bias(truth, fair, {"x": named})["bpsn"] == pytest.approx(1)
    found = metrics.group_bias(truth, biased, {"x": named})
    assert found["bpsn"] < 0.01 and found["worst_bpsn"]["group"] == "x"
    low, high = found["worst_bpsn"]["interval"]
    assert low <= found["worst_bpsn"]["auc"] <= high < 0.2


def test_no_figure_of_a_group_rests_on_a_few_texts() -> None:
    truth = np.array([True] * 40 + [False] * 40)
    said = np.linspace(1, 0, 80)
    few = np.zeros(80, bool)
    few[:30], few[40:49] = True, True  # nine harmless ones
    [row] = metrics.group_bias(truth, said, {"x": few})["groups"].values()
    assert row["subgroup"] is None and row["bpsn"] is None and row["bnsp"] == 1.0
    few[49] = True
    [row] = metrics.group_bias(truth, said, {"x": few})["groups"].values()
    assert row["subgroup"] == row["bpsn"] == 1.0


def test_rows_of_one_template_count_as_one() -> None:
    pick = np.random.default_rng(1)
    truth = np.repeat(pick.random(40) < 0.5, 20)
    said = np.repeat(pick.random(40), 20) + 0.3 * truth
    auc = metrics.roc_auc(truth, said)
    assert auc is not None
    rows = metrics.auc_interval(truth, said)
    templates = metrics.auc_interval(truth, said, clusters=[str(i // 20) for i in range(800)])
    assert rows is not None and templates is not None
    assert templates[0] < rows[0] < auc < rows[1] < templates[1]
    assert metrics.auc_interval(np.ones(5, bool), said[:5]) is None


def test_the_interval_holds_the_difference() -> None:
    pick = np.random.default_rng(1)
    truth = pick.random(400) < 0.3
    good, bad = truth + pick.normal(0, 0.5, 400), truth + pick.normal(0, 2, 400)
    gap, low, high = metrics.bootstrap_difference(truth, good, bad, rounds=200)
    assert 0 < low < gap < high
