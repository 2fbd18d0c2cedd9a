"""PostgreSQL and Redis: those that `make test` has started, or some of our own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scripts import services

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, str]]:
    """TEST_DATABASE_URL and TEST_REDIS_URL."""
    names = ("TEST_DATABASE_URL", "TEST_REDIS_URL")
    if all(name in os.environ for name in names):
        yield {name: os.environ[name] for name in names}
        return
    with services.both() as started:
        yield started
