"""Walks ask over HTTP, under limits that they do not meet by accident."""

from __future__ import annotations

from tests.web.conftest import app

__all__ = ["app"]
