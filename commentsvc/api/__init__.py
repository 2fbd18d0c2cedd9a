"""Surface: JSON under /api/v1. Views check, parse, call one command or query, and
present the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.routing import BaseConverter

if TYPE_CHECKING:
    from flask import Flask


class _Id(BaseConverter):
    """A public ID; anything else is not one of our addresses."""

    regex = r"[0-9A-Za-z_-]{1,32}"


class _Key(BaseConverter):
    """A site's key."""

    regex = r"[a-z0-9-]{1,40}"


def register(app: Flask) -> None:
    """Register the API in `app`."""
    from . import (
        analyze,
        appeals,
        comments,
        coral,
        decisions,
        docs,
        graph,
        moderations,
        news,
        people,
        reactions,
        sign_in,
        sites,
        threads,
    )
    from .operation import PREFIX

    app.url_map.converters.update(id=_Id, key=_Key)
    for blueprint in (
        threads.threads,
        comments.comments,
        reactions.reactions,
        decisions.decisions,
        appeals.appeals,
        people.people,
        news.news,
        sign_in.sign_in,
        sites.sites,
    ):
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(docs.docs)
    app.register_blueprint(analyze.analyze)
    app.register_blueprint(coral.coral)
    app.register_blueprint(moderations.moderations)
    graph.register(app)
