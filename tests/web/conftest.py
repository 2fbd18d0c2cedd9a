"""The app under limits that a test does not meet by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import WIDE, empty_the_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An app on an empty database that counts but hardly ever refuses."""
    app = make_app(limits=WIDE)
    with app.app_context():
        empty_the_database()
        yield app
