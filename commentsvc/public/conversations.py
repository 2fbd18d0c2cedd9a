"""Conversations as plain pages and as JSON-LD: for search engines, readers without JavaScript, and
sites that render comments in their own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, make_response, redirect, render_template, request
from markupsafe import Markup

from ..core.errors import NotAllowed, NotFound
from ..core.locale import direction, pick_locale, say
from ..settings import settings
from ..sites.queries import by_id, by_key, may_embed, origins, policy_of
from ..threads.commands import by_public_id, find_thread, page_of
from ..threads.whole import Whole, whole
from ..web.cache import finished
from ..web.limits import limit
from ..web.problems import problem
from .linked_data import posting

if TYPE_CHECKING:
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..threads.models import Thread
    from ..threads.views import CommentView

conversations = Blueprint("conversations", __name__)
_NOBODY = Whole([], [], 0)


@conversations.get("/threads/<thread_id>.html")
@limit("read")
def page(thread_id: str) -> Response:
    """A conversation as a page; with `?part=list` only the list, for a site's own page."""
    thread = by_public_id(thread_id)
    return _html(by_id(thread.site_id), thread)


@conversations.get("/threads/<thread_id>.jsonld")
@limit("read")
def data(thread_id: str) -> Response:
    """A conversation as JSON-LD."""
    thread = by_public_id(thread_id)
    return _data(by_id(thread.site_id), thread)


@conversations.get("/threads.html")
@limit("read")
def page_of_address() -> Response:
    """The same by the article's address, by default the page that links here (Referer)."""
    site = by_key(request.args.get("site", ""))
    if not request.args.get("href"):
        article = request.referrer
        if not article:
            return _which_article(site)
        asked = {**request.args.to_dict(), "href": article}
        return make_response(redirect(f"{settings().prefix}/threads.html?{urlencode(asked)}"))
    return _html(site, _thread(site, request.args["href"]))


@conversations.get("/threads.jsonld")
@limit("read")
def data_of_address() -> Response:
    """The same by the article's address. Raises `NotFound` while nobody has commented."""
    site = by_key(request.args.get("site", ""))
    thread = _thread(site, request.args.get("href", ""))
    if thread is None:
        raise NotFound("not_found.thread")
    return _data(site, thread)


def _which_article(site: Site) -> Response:
    """The error for a link without address or referrer; names the site's origin, if only one."""
    at = origins(site)
    locale = pick_locale([request.args.get("locale"), request.headers.get("Accept-Language")])
    return problem(
        404,
        NotFound("not_found.open_article").say(locale),
        more={"site": at[0]} if len(at) == 1 and "*" not in at[0] else None,
    )


def _thread(site: Site, href: str) -> Thread | None:
    """The article's conversation, if there is one. Raises `NotAllowed` for a page that is not the
    site's, because the response would link to it."""
    thread = find_thread(site, href)
    if thread is None and not may_embed(site, page_of(site, href).origin):
        raise NotAllowed("foreign_page")
    return thread


def _html(site: Site, thread: Thread | None) -> Response:
    finished("conversation", site=site, thread=thread)
    policy = policy_of(site)
    locale = pick_locale(
        [request.args.get("locale"), policy.locale, request.headers.get("Accept-Language")]
    )
    section = policy_of(site, thread.address, thread.tags) if thread else policy
    shown = whole(thread, depth=section.depth) if thread else _NOBODY
    part = request.args.get("part") == "list"
    html = render_template(
        "public/comments.html" if part else "public/conversation.html",
        site=site,
        thread=thread,
        href=thread.href if thread else request.args["href"],
        shown=shown,
        own=f"{settings().public_url}/threads/{thread.public_id}.html" if thread else "",
        index=policy.index,
        data=_script(site, thread, shown, policy, locale) if thread else "",
        locale=locale,
        dir=direction(locale),
        say=say,
    )
    answer = make_response(html)
    if policy.index != "own":
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _data(site: Site, thread: Thread) -> Response:
    policy = policy_of(site)
    if policy.index == "none":
        raise NotFound("not_found.thread")
    finished("conversation", site=site, thread=thread)
    said = _said(site, thread, whole(thread), pick_locale([policy.locale]))
    answer = make_response(orjson.dumps(said, option=orjson.OPT_INDENT_2))
    answer.headers["Content-Type"] = "application/ld+json"
    return answer


def _script(site: Site, thread: Thread, shown: Whole, policy: Policy, locale: str) -> Markup:
    """JSON-LD inside a page. Browsers do not run it, so no Content-Security-Policy blocks it."""
    if policy.index == "none" or not shown.everything:
        return Markup("")
    said = orjson.dumps(_said(site, thread, shown, locale)).decode().replace("<", "\\u003c")
    return Markup(f'<script type="application/ld+json">{said}</script>')


def _said(site: Site, thread: Thread, shown: Whole, locale: str) -> dict[str, Any]:
    def name_of(view: CommentView) -> str:
        return view.author_name or say("widget.erased", locale)

    return posting(thread, site, shown, name_of)
