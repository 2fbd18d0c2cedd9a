"""The pages for people with an account: the moderators' queue, site settings, the account."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ..moderation.desk import looking
from ..settings import settings
from . import blueprints, strayed

if TYPE_CHECKING:
    from flask import Flask

#: Every module with views or error handlers; importing one registers them on its blueprint.
VIEWS = (
    "account.appeals",
    "account.by_email",
    "account.emails",
    "account.first_run",
    "account.invitation",
    "account.joining",
    "account.keyboard",
    "account.muting",
    "account.own",
    "account.providers",
    "account.proving",
    "account.second_step",
    "account.security",
    "account.sign_in",
    "cases.appeals",
    "cases.canned",
    "cases.networks",
    "cases.notices",
    "cases.reasons",
    "cases.sanctions",
    "cases.shift",
    "cases.temperature",
    "desk.bulk",
    "desk.channels",
    "desk.closing",
    "desk.comment",
    "desk.log",
    "desk.people",
    "desk.places",
    "desk.queue",
    "desk.saved",
    "desk.second",
    "desk.taken",
    "figures.advisor",
    "figures.calibration",
    "figures.fairness",
    "figures.figures",
    "figures.report",
    "figures.scoring",
    "site.api_keys",
    "site.disqus",
    "site.exchange",
    "site.imports",
    "site.inviting",
    "site.look",
    "site.policy",
    "site.policy_history",
    "site.policy_tools",
    "site.providers",
    "site.roles",
    "site.scan",
    "site.second_factor",
    "site.sections",
    "site.sites",
    "site.start",
    "site.webhooks",
    "site.judges",
    "late",
    "refused",
)


def register(app: Flask) -> None:
    """Add /dashboard/, /account/ and /migrate to the app."""
    for name in VIEWS:
        import_module(f"{__name__}.{name}")
    looking.install(app, settings.of(app).redis_url)
    for blueprint in (blueprints.dashboard, blueprints.account, blueprints.migrate):
        app.register_blueprint(blueprint)
    strayed.register(app)
