"""Surface for everybody: the public log and figures of a site, feeds of its comments, and conversations as
plain pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import conversations, feeds, transparency

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Add /transparency/, /feeds/ and /threads to the app."""
    app.register_blueprint(transparency.pages)
    app.register_blueprint(feeds.feeds)
    app.register_blueprint(conversations.conversations)
