"""A test has an app of its own, with nothing left over from the one before. What is the same in all of
them is made once: most of the time of a short test went into addresses, templates and statements."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar

from jinja2 import BytecodeCache
from werkzeug.routing import Rule
from werkzeug.routing import map as routing_map
from werkzeug.routing.matcher import State, StateMachineMatcher

from commentsvc.core.db import db
from commentsvc.web import assets

if TYPE_CHECKING:
    from flask import Flask
    from jinja2.bccache import Bucket
    from sqlalchemy import Engine


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
#: (its text and knobs) -> the first rule of that kind, whose work the others take over.
_RULES: dict[tuple[object, ...], Rule] = {}
_compile_rule = Rule.compile


def _compiled_once(self: Rule) -> None:
    """What a rule matches and how it writes addresses: depends on nothing but what is said here."""
    key = (self.rule, self.host, self.subdomain, self.merge_slashes, repr(self.defaults))
    first = _RULES.setdefault(key, self)
    if first is self:
        _compile_rule(self)
        return
    for name in ("_parts", "_trace", "_converters", "arguments"):
        setattr(self, name, getattr(first, name))
    for name in ("_build", "_build_unknown"):
        setattr(self, name, getattr(first, name).__func__.__get__(self))


Rule.compile = _compiled_once  # type: ignore[method-assign]


def _told(rule: Rule) -> tuple[object, ...]:
    """What finding a rule depends on, and what follows from it."""
    methods = frozenset(rule.methods or ())
    ways = (rule.strict_slashes, rule.merge_slashes, rule.websocket, rule.alias, rule.redirect_to)
    return (rule.rule, rule.host, rule.subdomain, rule.endpoint, methods, repr(rule.defaults), ways)


class _Matcher(StateMachineMatcher):
    """What finds the rule of an address: made once for all apps with the same rules. Whatever adds one
    later has a matcher of its own."""

    #: what tells its rules from others -> where a search in them begins
    made: ClassVar[dict[tuple[object, ...], State]] = {}

    def __init__(self, merge_slashes: bool) -> None:
        super().__init__(merge_slashes)
        self.all: list[Rule] = []

    def add(self, rule: Rule) -> None:
        self.all.append(rule)

    def update(self) -> None:
        key = tuple([_told(rule) for rule in self.all])
        if key not in self.made:
            self._root = State()
            for rule in self.all:
                super().add(rule)
            super().update()
            self.made[key] = self._root
        self._root = self.made[key]


routing_map.StateMachineMatcher = _Matcher  # type: ignore[misc]

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
