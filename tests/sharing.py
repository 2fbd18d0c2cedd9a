"""Each test has a fresh app; what is the same in all of them is made once per process. Most of a
short test's time used to go into addresses, templates and statements."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from werkzeug.routing import Rule
from werkzeug.routing import map as routing_map
from werkzeug.routing.matcher import State, StateMachineMatcher

from commentsvc import app as app_module
from commentsvc.core.db import db
from commentsvc.web import assets
from commentsvc.web.home import Route

if TYPE_CHECKING:
    from collections.abc import Collection

    from jinja2.bccache import Bucket
    from sqlalchemy import Engine
    from werkzeug.routing import RuleFactory


class _Templates(BytecodeCache):
    """Compiles every template once for all apps of this process, while its text is the same."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code


_TEMPLATES = _Templates()
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
            return
        self._matcher.add(rulefactory)
        self._rules_by_endpoint.setdefault(rulefactory.endpoint, []).append(rulefactory)
        self._remap = True


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


routing_map.StateMachineMatcher = _Matcher  # type: ignore[misc]
Flask.url_map_class = _Map
app_module.Route = _rule  # type: ignore[misc, assignment]

#: Reading and compressing every file of static/ takes longer than most tests.
_ASSETS: dict[str, assets.Assets] = {}
assets._version = functools.cache(assets._version)


def share_what_is_the_same(app: Flask) -> Flask:
    """Let an app share templates, static files and its database's engine with earlier ones."""
    app.jinja_env.bytecode_cache = _TEMPLATES
    own = assets.assets.of(app)
    assets.assets.install(app, _ASSETS.setdefault(own.version, own))
    key = (app.config["SQLALCHEMY_DATABASE_URI"], repr(app.config["SQLALCHEMY_ENGINE_OPTIONS"]))
    with app.app_context():
        db.engines[None] = _ENGINES.setdefault(key, db.engine)
    return app
