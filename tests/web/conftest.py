"""The app under limits that a test does not meet by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from commentsvc.settings import settings
from tests.conftest import _empty

WIDE = (
    "read=100000/minute;post=100000/minute;like=100000/minute;flag=100000/minute;"
    "sign_in=100000/minute;sign_in_account=off;sign_in_everywhere=off;letter=100000/minute;"
    "letter_address=off;score=100000/minute;moderate=100000/minute;manage=100000/minute"
)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An app on an empty database that counts but hardly ever refuses."""
    app = make_app()
    app = make_app(settings=replace(settings.of(app), limits=WIDE))
    with app.app_context():
        _empty()
        yield app
