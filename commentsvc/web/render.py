"""The markup of comments for every surface: one macro, each piece of it made once.

A piece is one comment without its replies, cut where they belong. It is kept by everything it shows,
so a page of comments that were seen before is joined, not rendered (docs/performance.md).
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from flask import current_app
from markupsafe import Markup

from ..core.locale import say
from ..sites.badges import badges_among
from ..sites.own_sign_in import may_show
from ..threads import reactions
from ..threads.text.mentions import pressable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..sites.policy import Policy
    from ..threads.views import CommentView

_SLOT = Markup("\x00replies\x00")
_MOST_PIECES = 4000  # about 6 MB
#: What has marks beside it, which stand where its own words begin: in one comment they may be of two scripts.
_BLOCK = re.compile(r"<(ul|ol|blockquote)(?=[ >])")

_pieces: dict[tuple[Any, ...], tuple[str, str]] = {}
_lock = threading.Lock()


def comment_html(view: CommentView, locale: str, policy: Policy) -> Markup:
    """A comment with the replies that are in the view, the same for every viewer. Deeper than the policy
    lets them be indented, they stand one after the other and say whom they answer."""
    return comments_html((view,), locale, policy)


def comments_html(
    views: Iterable[CommentView], locale: str, policy: Policy, passed: frozenset[str] = frozenset()
) -> Markup:
    """Some comments, one after the other. Of those that are `passed`, by id, only the place is drawn: they
    stand in the path above."""
    written: list[str] = []
    prefix = str(current_app.jinja_env.globals["prefix"])
    kinds = policy.kinds
    others = kinds if kinds and kinds != ("like",) else ()
    page = (locale, policy.profile_cards != "off", prefix, others)
    for view in views:
        _write(view, page, policy, written, passed)
    return Markup("".join(written))


def rest_html(of: str, after: str, count: int, locale: str) -> Markup:
    """The link to the replies of a comment that are not shown."""
    return Markup(_macros().rest(of, after, count, say, locale))


#: Its language, whether names open cards, what paths begin with, the reactions that are more than likes.
_Page = tuple[str, bool, str, tuple[str, ...]]


def _write(
    view: CommentView, page: _Page, policy: Policy, written: list[str], passed: frozenset[str]
) -> None:
    head, tail = _piece(view, page, policy)
    if view.id in passed:
        head = head.replace('class="c', 'class="c passed', 1)
    written.append(head)
    for each in view.replies:
        _write(each, page, policy, written, passed)
    written.append(tail)


def _piece(view: CommentView, page: _Page, policy: Policy) -> tuple[str, str]:
    """What stands before a comment's replies and after them. It depends on how far its depth is from the
    policy's, no further than one level, and on what the author's badges are called."""
    room = max(0, min(policy.depth - view.depth, 2))
    has_slot = bool(view.replies)
    given = badges_among(policy.badges, view.given) if view.given else ()
    picture = may_show(policy, view.picture)
    key = (view.piece, page, room, has_slot, given, picture)
    kept = _pieces.get(key)
    if kept is not None:
        return kept
    locale, cards, _, others = page
    html = _BLOCK.sub(r'<\1 dir="auto"', view.html)
    shown = view._replace(html=pressable(html) if cards else html)
    slot = _SLOT if has_slot else ""
    counts = reactions.shown(others, view.like_count, view.reactions)
    kinds = [(kind, reactions.EMOJI[kind], count) for kind, count in counts]
    html = str(_macros().comment(shown, say, locale, room, slot, given, picture, cards, kinds))
    head, _, tail = html.partition(_SLOT)
    with _lock:
        if len(_pieces) >= _MOST_PIECES:
            for old in list(_pieces)[: _MOST_PIECES // 4]:
                del _pieces[old]
        _pieces[key] = (head, tail)
    return head, tail


def _macros() -> Any:
    return current_app.jinja_env.get_template("macros/comment.html").module
