"""What `make test` needs to run a failed test once more, without a message for every other test.

Under xdist, pytest-rerunfailures sends three messages for each test, byte by byte, so that its main
process could also repeat a test that ended its process: a tenth of a second of CPU time for each
hundred tests. The main process knows the answers to two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def spare_messages(config: pytest.Config) -> None:
    """Answer what is the same for all tests without asking. How many tests the run has repeated
    stays with the main process, which counts them for all."""
    kept = getattr(config, "failures_db", None)
    if kept is None:  # the plugin is not there
        return
    if hasattr(config, "workerinput"):
        kept.set_test_reruns = lambda name, reruns: None
        kept.get_test_failures = lambda name: 0
    else:
        kept.get_test_reruns = lambda name: config.option.reruns or 0
