"""Choose one's single keys (WCAG 2.1.4 requires it) and the look of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...accounts.commands import change_setting
from ...core.errors import Invalid
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import account
from ..chosen import BLURS, DENSITIES, USUAL, display_of
from ..page import account_words, go, go_back, language, tell, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def check(given: Mapping[str, str]) -> dict[str, str]:
    """The keys as they are stored. Raises `Invalid`, in words, for what cannot be pressed alone,
    for digits, which choose reasons, and for a key given twice."""
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
    """Save other keys or, with `usual`, restore the defaults."""
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


@account.post("/display")
@limit("manage")
@requires()
def choose_display() -> Response:
    """Set the density of the queue and what is blurred; settings missing from the form stay."""
    me = signed_in()
    now = display_of(me)
    given = {
        name: value if (value := request.form.get(name, "")) in choices else getattr(now, name)
        for name, choices in (("density", DENSITIES), ("blur", BLURS))
    }
    change_setting(me, "display", lambda _kept: given)
    if "blur" in request.form:  # a new density shows at once
        tell("good", words_of("display.saved"))
    return go_back(url_for("account.home"))
