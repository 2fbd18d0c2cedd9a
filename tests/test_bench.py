"""The benchmarks run on the current code. Their figures are not checked here."""

from __future__ import annotations

from bench import __main__ as bench
from bench import toxicity


def test_a_scorer_is_measured_in_a_process_of_its_own():
    found = toxicity.measure("embedded", ["A calm remark about the bridge."] * 3)
    assert found["texts"] == 3, found
    assert found["p50_ms"] > 0
    assert found["load_ms"] > 0


def test_a_scorer_that_does_not_start_says_why():
    assert "nowhere" in toxicity.measure("onnx:/nowhere", ["A calm remark."])["error"]


def test_every_benchmark_of_the_makefile_can_be_imported():
    assert {"reads", "writes", "heavy"} <= set(bench.BENCHMARKS)
