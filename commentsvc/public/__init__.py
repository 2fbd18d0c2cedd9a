"""The public surface: a site's transparency page, feeds of its comments, and conversations and
single comments as plain pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import cards, conversations, feeds, transparency

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Add /transparency/, /feeds/, /threads and /oembed to the app."""
    app.register_blueprint(transparency.pages)
    app.register_blueprint(feeds.feeds)
    app.register_blueprint(conversations.conversations)
    app.register_blueprint(cards.cards)
