"""A second model beside the tests' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.toxicity.backends.stub import StubScorer

if TYPE_CHECKING:
    from flask import Flask


class Other(StubScorer):
    """Another model: finds ferries insulting and idiots harmless."""

    version = "2"

    def __init__(self) -> None:
        super().__init__({"ferry": {"toxicity": 0.97, "insult": 0.95}})


@pytest.fixture
def other(app: Flask) -> Other:
    return Other()
