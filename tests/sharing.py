"""Each test has a fresh app; what is the same in all of them is made once per process. Most of a
short test's time used to go into addresses, templates and statements."""

from __future__ import annotations

import functools
import importlib
import threading
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from flask import Blueprint, Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from werkzeug.routing import Rule
from werkzeug.routing import map as routing_map
from werkzeug.routing.matcher import State, StateMachineMatcher

from commentsvc import app as app_module
from commentsvc import dashboard
from commentsvc.core.db import db
from commentsvc.web import assets
from commentsvc.web.home import Route

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from jinja2.bccache import Bucket
    from sqlalchemy import Engine
    from werkzeug.routing import RuleFactory

    from commentsvc.settings import Settings


class _Templates(BytecodeCache):
    """Compiles every template once for all apps of this process, while its text is the same; and
    for the run's other processes, where they have a common folder."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}
        self.folder: FileSystemBytecodeCache | None = None

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))
        if bucket.code is None and self.folder is not None:
            self.folder.load_bytecode(bucket)
            if bucket.code is not None:
                self.kept[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code
        if self.folder is not None:
            self.folder.dump_bytecode(bucket)


_TEMPLATES = _Templates()


def share_templates(folder: Path) -> None:
    """Keep compiled templates in a folder that other processes of this run use, too."""
    folder.mkdir(exist_ok=True)
    _TEMPLATES.folder = FileSystemBytecodeCache(str(folder))


#: (address, options) -> its engine, with compiled statements and open connections.
_ENGINES: dict[tuple[str, str], Engine] = {}
#: The arguments of a rule -> the rule, and the same by id. A rule never changes once a map has read
#: it, and all our maps are alike.
_RULES: dict[tuple[object, ...], Rule] = {}
_SHARED: dict[int, Rule] = {}


def _rule(text: str, methods: Collection[str], endpoint: str, **more: Any) -> Rule:
    """A cached `Route`, created once for all apps."""
    key = (text, frozenset(methods), endpoint, repr(more) if more else "")
    if key not in _RULES:
        made = _RULES[key] = Route(text, methods=methods, endpoint=endpoint, **more)
        _SHARED[id(made)] = made
    return _RULES[key]


class _Map(routing_map.Map):
    """Accepts rules that another map has read."""

    def add(self, rulefactory: RuleFactory) -> None:
        if not isinstance(rulefactory, Rule) or rulefactory.map is None:
            super().add(rulefactory)
        else:
            self.add_all([rulefactory])

    def add_all(self, rules: list[Rule]) -> None:
        self.all.extend(rules)
        for each in rules:
            self._rules_by_endpoint.setdefault(each.endpoint, []).append(each)
        self._remap = True

    @property
    def all(self) -> list[Rule]:
        """All rules, in the order in which they came."""
        assert isinstance(self._matcher, _Matcher)
        return self._matcher.all


class _Matcher(StateMachineMatcher):
    """Finds the rule of an address; built once for all apps with the same rules. An app that adds a
    rule later gets its own."""

    #: the ids of its rules -> the root of its search tree
    made: ClassVar[dict[tuple[int, ...], State]] = {}

    def __init__(self, merge_slashes: bool) -> None:
        super().__init__(merge_slashes)
        self.all: list[Rule] = []

    def add(self, rule: Rule) -> None:
        self.all.append(rule)

    def update(self) -> None:
        key = tuple(map(id, self.all))
        root = self.made.get(key)
        if root is None:
            self._root = root = State()
            for rule in self.all:
                super().add(rule)
            super().update()
            if _SHARED.keys() >= set(key):  # other rules may be freed, and their ids reused
                self.made[key] = root
        self._root = root


class _Registered(NamedTuple):
    """What a blueprint adds to an app."""

    blueprint: Blueprint  # kept, so that nothing else gets its id
    rules: list[Rule]
    views: dict[str, Any]
    others: list[Any]  # hooks, handlers, filters


#: (id of a blueprint, its prefix, how much is in it) -> what it added to an earlier app.
_REGISTERED: dict[tuple[object, ...], _Registered] = {}
_register = Blueprint.register


def _register_again(blueprint: Blueprint, app: Flask, options: dict[str, Any]) -> None:
    """Register a blueprint; its rules all at once where an earlier app has the same."""
    if not isinstance(app.url_map, _Map):
        _register(blueprint, app, options)
        return
    key = (id(blueprint), options.get("url_prefix"), len(blueprint.deferred_functions))
    found, name = _REGISTERED.get(key), blueprint.name
    if found is None or name in app.blueprints or not options.keys() <= {"url_prefix"}:
        before = len(app.url_map.all)
        _register(blueprint, app, options)
        _remember(key, blueprint, app, app.url_map.all[before:])
        return
    app.blueprints[name] = blueprint
    blueprint._merge_blueprint_funcs(app, name)
    state = blueprint.make_setup_state(app, options, first_registration=True)
    for other in found.others:
        other(state)
    app.url_map.add_all(found.rules)
    app.view_functions.update(found.views)


def _remember(key: tuple[object, ...], blueprint: Blueprint, app: Flask, rules: list[Rule]) -> None:
    """Keep what a blueprint has added, if it is a plain one."""
    if blueprint._blueprints or blueprint.has_static_folder or blueprint.cli.commands:
        return
    others = [
        each
        for each in blueprint.deferred_functions
        if not each.__qualname__.startswith("Blueprint.add_url_rule.")
    ]
    whole = len(rules) + len(others) == len(blueprint.deferred_functions)
    if whole and all(id(each) in _SHARED for each in rules):
        views = {each.endpoint: app.view_functions[each.endpoint] for each in rules}
        _REGISTERED[key] = _Registered(blueprint, rules, views, others)


routing_map.StateMachineMatcher = _Matcher  # type: ignore[misc]
Flask.url_map_class = _Map
Blueprint.register = _register_again  # type: ignore[method-assign, assignment]
app_module.Route = _rule  # type: ignore[misc, assignment]
# every app looks up some two hundred modules
app_module._module = functools.cache(app_module._module)
dashboard.import_module = functools.cache(importlib.import_module)

#: Reading and compressing every file of static/ takes longer than most tests.
_ASSETS: dict[str, assets.Assets] = {}
assets._version = functools.cache(assets._version)


class _Creating(threading.local):
    """Whether this thread creates an app that may have an earlier one's engine."""

    shared = False


_CREATING = _Creating()


def _engine(bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
    made = _ENGINES.get(_address(app)) if _CREATING.shared else None
    return made or _make_engine(bind_key, options, app)


_make_engine = db._make_engine
db._make_engine = _engine  # type: ignore[method-assign]


def shared_app(given: Settings, **parts: Any) -> Flask:
    """`create_app`, for an app that shares what is the same with earlier ones."""
    _CREATING.shared = True
    try:
        app = app_module.create_app(given, **parts)
    finally:
        _CREATING.shared = False
    return share_what_is_the_same(app)


def share_what_is_the_same(app: Flask) -> Flask:
    """Let an app share templates, static files and its database's engine with earlier ones."""
    app.jinja_env.bytecode_cache = _TEMPLATES
    own = assets.assets.of(app)
    assets.assets.install(app, _ASSETS.setdefault(own.version, own))
    with app.app_context():
        db.engines[None] = _ENGINES.setdefault(_address(app), db.engine)
    return app


def _address(app: Flask) -> tuple[str, str]:
    return app.config["SQLALCHEMY_DATABASE_URI"], repr(app.config["SQLALCHEMY_ENGINE_OPTIONS"])
