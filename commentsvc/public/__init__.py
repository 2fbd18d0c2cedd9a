"""Surface for everybody: the public log and figures of a site, and feeds of its comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import feeds, transparency

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Add /transparency/ and /feeds/ to the app."""
    app.register_blueprint(transparency.pages)
    app.register_blueprint(feeds.feeds)
