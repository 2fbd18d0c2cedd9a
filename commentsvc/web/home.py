"""The start page of an installation: what this server is, and where to go."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, render_template

from ..settings import settings

home = Blueprint("home", __name__)


def register(app: Flask) -> None:
    """Answer / with the start page."""
    app.register_blueprint(home)


@home.get("/")
def index() -> str:
    """For whoever types the server's address; in the demo also what to try first."""
    return render_template(
        "home.html",
        base=settings().public_url.rstrip("/"),
        demo=current_app.config.get("COMMENTSVC_DEMO", False),
    )
