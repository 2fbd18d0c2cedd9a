"""The page inside the frame, and the pieces of it that its script fetches later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, make_response, render_template, request
from markupsafe import Markup

from ..core.addresses import origin_of
from ..core.errors import Invalid, NotFound
from ..core.locale import direction, pick_locale, say
from ..core.paging import Page
from ..sites.queries import by_id, policy_of
from ..threads import branches, pages
from ..threads.commands import by_public_id, comment_by_public_id, find_thread, thread_of
from ..threads.naming import of_source
from ..threads.rules import changes_at, policy_around, policy_in
from ..web import headers
from ..web.cache import finished
from ..web.limits import limit
from ..web.render import comments_html, rest_html
from .asked import Asked, asked, comment_id, language, pages_around, site_of, unlisted
from .page import Shown, fragment, hello, page, style_of

if TYPE_CHECKING:
    from ..sites.policy import Policy
    from ..threads.models import Comment, Thread
    from ..threads.views import CommentView, ThreadView


@limit("read")
def thread() -> Response:
    """A thread as a whole page, or with `part=list` just the list of all comments. Errors are
    explained in the frame, because a browser's error page would not help the site's owner."""
    around = pages_around(request.args)
    try:
        site = site_of(request.args)
    except NotFound:
        if around and not request.args.get("site"):
            return _sorry("unlisted", 404, origin=around[0])
        return _sorry("unknown_site", 404)
    if stranger := unlisted(around, site):
        return _sorry("unlisted", 403, origin=stranger)
    accepted = request.headers.get("Accept-Language", "")
    want = asked(request.args, site, policy_of(site), accepted)
    try:
        row = find_thread(site, want.href)
        view = pages.view_of(row, site) if row else pages.thread_view(site, want.href, want.tags)
        policy = policy_in(site, row, want.href, want.tags)
    except Invalid:
        return _sorry("not_an_article", 422)
    want = asked(request.args, site, policy, accepted)  # a section may have another default order
    if row is None and (stranger := unlisted([origin_of(view.href)], site)):
        return _sorry("foreign_address", 422, origin=stranger)
    headers.framed_by(site, *around)
    finished("thread", site=site, thread=row, until=changes_at(row, policy))
    named = _named(row, want)
    listed = request.args.get("part") == "list"
    shown = Shown(
        view,
        want,
        policy,
        comments=_comments(row, want, policy, named, listed),
        named=named.public_id if named and not listed else None,
        gone=want.comment is not None and named is None,
        cursor=pages.cursor_of(row),
        shut=_shut(view),
    )
    return fragment(shown) if listed else page(shown)


def _shut(view: ThreadView) -> str:
    """Why nobody can write in the thread, or "", so that readers know before they write."""
    return "closed" if view.closed else ""


def _named(row: Thread | None, want: Asked) -> Comment | None:
    """The comment that a link names, if it is in this thread."""
    if row is None or want.comment is None:
        return None
    try:
        comment = of_source(row, want.comment) or comment_by_public_id(want.comment)
    except NotFound:
        return None
    return comment if comment.shown and comment.thread_id == row.id else None


def _comments(
    row: Thread | None, want: Asked, policy: Policy, named: Comment | None, listed: bool
) -> Page[CommentView]:
    """The comment that a link named, in its conversation; as a list, it is among the others."""
    if row is None:
        return Page([], None)
    if named is not None and not listed:
        return Page([branches.in_conversation(named.id)], None)
    found = pages.first_page(row.id, policy, sort=want.sort, limit=want.limit, after=want.after)
    return pages.with_named(found, named, policy) if named else found


@limit("read")
def comment() -> Response:
    """One conversation, found only by its comment: the target of "continue" without JavaScript."""
    found, policy = _shown_comment(request.args.get("id", ""))
    site = by_id(found.site_id)
    row = thread_of(found)
    headers.framed_by(site)
    finished("comment", site=site, thread=row, until=changes_at(row, policy))
    view = pages.view_of(row, site)
    query = {**request.args.to_dict(), "href": view.href, "comment": found.public_id}
    want = asked(query, site, policy, request.headers.get("Accept-Language", ""))
    comments = Page([branches.in_conversation(found.id)], None)
    cursor, named = pages.cursor_of(row), found.public_id
    return page(Shown(view, want, policy, comments, named, False, cursor, _shut(view)))


@limit("read")
def replies() -> Response:
    """The next replies to one comment with everything below them, as list items."""
    found, policy = _shown_comment(request.args.get("comment", ""))
    site = by_id(found.site_id)
    row = thread_of(found)
    headers.framed_by(site)
    finished("replies", site=site, thread=row)
    locale = language(request.args, policy, request.headers.get("Accept-Language", ""))
    items, left = pages.unfolded(found, after=request.args.get("after"))
    rest = rest_html(found.public_id, items.next, left, locale) if items.next else Markup("")
    return _pieces(comments_html(items.items, locale, policy), rest)


@limit("read")
def new() -> Response:
    """Comments published since the cursor, oldest first, in a list with the next cursor."""
    row = by_public_id(request.args.get("thread", ""))
    site = by_id(row.site_id)
    headers.framed_by(site)
    policy = policy_of(site, row.address, row.tags)
    locale = pick_locale(request.args.get("locale"))
    views, cursor = pages.new_since(row.id, request.args.get("since") or None)
    return _pieces(
        Markup('<ol data-cursor="{}" data-count="{}">').format(cursor, row.comment_count),
        comments_html(views, locale, policy),
        Markup("</ol>"),
    )


def _pieces(*parts: Markup) -> Response:
    return make_response(Markup("").join(parts))


def _shown_comment(value: str) -> tuple[Comment, Policy]:
    """A comment that is shown in its thread. Raises `NotFound`."""
    found = comment_by_public_id(comment_id(value) or "")
    if not found.shown:
        raise NotFound("not_found.comment")
    return found, policy_around(found, by_id(found.site_id))


#: On a page whose colors it cannot read on, a refusal has a background of its own, as the box has.
_APART = ".apart{background:Canvas}.apart body{padding:0}.apart .note{margin:0}"


def _sorry(word: str, status: int, origin: str = "") -> Response:
    """An error page that any site may frame, as it shows nothing private. Kind to readers, and
    tells the owner what to do."""
    headers.framed_by_anybody()
    locale = pick_locale(
        [
            request.args.get("locale"),
            request.args.get("lang"),
            request.headers.get("Accept-Language"),
        ]
    )
    body = render_template(
        "embed/sorry.html",
        say=say,
        locale=locale,
        direction=direction(locale),
        word=word,
        origin=origin[:200],
        attribute="page.url" if "disqus" in request.args else "data-href",  # what such pages set
        hello=hello(),
        style=headers.inline_style(style_of() + _APART),
        scheme=request.args.get("colorscheme", "auto"),
    )
    return make_response(body, status)
