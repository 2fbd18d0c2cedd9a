"""Search results for the command palette: every page by name, and people by theirs."""

from __future__ import annotations

from flask import Response, jsonify, request, url_for

from ...core.errors import NotAllowed
from ...moderation.desk import people as records
from ...web.auth import may, requires
from ...web.limits import limit
from .. import places as known
from ..blueprints import dashboard
from ..page import chosen_sites, language, manages_any, mine, sections
from . import saved

_MOST_PEOPLE = 6


@dashboard.get("/places")
@limit("read")
@requires("moderate")
def places() -> Response:
    """All pages that the viewer may open; with `q`, the people with a name like it."""
    search = request.args.get("q", "").strip()[:200]
    found = _people(search) if search else _pages()
    answer = jsonify(places=known.as_dicts(found))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _pages() -> list[known.Place]:
    site = chosen_sites()[1]
    locale = language()
    managed = mine("manage_site") if manages_any() else []
    pages = known.common(sections("", site), site, locale)
    own = [known.Place(words, href, letter=digit) for words, href, digit in saved.links()]
    return [*pages, *own, *known.of_sites(mine("moderate"), managed, site, locale)]


def _people(search: str) -> list[known.Place]:
    try:
        sites, site = chosen_sites("see_people")
    except NotAllowed:
        return []
    with_email = all(may("set_role", each) for each in sites)
    found = records.page(sites, search=search, with_email=with_email, limit=_MOST_PEOPLE)
    key = site.key if site else None
    return [
        known.Place(
            each.user.name,
            url_for("dashboard.person", person_id=each.user.public_id, site=key),
        )
        for each in found.items
    ]
