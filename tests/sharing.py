"""A test has an app of its own, with nothing left over from the one before. What is the same in all of
them is made once: most of the time of a short test went into addresses, templates and statements."""

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
    """Every template compiled once for all apps of this process, as long as its text is the same."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code


_TEMPLATES = _Templates()
#: (address, options) -> its engine: statements are compiled once, and connections are there.
_ENGINES: dict[tuple[str, str], Engine] = {}
#: What an address was made of -> its rule, and the same by id. A rule stays as it is once its map has read
#: it, and no map of ours differs from another.
_RULES: dict[tuple[object, ...], Rule] = {}
_SHARED: dict[int, Rule] = {}


def _rule(text: str, methods: Collection[str], endpoint: str, **more: Any) -> Rule:
    """In the place of `Route`: made once for all apps."""
    key = (text, frozenset(methods), endpoint, repr(more) if more else "")
    if key not in _RULES:
        made = _RULES[key] = Route(text, methods=methods, endpoint=endpoint, **more)
        _SHARED[id(made)] = made
    return _RULES[key]


class _Map(routing_map.Map):
    """Takes rules that another has read."""

    def add(self, rulefactory: RuleFactory) -> None:
        if not isinstance(rulefactory, Rule) or rulefactory.map is None:
            super().add(rulefactory)
            return
        self._matcher.add(rulefactory)
        self._rules_by_endpoint.setdefault(rulefactory.endpoint, []).append(rulefactory)
        self._remap = True


class _Matcher(StateMachineMatcher):
    """What finds the rule of an address: made once for all apps with the same rules. Whatever adds one
    later has a matcher of its own."""

    #: the ids of its rules -> where a search in them begins
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
            if _SHARED.keys() >= set(key):  # others may go, and their ids be used again
                self.made[key] = root
        self._root = root


routing_map.StateMachineMatcher = _Matcher  # type: ignore[misc]
Flask.url_map_class = _Map
app_module.Route = _rule  # type: ignore[misc, assignment]

#: Reading and packing every file of static/ takes longer than most tests.
_ASSETS: dict[str, assets.Assets] = {}
assets._version = functools.cache(assets._version)


def share_what_is_the_same(app: Flask) -> Flask:
    """Let an app use the templates, the static files and the engine of its database that others have
    used before."""
    app.jinja_env.bytecode_cache = _TEMPLATES
    own = assets.assets.of(app)
    assets.assets.install(app, _ASSETS.setdefault(own.version, own))
    key = (app.config["SQLALCHEMY_DATABASE_URI"], repr(app.config["SQLALCHEMY_ENGINE_OPTIONS"]))
    with app.app_context():
        db.engines[None] = _ENGINES.setdefault(key, db.engine)
    return app
