"""The people of a site: a list, and a page for each with their record, comments and role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for

from ...core.paging import Page
from ...moderation.cases.networks import newest_known
from ...moderation.cases.strikes import suggested
from ...moderation.desk import people as records
from ...moderation.desk.bounded import TookTooLong
from ...moderation.desk.context import around
from ...moderation.desk.queue import Filters
from ...sites.commands import ROLES
from ...web.auth import may, requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..cases.pages import words_for
from ..cases.sanctions import DAYS, measures_of
from ..chosen import display_of, keys_of
from ..page import chosen_sites, link, local_address, mine, staff_page
from ..page import page as fragment
from ..site.roles import roles_to_give
from ..site.second_factor import is_resettable
from .acts import earned
from .cards import cards_of
from .queue import tools

if TYPE_CHECKING:
    from ...sites.models import Site

_QUEUES = ("all", "pending", "rejected")


@dashboard.get("/people")
@limit("read")
@requires("see_people")
def people() -> Response:
    """Everybody who commented here or has a role, newest first; filtered by name and role."""
    sites, site = chosen_sites("see_people")
    search, role = request.args.get("q", "").strip()[:200], request.args.get("role", "")
    with_email = all(may("set_role", each) for each in sites)
    page: Page[records.Person] = Page([], None)
    wrong = None
    try:
        page = records.page(
            sites,
            search=search,
            role=role if role in ROLES else "",
            with_email=with_email,
            after=request.args.get("after"),
        )
    except TookTooLong as error:
        wrong = error
    return staff_page(
        "dashboard/people.html",
        status=422 if wrong else 200,
        section="people",
        tab="list",
        c=words_for(),
        site=site,
        page=page,
        wrong=wrong,
        search=search,
        role=role,
        roles=ROLES,
        with_email=with_email,
        site_names={each.id: each.name for each in sites},
    )


@dashboard.get("/people/<person_id>")
@limit("read")
@requires("see_people")
def person(person_id: str) -> Response:
    """One person: record, role on each site, comments."""
    sites, site = chosen_sites("see_people")
    found = _about(person_id, sites, site)
    return staff_page(
        "dashboard/person.html",
        section="people",
        site=site,
        resettable=is_resettable(found["person"].user),
        **found,
        **tools(),
    )


@dashboard.get("/people/<person_id>/drawer")
@limit("read")
@requires("see_people")
def person_drawer(person_id: str) -> Response:
    """The same as a fragment beside the queue, with the comments around the one that led there."""
    sites, site = chosen_sites("see_people")
    found, me, about = _about(person_id, sites, site), signed_in(), request.args.get("comment", "")
    key = site.key if site else None
    answer = fragment(
        "dashboard/person_drawer.html",
        site=site,
        many_sites=len(mine("see_people")) > 1,
        about=about,
        around=around(about, sites) if about else None,
        display=display_of(me),
        keys=keys_of(me),
        link=link,
        here=found["back"] or url_for("dashboard.person", person_id=person_id, site=key),
        **found,
        **tools(),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _about(person_id: str, sites: list[Site], site: Site | None) -> dict[str, Any]:
    """The facts about a person on these sites, and the possible actions."""
    found = records.one(person_id, sites)
    name = request.args.get("queue", "all")
    name = name if name in _QUEUES else "all"
    return {
        "person": found,
        "queue": name,
        "queues": _QUEUES,
        "page": cards_of(
            sites,
            name,
            order="newest",
            after=request.args.get("after"),
            filters=Filters(author=person_id),
        ),
        "measures": measures_of(found.user, sites),
        "steps": suggested(found.user, sites),
        "earned": earned,
        "known_networks": newest_known(found.user, sites),
        "c": words_for(),
        "role_forms": [(each, roles_to_give(each)) for each in _sites_of(site)],
        "with_email": all(may("set_role", each) for each in sites),
        "wanted": request.args.get("do", ""),
        "lengths": (*DAYS, "forever"),
        "waiting": records.waiting(found.user, sites),
        "back": local_address(request.args.get("back"), ""),
    }


def _sites_of(site: Site | None) -> list[Site]:
    """Where a role may be given: on the chosen site, or on all of the viewer's."""
    return [site] if site else mine("see_people")
