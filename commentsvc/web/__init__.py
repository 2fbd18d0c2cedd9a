"""HTTP things that all surfaces share; knows no rules of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Wire everything the surfaces stand on into `app`."""
    from ..core.files import folder
    from . import assets, auth, cache, csrf, headers, home, limits, ops, packing, problems, sessions

    packing.register(app)  # first, so that it comes last
    problems.register(app)
    headers.register(app)
    sessions.register(app)
    csrf.register(app)
    limits.register(app)
    assets.register(app, folder("static"))
    ops.register(app)
    home.register(app)
    cache.register(app)
    app.jinja_env.globals["viewer"] = auth.viewer
