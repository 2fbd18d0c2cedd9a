"""Surface for people with an account: the moderators' queue, the owner's pages, one's own account."""

from __future__ import annotations

from flask import Flask

from ..moderation import looking
from ..settings import settings
from . import (
    account,
    advisor,
    api_keys,
    appeals,
    bulk,
    calibration,
    comment,
    fairness,
    figures,
    joining,
    keyboard,
    letters,
    log,
    measures,
    migrate,
    moving,
    muting,
    notices,
    objecting,
    own,
    people,
    policy,
    queue,
    roles,
    scoring,
    second,
    sites,
    temperature,
    webhooks,
)
from .blueprints import account as account_pages
from .blueprints import dashboard

__all__ = [
    "account",
    "advisor",
    "api_keys",
    "appeals",
    "bulk",
    "calibration",
    "comment",
    "fairness",
    "figures",
    "joining",
    "keyboard",
    "letters",
    "log",
    "measures",
    "migrate",
    "moving",
    "muting",
    "notices",
    "objecting",
    "own",
    "people",
    "policy",
    "queue",
    "roles",
    "scoring",
    "second",
    "sites",
    "temperature",
    "webhooks",
]


def register(app: Flask) -> None:
    """Add /dashboard/, /account/ and /migrate to the app."""
    looking.install(app, settings.of(app).redis_url)
    app.register_blueprint(dashboard)
    app.register_blueprint(account_pages)
    app.register_blueprint(migrate.migrate)
