"""HTTP code that all surfaces share; it knows no rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register everything that the surfaces need in `app`."""
    from ..core.files import folder
    from . import assets, auth, cache, csrf, headers, home, limits, ops, packing, problems, sessions

    packing.register(app)  # first, so that it runs last
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
