"""Time for tests of what is sent later: it stands at noon, and goes on when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from tests.dashboard.conftest import sign_in  # noqa: F401  a fixture
from tests.notifications.chats import chat, requests_again  # noqa: F401  fixtures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    Later = Callable[..., None]

NOON = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def noon(app: Flask) -> Iterator[None]:
    """The clock stands at noon."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def later(noon: None, work: Callable[[], int]) -> Later:
    """Let time pass, half a minute unless another is given, and the jobs run."""

    def wait(**time: float) -> None:
        clock.move(timedelta(**(time or {"seconds": 30})))
        work()

    return wait
