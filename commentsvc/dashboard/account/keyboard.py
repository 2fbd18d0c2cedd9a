"""Single keys of the queue: which key does what is the person's own choice (WCAG 2.1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from ...accounts.commands import change_setting
from ...core.errors import Invalid
from ...moderation.judging.reasons import PEOPLE
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import account
from ..page import account_words, go, language, tell, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...accounts.models import User

#: What single keys do, and the key that does it unless somebody chose another.
USUAL = {
    "next": "j",
    "previous": "k",
    "approve": "f",
    "reject": "d",
    "undo": "u",
    "single": "z",
    "lift": "s",
    "open": "o",
    "article": "a",
    "author": "n",
    "same_author": "p",
    "same_article": "v",
    "unfilter": "c",
    "warn": "w",
    "suspend": "h",
    "ban": "b",
    "premoderate": "m",
    "trust": "t",
    "help": "?",
}
_REASONS = [each.key for each in PEOPLE if each.key]
_DIGITS = [key for key in _REASONS if key.isdigit()]
_OTHERS = [key for key in _REASONS if not key.isdigit()]


def keys_of(user: User | None) -> dict[str, str]:
    """What the person's keys do: name -> key; none ("") where something new would have a key that the
    person has given to something else."""
    own = ((user.settings or {}).get("keys") if user else None) or {}
    taken = set(own.values())
    return {
        name: str(own.get(name) or ("" if key in taken else key)) for name, key in USUAL.items()
    }


def listed(keys: Mapping[str, str]) -> list[tuple[tuple[str, ...], str]]:
    """The table behind `?`: keys and what they do, those that nobody can change too."""
    fixed = {
        "reject": ((min(_DIGITS), "…", max(_DIGITS), *_OTHERS), "digit"),
        "suspend": (("1", "…", "4"), "length"),
        "article": (("Esc",), "escape"),
    }
    rows: list[tuple[tuple[str, ...], str]] = []
    for name, key in keys.items():
        if not key:
            continue
        rows.append(((key, "Ctrl-Z") if name == "undo" else (key,), words_of(f"keys.{name}")))
        if name in fixed:
            rows.append((fixed[name][0], words_of(f"keys.{fixed[name][1]}")))
    return rows


def check(given: Mapping[str, str]) -> dict[str, str]:
    """The keys as they will be kept. Raises `Invalid`, in words, for what cannot be pressed alone, for
    numbers, which choose reasons, and for one key that would do two things."""
    found: dict[str, str] = {}
    for name in USUAL:
        key = given.get(name, "").strip().lower()
        if len(key) != 1 or not key.isprintable():
            raise Invalid("invalid.keys.one", field=name, what=words_of(f"keys.{name}"))
        if key.isdigit():
            raise Invalid("invalid.keys.number", field=name)
        for other, taken in found.items():
            if taken == key:
                first, second = words_of(f"keys.{other}"), words_of(f"keys.{name}")
                raise Invalid(
                    "invalid.keys.taken", field=name, pressed=key, first=first, second=second
                )
        found[name] = key
    return found


@account.post("/keys")
@limit("manage")
@requires()
def choose_keys() -> Response:
    """Other keys, or with `usual` those that everybody begins with."""
    from .own import home_page

    me = signed_in()
    given = {name: request.form.get(name, "")[:20] for name in USUAL}
    try:
        chosen = None if "usual" in request.form else check(given)
    except Invalid as error:
        said = error.say(language())
        errors = {"keys": said, f"key-{error.field}": said}
        return home_page(status=422, errors=errors, keys=given)
    change_setting(me, "keys", lambda _kept: chosen or None)
    tell("good", account_words("keys.done"))
    return go("account.home")
