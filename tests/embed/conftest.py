"""The frame under the limits of `tests.web`, which a test does not meet by accident."""

from __future__ import annotations

from tests.dashboard.conftest import queries
from tests.web.conftest import app

__all__ = ["app", "queries"]
