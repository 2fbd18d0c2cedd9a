"""Replaces Disqus's scripts, under the paths that they had on a forum's host.

docs/disqus.md says what is supported. `embed.js` is the loader followed by `disqus.js`; like the
other files, it finds its forum in its own address, so that all forums get the same bytes. Only
lists and counts depend on a site.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Response, request

from ..core.errors import Invalid, NotFound
from ..core.locale import pick_locale, say
from ..sites.forums import by_forum
from ..sites.queries import policy_of
from ..threads.naming import counts_by_name, name_of
from ..threads.pages import MAX_COUNTED, counts
from ..web import assets
from ..web.cache import finished
from ..web.limits import limit
from .asked import site_of_page
from .lists import discussed_of, number, recent_of
from .script import as_script, as_text, filled, page_script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask import Flask

    from ..sites.models import Site

#: At Disqus, each forum had a host; here, it is a folder.
FOLDERS = ("/<forum>/", "/disqus/<forum>/")
#: For plugin options that append `.disqus.com/embed.js` to a forum's name: if the name ends with
#: `?`, that becomes the query.
_TRICK = re.compile(r"^\.disqus\.com/([a-z_]+\.js)(?:[?&].*)?$")
_FORUM = re.compile(r"[A-Za-z0-9_-]{1,60}")
_NUMBERED = re.compile(r"url([0-9]{1,4})")
_MOST_LISTED = 25


def register(app: Flask) -> None:
    """Add the URL rules of each file, in every folder."""
    for name, view in _FILES.items():
        endpoint = f"disqus_{name.removesuffix('.js').replace('-', '_')}"
        for folder in FOLDERS:
            app.add_url_rule(f"{folder}{name}", endpoint, view)
    for folder in FOLDERS:
        app.add_url_rule(folder, "disqus_by_query", by_query, strict_slashes=False)


def by_query(forum: str) -> Response:
    """A file whose name is in the query. Raises `NotFound` for any other address."""
    asked = request.query_string.decode("ascii", "replace")
    if asked.startswith(".disqus.com/favicon.ico"):
        return assets.favicon()  # DisqusJS checks with it whether the forum can be reached
    found = _TRICK.match(asked)
    view = _FILES.get(found[1]) if found else None
    if view is None:
        raise NotFound("not_found")
    return view(forum)


# --- files that are the same for everybody ---------------------------------------------------------


def embed(forum: str) -> Response:
    """The script of the comment box."""
    _check(forum)
    return page_script("disqus")


def _file(name: str) -> Callable[[str], Response]:
    """A view of one small script."""

    def view(forum: str) -> Response:
        _check(forum)
        return page_script(f"disqus/{name}")

    return view


def _check(forum: str) -> None:
    if not _FORUM.fullmatch(forum):
        raise NotFound("not_found")


# --- counts ----------------------------------------------------------------------------------------


@limit("read")
def count_data(forum: str) -> Response:
    """The numbers of comments, by identifier (`1`) and by address (`2`), as a script that shows
    them. They are public, so any page may ask."""
    _check(forum)
    site = by_forum(forum)
    if site is not None:
        finished("counts", site=site)
    else:
        site = _site(forum)  # the site of the requesting page, so not cached for others
    names, hrefs = request.args.getlist("1"), request.args.getlist("2")
    found = _counted(site, names, hrefs)
    locale = _locale(site)
    said = {
        "text": {
            "and": say("widget.disqus.and", locale),
            "comments": {
                each: say(f"widget.disqus.{each}", locale, num="{num}")
                for each in ("zero", "one", "multiple")
            },
        },
        "counts": [{"id": each, "comments": found[each]} for each in found],
    }
    return as_script(f"DISQUSWIDGETS.displayCount({as_text(said)});")


@limit("read")
def get_num_replies(forum: str) -> Response:
    """The same for early pages, which send all of their links by position."""
    _check(forum)
    site = _site(forum)
    asked = {
        int(found[1]): href.removesuffix("#disqus_thread")
        for name, href in request.args.items()
        if (found := _NUMBERED.fullmatch(name))
    }
    many = _counted(site, [], list(asked.values()))
    locale = _locale(site)
    shown = {
        at: say("widget.comments", locale, count=many.get(href, 0)) for at, href in asked.items()
    }
    return as_script(
        f"(function(shown){{var links=document.getElementsByTagName('a');"
        f"for(var at in shown)if(links[at])links[at].textContent=shown[at]}})({as_text(shown)});"
    )


def _counted(site: Site | None, names: Sequence[str], hrefs: Sequence[str]) -> dict[str, int]:
    """Numbers of published comments by identifier and address. An identifier that no conversation
    has may be an address, and an address may contain a conversation's name."""
    if len(names) + len(hrefs) > MAX_COUNTED:
        raise Invalid("invalid.too_many_addresses", n=MAX_COUNTED)
    found = dict.fromkeys([*names, *hrefs], 0)
    if site is None:
        return found
    inner = {each: name for each in hrefs if (name := name_of(site, "", each))}
    by_name = counts_by_name(site, [*names, *inner.values()])
    web = [each for each in names if each not in by_name and re.match(r"https?://", each)]
    found |= counts(site, [*web, *hrefs])
    found |= {each: by_name[name] for each, name in inner.items() if name in by_name}
    return found | {each: by_name[each] for each in names if each in by_name}


# --- lists -----------------------------------------------------------------------------------------


@limit("read")
def recent_comments(forum: str) -> Response:
    """The newest comments, written where the tag is."""
    _check(forum)
    site = _site(forum)
    locale, most = _locale(site), number("excerpt_length", 100, most=500)
    few = recent_of(site, locale, limit=number("num_items", 5), most=most) if site else []
    return _list(few, locale)


@limit("read")
def popular_threads(forum: str) -> Response:
    """The conversations with the most comments, written where the tag is."""
    _check(forum)
    site = _site(forum)
    locale = _locale(site)
    return _list(discussed_of(site, locale, limit=number("num_items", 5)) if site else [], locale)


def _list(items: Sequence[Mapping[str, Any]], locale: str) -> Response:
    show = filled("disqus/list")
    body = f"(function(){{\n{show}list({as_text(list(items))},{as_text(locale.replace('_', '-'))});\n}})();"
    return as_script(body)


# --- helpers --------------------------------------------------------------------------------------


def _site(forum: str) -> Site | None:
    """The forum's site; if none has it, the site of the requesting page."""
    return by_forum(forum) or site_of_page(request.headers.get("Origin", ""))


def _locale(site: Site | None) -> str:
    own = policy_of(site).locale if site else None
    return pick_locale([own, request.headers.get("Accept-Language")])


_FILES: dict[str, Callable[[str], Response]] = {
    "embed.js": embed,
    "count.js": _file("count"),
    "blogger_item.js": _file("blogger_item"),
    "blogger_index.js": _file("blogger_index"),
    "recommendations.js": _file("recommendations"),
    "top_commenters_widget.js": _file("nothing"),
    "count-data.js": count_data,
    "get_num_replies.js": get_num_replies,
    "recent_comments_widget.js": recent_comments,
    "combination_widget.js": recent_comments,
    "popular_threads_widget.js": popular_threads,
}
