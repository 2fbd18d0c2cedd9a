"""create_app: the only place where everything is wired."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from .core.db import db
from .core.files import data_folder
from .core.writing import postgres, sqlite
from .core.writing.tables import dumped, loaded
from .settings import Settings, settings
from .web.bodies import MOST_BYTES
from .web.home import Route

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

_HERE = Path(__file__).parent

#: Modules with tables; a model that is not imported is missing from the schema.
MODELS = (
    "core.jobs",
    "accounts.models",
    "sites.models",
    "threads.models",
    "moderation.models",
    "moderation.cases.models",
    "moderation.waves.models",
    "moderation.precedents.models",
    "moderation.sharing.models",
    "moderation.desk.search",
    "tuning.models",
    "posting.models",
    "posting.bots.models",
    "notifications.models",
    "notifications.chat.models",
    "exchange.uploads.models",
    "exchange.reporting.models",
)
#: Modules that register job handlers.
HANDLERS = (
    "core.backups.scheduled",
    "accounts.devices",
    "threads.remap",
    "posting.jobs",
    "posting.leaving",
    "posting.bots.effort",
    "posting.rescoring",
    "posting.comparing",
    "notifications.jobs",
    "notifications.likes",
    "notifications.guests",
    "notifications.following.commands",
    "notifications.following.telling",
    "notifications.following.gathering",
    "notifications.links",
    "notifications.security",
    "notifications.waiting",
    "notifications.deliveries",
    "notifications.chat.commands",
    "notifications.chat.telling",
    "moderation.jobs",
    "moderation.hosts",
    "moderation.lessons",
    "moderation.cases.bulk",
    "moderation.cases.cooling",
    "moderation.cases.earning",
    "moderation.cases.networks",
    "moderation.cases.sweeping",
    "moderation.waves.gathering",
    "moderation.precedents.keeping",
    "moderation.sharing.claims",
    "exchange.importing.jobs",
    "exchange.uploads.commands",
    "exchange.uploads.undoing",
    "exchange.reporting.sending",
)
#: Packages with `register(app)`, in order: first what all surfaces share.
SURFACES = ("web", "api", "embed", "dashboard", "public")
#: Modules with `install(app, settings, value)`, one per swappable part.
PARTS = {
    "sealer": "core.sealing",
    "scorer": "toxicity.scorer",
    "ways": "accounts.ways",
    "providers": "accounts.providers",
    "mailer": "notifications.mail",
    "channels": "notifications.channels",
    "deliver": "core.delivery",
    "backups": "core.backups.scheduled",
}


class Service(Flask):
    """Flask, whose own line about a crash names the route: an address says what somebody reads."""

    def log_exception(self, exc_info: Any) -> None:
        route = request.url_rule.rule if request.url_rule else "(none)"
        fields = {"method": request.method, "route": route}
        log.error("a response could not be finished", exc_info=exc_info, extra=fields)


def create_app(given: Settings | None = None, **parts: Any) -> Flask:
    """The WSGI application. `parts` (names in `PARTS`, such as `scorer=`) replace what the settings
    would choose. Raises `WrongSettings` for invalid settings, `TypeError` for an unknown part."""
    given = (given or Settings.from_env()).checked()
    app = Service("commentsvc", root_path=str(_HERE), static_folder=None)
    app.url_rule_class = Route
    app.config.update(
        SECRET_KEY=given.secret_key,
        SQLALCHEMY_DATABASE_URI=given.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(given),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        TRAP_BAD_REQUEST_ERRORS=False,
    )
    settings.install(app, given)
    data_folder(given.data_dir)
    for module in MODELS:
        _module(module)
    db.init_app(app)
    for name, module in PARTS.items():
        _module(module).install(app, given, parts.pop(name, None))
    if parts:
        raise TypeError(f"unknown parts: {', '.join(parts)}")
    for module in HANDLERS:
        _module(module)
    for surface in SURFACES:
        register: Callable[[Flask], None] = _module(surface).register
        register(app)
    if given.prefix:
        _module("web.home").put_under(app, given.prefix)
    return app


def _engine_options(given: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        # keeps what people wrote out of the log when a statement fails
        "hide_parameters": True,
        "json_serializer": dumped,
        "json_deserializer": loaded,
        # Enough for all threads that may query at once: those of requests and of jobs.
        "pool_size": given.threads + 4,
        "max_overflow": given.threads + 16,
        "pool_timeout": 5,
    }
    if given.database_url.startswith("sqlite"):
        connect = {"check_same_thread": False, "timeout": 5, "factory": sqlite.Connection}
        return {**options, "poolclass": sqlite.Pool, "connect_args": connect}
    return {**options, "poolclass": postgres.Pool}


def _module(name: str) -> Any:
    return importlib.import_module(f"commentsvc.{name}")
