"""A failed test runs once more; the processes agree on how many did."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.again import spare_messages

rerunfailures: Any = pytest.importorskip("pytest_rerunfailures")


def processes(workers: int) -> tuple[Any, list[Any]]:
    """What the main process and its workers know of the tests that failed."""
    main = rerunfailures.ServerStatusDB()
    main.sock.listen()  # its thread may be later than the first worker
    found = [rerunfailures.ClientStatusDB(main.sock_port, main.token) for _ in range(workers)]
    option = SimpleNamespace(reruns=1)
    spare_messages(SimpleNamespace(failures_db=main, option=option))
    for each in found:
        spare_messages(SimpleNamespace(failures_db=each, option=option, workerinput={}))
    return main, found


def test_it_works() -> None:
    """The main process repeats a test that ended its process, though nobody announced the test."""
    main, (worker,) = processes(1)
    sent: list[str] = []
    worker._sock_send = lambda _line, text: sent.append(text)
    worker.set_test_reruns("a test", 1)
    assert worker.get_test_failures("a test") == 0
    assert sent == []
    assert main.get_test_failures("a test") < main.get_test_reruns("a test") == 1
    main.add_test_failure("a test")
    assert main.get_test_failures("a test") == 1  # not a third time


def test_the_most_that_run_again_are_counted_for_all_processes() -> None:
    main, workers = processes(2)
    assert [each.try_increment_suite_reruns(1) for each in workers] == [True, False]
    assert main.get_suite_reruns() == 1


def test_without_the_plugin_nothing_happens() -> None:
    config = SimpleNamespace()
    spare_messages(config)
    assert vars(config) == {}
