"""The app under limits that a test does not meet by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.conftest import WIDE, empty_the_database


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An app on an empty database that counts but hardly ever refuses."""
    app = make_app(limits=WIDE)
    with app.app_context():
        empty_the_database()
        yield app
