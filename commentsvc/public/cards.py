"""Single comments for other sites: a page with Open Graph data for link previews, and oEmbed
(https://oembed.com)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from markupsafe import Markup

from ..core.addresses import origin_of, same_origin
from ..core.errors import Invalid, NotFound
from ..core.locale import direction, pick_locale, say
from ..settings import settings
from ..sites.queries import by_id, may_embed, policy_of
from ..threads import newest
from ..threads import text as texts
from ..threads.commands import comment_by_public_id
from ..threads.text.spoken import NO_PAGE
from ..threads.views import comment_of_permalink, permalink
from ..web.limits import limit
from ..web.render import spoken

if TYPE_CHECKING:
    from ..sites.models import Site
    from ..threads.newest import Published

cards = Blueprint("cards", __name__)
_DESCRIBED, _QUOTED = 200, 1000  # characters
_WIDEST, _NARROWEST = 550, 220  # pixels
_PERMALINK = re.compile(r"[?&#](commentsvc|fb_comment_id)=([\w-]{1,80})")


@cards.get("/threads/comments/<comment_id>.html")
@limit("read")
def page(comment_id: str) -> Response:
    """A comment as a page that links to its conversation, which search engines index instead."""
    found, site = _found(comment_id)
    locale = _locale(site)
    own = address_of(comment_id)
    html = render_template(
        "public/comment.html",
        site=site,
        found=found,
        name=_name(found, locale),
        title=_title(found),
        description=texts.excerpt(found.text, _DESCRIBED),
        href=permalink(found.thread.href, comment_id),
        own=own,
        oembed=f"{settings().public_url}/oembed?{urlencode({'url': own})}",
        locale=locale,
        dir=direction(locale),
        say=say,
    )
    answer = make_response(html)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@cards.get("/oembed")
@limit("read")
def oembed() -> Response:
    """A comment as a quotation (oEmbed), for the address of its page or its permalink."""
    if request.args.get("format", "json") != "json":
        answer = make_response("Only format=json is offered.", 501)
        answer.content_type = "text/plain"
        return answer
    url = request.args.get("url", "")
    comment_id = _comment_of(url)
    found, site = _found(comment_id)
    if not _is_on(url, found, site):
        raise NotFound("not_found.comment", field="url")
    locale = _locale(site)
    name = _name(found, locale)
    said = {
        "version": "1.0",
        "type": "rich",
        "title": f"{name} · {_title(found)}",
        "author_name": name,
        "provider_name": site.name,
        "provider_url": found.thread.href,
        "cache_age": 3600,
        "width": _width(),
        "height": None,  # depends on the text
        "html": _quotation(found, name),
    }
    answer = jsonify(said)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer


def address_of(comment_id: str) -> str:
    """The address of a comment's own page."""
    return f"{settings().public_url}/threads/comments/{comment_id}.html"


def _comment_of(url: str) -> str:
    """The public id of the comment in an address. Raises `NotFound`."""
    start, end = f"{settings().public_url}/threads/comments/", ".html"
    page = re.split(r"[?#]", url, maxsplit=1)[0]
    if page.startswith(start) and page.endswith(end):
        return page[len(start) : -len(end)]
    named = _PERMALINK.search(url)
    if named is None:
        raise NotFound("not_found.comment", field="url")
    return comment_of_permalink(named[2]) or named[2]


def _is_on(url: str, found: Published, site: Site) -> bool:
    """Whether the address is of the comment's article, of its site, or ours."""
    if any(same_origin(url, each) for each in (found.thread.href, settings().public_url)):
        return True
    try:
        return may_embed(site, origin_of(url))
    except Invalid:
        return False


def _found(comment_id: str) -> tuple[Published, Site]:
    """The comment and its site, if it is published. Raises `NotFound`."""
    found = newest.one(comment_by_public_id(comment_id[:40]))
    if found is None:
        raise NotFound("not_found.comment")
    return found, by_id(found.comment.site_id)


def _locale(site: Site) -> str:
    own = policy_of(site).locale
    return pick_locale([request.args.get("locale"), own, request.headers.get("Accept-Language")])


def _name(found: Published, locale: str) -> str:
    return found.author.name or say("widget.erased", locale)


def _title(found: Published) -> str:
    return found.thread.title or found.thread.href


def _width() -> int:
    given = request.args.get("maxwidth", "")
    if given and not re.fullmatch(r"[0-9]{1,20}", given):
        raise Invalid("invalid.whole_number", field="maxwidth")
    return max(_NARROWEST, min(int(given), _WIDEST)) if given else _WIDEST


def _quotation(found: Published, name: str) -> Markup:
    """Plain markup without scripts or styles: any program can sanitize it, any page can show it."""
    return Markup(
        '<blockquote class="commentsvc-quote" cite="{href}"><p {spoken}>{text}</p>'
        '<footer><cite dir="auto">{name}</cite> · <a href="{href}">{title}</a></footer></blockquote>'
    ).format(
        href=permalink(found.thread.href, found.comment.public_id),
        spoken=spoken(found, NO_PAGE),
        text=texts.excerpt(found.text, _QUOTED),
        name=name,
        title=_title(found),
    )
