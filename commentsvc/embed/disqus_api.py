"""The few endpoints of Disqus's API that old pages call: the numbers of comments of threads, and
the newest comments. Responses have the shape that these pages expect, as JSON or JSONP. They are under
the path that they had at Disqus, so that a page changes only the host, and under `/disqus/`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from ..core.errors import Invalid
from ..sites.forums import by_forum
from ..threads import newest
from ..threads import text as texts
from ..threads.commands import find_thread, where_it_went
from ..threads.naming import named, names_of, tidy
from ..threads.views import permalink
from ..web.limits import limit
from .lists import number
from .script import as_script, as_text

if TYPE_CHECKING:
    from flask import Flask

    from ..sites.models import Site
    from ..threads.models import Thread

_CALLBACK = re.compile(r"[\w$]+(?:\.[\w$]+)*")
_MOST = 25  # threads in one request, as at Disqus


def register(app: Flask) -> None:
    """Add the URL rules, as JSON and as JSONP."""
    for name, view in (
        ("threads/set", threads),
        ("forums/listPosts", posts),
        ("posts/list", posts),
    ):
        endpoint = f"disqus_api_{name.replace('/', '_').lower()}"
        for folder in ("/api/3.0", "/disqus/api/3.0"):
            app.add_url_rule(f"{folder}/{name}.<any(json,jsonp):form>", endpoint, view)


@limit("read")
def threads(form: str) -> Response:
    """The existing ones of the requested threads, by identifier (`ident:`) or address (`link:`)."""
    site = by_forum(request.args.get("forum", ""))
    asked = [*request.args.getlist("thread"), *request.args.getlist("thread[]")][:_MOST]
    found = [_thread(site, each) for each in asked] if site else []
    return _answer([_of_thread(each) for each in found if each is not None], form)


@limit("read")
def posts(form: str) -> Response:
    """The newest comments of a forum."""
    site = by_forum(request.args.get("forum", ""))
    few = newest.of_site(site, limit=number("limit", 25)) if site else []
    return _answer([_of_post(each) for each in few], form)


def _thread(site: Site, asked: str) -> Thread | None:
    kind, _, what = asked.removeprefix("thread:").partition(":")
    try:
        if kind == "link":
            return find_thread(site, what)
        row = named(site, tidy(what)) if kind == "ident" else None
    except Invalid:
        return None
    return where_it_went(row) if row is not None else None


def _of_thread(thread: Thread) -> dict[str, Any]:
    return {
        "id": thread.public_id,
        "identifiers": names_of(thread),
        "link": thread.href,
        "title": thread.title or "",
        "clean_title": thread.title or "",
        "posts": thread.comment_count,
        "isClosed": thread.closed_at is not None,
        "createdAt": f"{thread.created_at:%Y-%m-%dT%H:%M:%S}",
    }


def _of_post(each: newest.Published) -> dict[str, Any]:
    return {
        "id": each.comment.public_id,
        "message": each.html,
        "raw_message": texts.plain(each.text),
        "createdAt": f"{each.comment.created_at:%Y-%m-%dT%H:%M:%S}",
        "url": permalink(each.thread.href, each.comment.public_id),
        "likes": each.comment.like_count,
        "author": {"name": each.author.name, "isAnonymous": each.author.is_guest},
        "thread": _of_thread(each.thread) if "related" in request.args else each.thread.public_id,
    }


def _answer(found: list[dict[str, Any]], form: str) -> Response:
    said = {"code": 0, "response": found}
    callback = request.args.get("callback", "")
    if form == "jsonp" and _CALLBACK.fullmatch(callback):
        return as_script(f"{callback}({as_text(said)});")
    answer = as_script("")
    answer.data, answer.content_type = orjson.dumps(said), "application/json"
    return answer
