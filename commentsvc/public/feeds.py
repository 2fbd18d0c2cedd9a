"""Atom feeds of published comments: the newest of a site or of a thread (RFC 4287)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, make_response

from ..core.clock import now
from ..settings import settings
from ..sites.queries import by_id, by_key
from ..threads.commands import by_public_id
from ..threads.newest import Published, of_site, of_thread
from ..threads.text.spoken import NO_PAGE, lang_of
from ..threads.views import permalink
from ..web.limits import limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..sites.models import Site

feeds = Blueprint("feeds", __name__, url_prefix="/feeds")
MOST = 50
_FORBIDDEN = dict.fromkeys([*range(0x20), 0xFFFE, 0xFFFF])  # not allowed in XML 1.0 …
for _allowed in (0x9, 0xA, 0xD):  # … except these
    _FORBIDDEN.pop(_allowed)


@feeds.get("/sites/<key>.atom")
@limit("read")
def site_feed(key: str) -> Response:
    """The newest comments of a whole site."""
    site = by_key(key)
    return _feed(f"/feeds/sites/{site.key}.atom", site.name, of_site(site, limit=MOST))


@feeds.get("/threads/<thread_id>.atom")
@limit("read")
def thread_feed(thread_id: str) -> Response:
    """The newest comments under one article."""
    thread = by_public_id(thread_id)
    site: Site = by_id(thread.site_id)
    name = f"{thread.title or thread.href} · {site.name}"
    return _feed(f"/feeds/threads/{thread.public_id}.atom", name, of_thread(thread, limit=MOST))


def _feed(path: str, title: str, published: Sequence[Published]) -> Response:
    base = settings().public_url
    entries = [_entry(each) for each in published]
    updated = max((each.changed_at for each in published), default=now())
    body = "".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
            f"<id>{escape(base + path)}</id><title>{_text(title)}</title>",
            f"<link rel={quoteattr('self')} href={quoteattr(base + path)}/>",
            f"<updated>{updated.isoformat()}</updated>",
            *entries,
            "</feed>\n",
        )
    )
    answer = make_response(body)
    answer.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return answer


def _entry(each: Published) -> str:
    comment, author, thread = each.comment, each.author, each.thread
    link = permalink(thread.href, comment.public_id)
    name = author.name if author.erased_at is None else "–"
    code = lang_of(each.language, each.text, NO_PAGE)
    lang = f" xml:lang={quoteattr(code)}" if code else ""
    return (
        f"<entry><id>urn:commentsvc:{comment.public_id}</id>"
        f"<title>{_text(f'{name}: {thread.title or thread.href}')}</title>"
        f"<author><name>{_text(name)}</name></author>"
        f"<link href={quoteattr(_clean(link))}/>"
        f"<published>{comment.created_at.isoformat()}</published><updated>{each.changed_at.isoformat()}</updated>"
        f'<content type="html"{lang}>{_text(each.html)}</content></entry>'
    )


def _text(words: str) -> str:
    return escape(_clean(words))


def _clean(words: str) -> str:
    return words.translate(_FORBIDDEN)
