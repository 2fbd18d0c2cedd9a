"""What pages show of their site's conversations outside the box: the newest comments, the most
discussed pages, one comment. Public data as JavaScript modules, so that a page only needs to allow
our scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Response, request

from ..core.errors import NotFound
from ..core.locale import direction, say
from ..sites.queries import by_id, policy_of
from ..threads import newest
from ..threads import text as texts
from ..threads.commands import comment_by_public_id
from ..threads.naming import parted
from ..threads.text.spoken import lang_of
from ..threads.views import permalink
from ..web.limits import limit
from .asked import comment_id, language, site_of
from .script import as_script, as_text, page_script

if TYPE_CHECKING:
    from flask import Flask

    from ..sites.models import Site
    from ..threads.models import Thread

_MOST_LISTED, _USUAL = 25, 5
_QUOTED = 1000  # characters


def register(app: Flask) -> None:
    """Add the script and the modules that it loads."""
    app.add_url_rule("/embed/lists.js", "embed_lists", script)
    app.add_url_rule("/embed/recent", "embed_recent", recent)
    app.add_url_rule("/embed/discussed", "embed_discussed", discussed)
    app.add_url_rule("/embed/quote", "embed_quote", quote)


def script() -> Response:
    """The script that fills the elements of a page."""
    return page_script("lists")


@limit("read")
def recent() -> Response:
    """The newest comments of a site."""
    site = site_of(request.args)
    locale = _locale(site)
    return _module(locale, items=recent_of(site, locale, limit=number("limit", _USUAL)))


@limit("read")
def discussed() -> Response:
    """The conversations of a site with the most comments."""
    site = site_of(request.args)
    locale = _locale(site)
    return _module(locale, items=discussed_of(site, locale, limit=number("limit", _USUAL)))


@limit("read")
def quote() -> Response:
    """One comment. Raises `NotFound` for one that is not published."""
    found = newest.one(comment_by_public_id(comment_id(request.args.get("id", "")) or ""))
    if found is None:
        raise NotFound("not_found.comment")
    locale = _locale(by_id(found.comment.site_id))
    return _module(locale, **_told(found, locale, _QUOTED))


def recent_of(site: Site, locale: str, *, limit: int, most: int = 100) -> list[dict[str, Any]]:
    """The newest comments, each with at most `most` characters of its text."""
    return [_told(each, locale, most) for each in newest.of_site(site, limit=limit)]


def discussed_of(site: Site, locale: str, *, limit: int) -> list[dict[str, Any]]:
    """The conversations with the most comments."""
    return [
        {
            "title": title_of(each),
            "page": each.href,
            "count": say("widget.comments", locale, count=each.comment_count),
        }
        for each in newest.busiest(site, limit=limit)
    ]


def _told(each: newest.Published, locale: str, most: int) -> dict[str, Any]:
    lang = lang_of(each.language, each.text, locale)
    return {
        **({} if lang is None else {"lang": lang}),
        "name": each.author.name or say("widget.erased", locale),
        "text": texts.excerpt(each.text, most),
        "href": permalink(each.thread.href, each.comment.public_id),
        "title": title_of(each.thread),
        "page": each.thread.href,
        "at": each.comment.created_at.isoformat(),
    }


def title_of(thread: Thread) -> str:
    """An article's title, else its address without the scheme."""
    return thread.title or parted(thread.href)[0].partition("//")[2]


def number(name: str, usual: int, most: int = _MOST_LISTED) -> int:
    """An integer from the query: from 1 to `most`, or `usual` if it is missing or malformed."""
    given = request.args.get(name, "")
    return max(1, min(int(given), most)) if re.fullmatch(r"[0-9]{1,4}", given) else usual


def _locale(site: Site) -> str:
    return language(request.args, policy_of(site), request.headers.get("Accept-Language", ""))


def _module(locale: str, **said: Any) -> Response:
    told = {"locale": locale.replace("_", "-"), "dir": direction(locale), **said}
    answer = as_script(f"export default {as_text(told)};")
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer
