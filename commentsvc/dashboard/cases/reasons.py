"""A site's own reasons: the page where owners edit them, and lists to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...core.errors import DomainError
from ...core.locale import language_name
from ...moderation.judging.own import of_sites
from ...moderation.sharing import own_reasons as own
from ...moderation.sharing.worded import default_language
from ...moderation.taxonomy import OTHER_TERMS
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.words import desk_words
from ..page import go, mine, my_site, refused, staff_page, tell, text_of
from .canned import languages
from .pages import kind_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...moderation.judging.own import Own
    from ...sites.models import Site

_KEPT = "commentsvc.own_reasons"
#: What a button does, and what is said then.
_DO = {
    "retire": (own.retire, "reason.was.retire"),
    "restore": (own.restore, "reason.was.restore"),
    "up": (own.raise_up, "reason.was.up"),
}


@dashboard.get("/sites/<key>/reasons")
@limit("read")
@requires("set_policy")
def reasons_page(key: str) -> Response:
    """The site's own reasons, active ones first, and a form to add one."""
    site = my_site(key, "set_policy")
    rows = of_sites([site.id], retired=True).get(site.id, ())
    return staff_page(
        "dashboard/reasons.html",
        section="sites",
        site=site,
        tab="policy",
        rows=rows,
        full=sum(each.active for each in rows) >= own.MOST,
        own=default_language(site),
        languages=languages(),
        language_name=language_name,
        categories=[(code, _category(code)) for code in own.CATEGORIES],
        longest=(own.LONGEST_TITLE, own.LONGEST_HINT, own.LONGEST_RULE),
    )


@dashboard.post("/sites/<key>/reasons")
@limit("manage")
@requires("set_policy")
def add_reason(key: str) -> Response:
    """Add a reason."""
    site = my_site(key, "set_policy")
    try:
        own.add(site, _typed(), by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.reasons_page", key=key))
    tell("good", desk_words("reason.was.add"))
    return go("dashboard.reasons_page", key=key)


@dashboard.post("/sites/<key>/reasons/<code>")
@limit("manage")
@requires("set_policy")
def change_reason(key: str, code: str) -> Response:
    """Change a reason's words or place, retire it or restore it."""
    site, me = my_site(key, "set_policy"), signed_in()
    act, done = _DO.get(text_of(request.form, "do", 10), (None, "reason.was.save"))
    try:
        if act:
            act(site, code, by=me)
        else:
            own.change(site, code, _typed(), by=me)
    except DomainError as error:
        return refused(error, url_for("dashboard.reasons_page", key=key))
    tell("good", desk_words(done))
    return go("dashboard.reasons_page", key=key)


def own_here() -> dict[int, tuple[Own, ...]]:
    """By site, the active own reasons, which the viewer can give besides the built-in ones."""
    every = _every().items()
    return {site_id: tuple(each for each in rows if each.active) for site_id, rows in every}


def options_of(sites: Sequence[Site], locale: str) -> list[tuple[str, str]]:
    """Code and title of each of these sites' own reasons, retired ones too."""
    found = [_every().get(site.id, ()) for site in sites]
    return [(each.code, each.title_in(locale)) for rows in found for each in rows]


def _every() -> dict[int, tuple[Own, ...]]:
    """The own reasons on the viewer's sites, queried once per request."""
    kept: dict[int, tuple[Own, ...]] | None = request.environ.get(_KEPT)
    if kept is None:
        kept = of_sites([site.id for site in mine("moderate")], retired=True)
        request.environ[_KEPT] = kept
    return kept


def _category(code: str) -> str:
    return desk_words("reason.terms") if code == OTHER_TERMS else kind_words(code)


def _typed() -> own.Wording:
    """The form as a wording; it may add one language at a time."""
    form = request.form
    said: dict[str, dict[str, str]] = {}
    for name in ("title", "hint"):
        start = f"{name}_"
        said[name] = {
            each.removeprefix(start): form[each] for each in form if each.startswith(start)
        }
        if form.get(f"more_{name}", "").strip():
            said[name][text_of(form, "language", 16)] = form[f"more_{name}"]
    return own.Wording(
        said["title"],
        said["hint"],
        text_of(form, "category", 80),
        text_of(form, "rule", own.LONGEST_RULE + 1),
    )
