"""Surface for everybody: the public log and figures of a site, and feeds of its comments."""

from __future__ import annotations

from flask import Flask

from . import feeds, transparency


def register(app: Flask) -> None:
    """Add /transparency/ and /feeds/ to the app."""
    app.register_blueprint(transparency.pages)
    app.register_blueprint(feeds.feeds)
