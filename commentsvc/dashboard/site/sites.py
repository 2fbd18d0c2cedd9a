"""The owner's pages of a site: name, origins, the tag with a live preview, signing secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for
from markupsafe import escape

from ...core.errors import DomainError
from ...core.locale import say
from ...moderation.desk.queue import counts
from ...settings import settings
from ...sites.commands import add_site, change_site, drop_old_secret, rotate_secret
from ...sites.providers import offered
from ...sites.queries import origins, policy_of, sites_of
from ...sites.workload import default_rung, set_up
from ...web import headers
from ...web.auth import requires, signed_in, viewer
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, my_site, refused, staff_page, tell, text_of, whole_number, words_of

if TYPE_CHECKING:
    from ...sites.models import Site


@dashboard.get("/sites")
@limit("read")
@requires("moderate")
def sites() -> Response:
    """The sites that the viewer manages, and for an administrator a form to add one."""
    me = signed_in()
    mine = sites_of(me, "manage_site")
    shown = [(each, origins(each), counts([each])["pending"]) for each in mine]
    return staff_page(
        "dashboard/sites.html",
        section="sites",
        switch=False,
        mine=[each for each in shown if not each[0].example],
        examples=[each for each in shown if each[0].example],
        may_add=me.is_admin,
        held_of_1000=round(1000 * default_rung().held),
    )


@dashboard.post("/sites")
@limit("manage")
@requires("add_site")
@fresh
def create_site() -> Response:
    """Create a site, owned by its creator."""
    try:
        site = add_site(
            name=text_of(request.form, "name", 200),
            origins=text_of(request.form, "origins", 20_000).splitlines(),
            key=text_of(request.form, "key", 60) or None,
            owner=viewer().user,
            policy=set_up(
                _number("comments_a_day"),
                _number("readable_a_day"),
                unscored_language=text_of(request.form, "unscored_language", 20) or "publish",
            ),
        )
    except DomainError as error:
        return refused(error, url_for("dashboard.sites"))
    tell("good", words_of("done.site_added"))
    return go("dashboard.site_page", key=site.key)


def _number(name: str) -> int | None:
    """The number in a field, or None if it is empty. Raises `Invalid` for anything else."""
    return whole_number(request.form, name) if text_of(request.form, name) else None


@dashboard.get("/sites/<key>")
@limit("read")
@requires("manage_site")
def site_page(key: str) -> Response:
    """A site's settings and its tag, with the real comment box below."""
    return site_answer(my_site(key, "manage_site"))


def site_answer(
    site: Site, *, secret: str | None = None, checked: dict[str, Any] | None = None
) -> Response:
    """The page; `checked` is the result of a check of one of the owner's pages."""
    listed = origins(site)
    headers.allow("frame-src", "'self'")
    answer = staff_page(
        "dashboard/site.html",
        section="sites",
        site=site,
        tab="settings",
        origins=listed,
        providers=offered(site),
        tag=tag_of(site),
        without_scripts=link_of(site),
        preview_href=_example_page(listed),
        secret=secret,
        checked=checked,
        example=next((each for each in listed if "*" not in each), "https://example.org"),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@dashboard.post("/sites/<key>")
@limit("manage")
@requires("manage_site")
@fresh
def set_site(key: str) -> Response:
    """Change name, origins and Facebook app ids."""
    site = my_site(key, "manage_site")
    try:
        change_site(
            site,
            name=text_of(request.form, "name", 200),
            origins=text_of(request.form, "origins", 20_000).splitlines(),
            app_ids=text_of(request.form, "app_ids", 5000).splitlines(),
            by=viewer().user,
        )
    except DomainError as error:
        return refused(error, url_for("dashboard.site_page", key=key))
    tell("good", words_of("done.saved"))
    return go("dashboard.site_page", key=key)


@dashboard.post("/sites/<key>/secret")
@limit("manage")
@requires("manage_site")
@fresh
def new_secret(key: str) -> Response:
    """Create a signing secret; the one before stays valid. It is shown only in this response, which
    is therefore no redirect."""
    site = my_site(key, "manage_site")
    return site_answer(site, secret=rotate_secret(site, by=viewer().user))


@dashboard.post("/sites/<key>/secret/old")
@limit("manage")
@requires("manage_site")
@fresh
def drop_secret(key: str) -> Response:
    """Revoke the older of two signing secrets."""
    site = my_site(key, "manage_site")
    try:
        drop_old_secret(site, by=viewer().user)
    except DomainError as error:
        return refused(error, url_for("dashboard.site_page", key=key))
    tell("good", words_of("done.saved"))
    return go("dashboard.site_page", key=key)


def tag_of(site: Site) -> str:
    """The one line of HTML that a page needs."""
    base = settings().public_url
    return f'<script async src="{base}/embed.js" data-site="{site.key}"></script>'


def link_of(site: Site) -> str:
    """The line for readers without JavaScript: a link to the conversation of its page."""
    href = f"{settings().public_url}/threads.html?site={site.key}"
    referrer = 'referrerpolicy="no-referrer-when-downgrade"'
    words = escape(say("widget.list", policy_of(site).locale or "en"))
    return f'<noscript><a href="{href}" {referrer}>{words}</a></noscript>'


def _example_page(listed: list[str]) -> str | None:
    """An address on the site that is no article, for the preview."""
    for origin in listed:
        if "*" not in origin:
            return f"{origin}/commentsvc-preview"
        host = origin.replace("*.", "www.").replace(":*", "")
        return f"{host}/commentsvc-preview"
    return None
