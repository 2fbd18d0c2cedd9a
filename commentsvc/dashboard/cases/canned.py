"""Canned messages: the page where a site's staff edit them, and their text for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify, request, url_for

from ...core.errors import DomainError
from ...core.locale import available, language_in, language_name
from ...moderation.desk import people
from ...moderation.judging.reasons import is_known, title
from ...moderation.sharing import canned
from ...moderation.sharing.worded import default_language
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.words import desk_words
from ..page import go, language, mine, my_site, refused, staff_page, tell, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...accounts.models import User
    from ...moderation.sharing.canned import Recipient
    from ...moderation.sharing.models import CannedMessage
    from ...sites.models import Site

_TEXT = "text_"  # before the language in a field's name


@dashboard.get("/sites/<key>/canned")
@limit("read")
@requires("moderate")
def canned_page(key: str) -> Response:
    """The canned messages of a site, and a form to add one."""
    site = my_site(key, "moderate")
    return staff_page(
        "dashboard/canned.html",
        section="queue",
        site=site,
        rows=canned.of_sites([site])[site.id],
        own=default_language(site),
        languages=languages(),
        language_name=language_name,
        longest=canned.LONGEST_TEXT,
        most=canned.MOST,
        holes=canned.HOLES,
    )


@dashboard.post("/sites/<key>/canned")
@limit("manage")
@requires("moderate")
def add_canned(key: str) -> Response:
    """Add a message."""
    site = my_site(key, "moderate")
    try:
        canned.add(site, text_of(request.form, "name", 200), _texts(), by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.canned_page", key=key))
    tell("good", desk_words("canned.added"))
    return go("dashboard.canned_page", key=key)


@dashboard.post("/canned/<canned_id>")
@limit("manage")
@requires("moderate")
def change_canned(canned_id: str) -> Response:
    """Change a message's name or text, or remove it."""
    me = signed_in()
    row = canned.one(canned_id, by=me)
    key = _site_of(row).key
    try:
        if text_of(request.form, "do", 10) == "remove":
            canned.remove(canned_id, by=me)
            tell("good", desk_words("canned.removed"))
            return go("dashboard.canned_page", key=key)
        canned.change(canned_id, text_of(request.form, "name", 200), _texts(), by=me)
    except DomainError as error:
        return refused(error, url_for("dashboard.canned_page", key=key))
    tell("good", desk_words("canned.changed"))
    return go("dashboard.canned_page", key=key)


@dashboard.get("/canned/<canned_id>")
@limit("read")
@requires("moderate")
def canned_text(canned_id: str) -> Response:
    """The message as a `comment`'s author or a `person` would read it; the rule is filled in for a
    known `reason`, which an appeal has."""
    row = canned.one(canned_id, by=signed_in())
    to = _to(row, request.args)
    text = canned.words_for(row, to)
    if rule := _rule(text_of(request.args, "reason", 40), row, to):
        text = canned.filled(text, rule=rule)
    answer = jsonify(text=text)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def message_of(form: Mapping[str, str], field: str = "message", **about: str) -> str | None:
    """The message in this field of a form to the `comment`'s author, or to a `person`: what was
    typed, else the chosen canned message; the rule in it is the form's reason. Raises `NotFound`.
    """
    typed, chosen = form.get(field), text_of(form, "canned", 16)
    if not chosen:
        return typed
    row = canned.one(chosen, by=signed_in())
    to = _to(row, about)
    text = typed if typed and typed.strip() else canned.words_for(row, to)
    return canned.filled(text, rule=_rule(text_of(form, "reason", 40), row, to))


def _rule(code: str, row: CannedMessage, to: Recipient) -> str:
    """A reason's title in the recipient's language; "" for none."""
    return title(code, canned.language_for(row, to.locale)) if is_known(code) else ""


def canned_in(form: Mapping[str, str]) -> CannedMessage | None:
    """The canned message chosen in this form, if any. Raises `NotFound`."""
    chosen = text_of(form, "canned", 16)
    return canned.one(chosen, by=signed_in()) if chosen else None


def canned_here() -> dict[int, list[CannedMessage]]:
    """By site, the messages that the viewer may choose from: one query."""
    return canned.of_sites(mine("moderate"))


def _to(row: CannedMessage, about: Mapping[str, str]) -> Recipient:
    if comment := about.get("comment"):
        return canned.author_of(comment, row)
    person: User = people.one(about.get("person", ""), [_site_of(row)]).user
    return canned.anybody(person, row)


def _site_of(row: CannedMessage) -> Site:
    return next(each for each in mine("moderate") if each.id == row.site_id)


def languages() -> list[tuple[str, str]]:
    """Code -> the language's name in the viewer's language and in its own, sorted by the former."""
    found = []
    for code in available():
        here, own = language_in(code, language()), language_name(code)
        found.append((code, own if here.casefold() == own.casefold() else f"{here} · {own}"))
    return sorted(found, key=lambda each: each[1].casefold())


def _texts() -> dict[str, str]:
    """Language -> text, from the form, which may add one language at a time."""
    form = request.form
    said = {name.removeprefix(_TEXT): form[name] for name in form if name.startswith(_TEXT)}
    if form.get("more", "").strip():
        said[text_of(form, "language", 16)] = form["more"]
    return said
